"""Rows of a list of tenders, as people read them; one query for the goods of a whole page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from marketplace.fields import plain
from marketplace.web.templatetags.musika import in_words, instant, quantity
from procurement.models import Item, Tender
from procurement.rules.timeline import TenderStatus


@dataclass(frozen=True)
class Goods:
    """What a tender asks for, in words, from its items."""

    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    lots: int = 0


def goods_of(tenders: Iterable[Tender]) -> dict[int, Goods]:
    """The goods of each tender by its id; one query."""
    rows = Item.objects.filter(lot__tender__in=[tender.pk for tender in tenders])
    items: dict[int, list[Item]] = {}
    for item in rows.select_related("commodity", "lot").order_by("lot__number", "number"):
        items.setdefault(item.lot.tender_id, []).append(item)
    return {tender: _goods(rows) for tender, rows in items.items()}


def _goods(items: Sequence[Item]) -> Goods:
    return Goods(
        names=_once(item.commodity.name if item.commodity else item.description for item in items),
        places=_once(item.province for item in items),
        amounts=_once(f"{plain(item.quantity)} {item.unit}" for item in items),
        lots=len({item.lot_id for item in items}),
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def listed(words: Sequence[str], most: int = 3) -> str:
    """A few words and how many more: “Maize, Beans and 2 more”."""
    if len(words) <= most:
        return ", ".join(words)
    shown = ", ".join(words[: most - 1])
    return _("%(shown)s and %(more)d more") % {"shown": shown, "more": len(words) - most + 1}


def rows(tenders: Sequence[Tender], now: datetime) -> list[dict[str, Any]]:
    """Parameters of the `result` component for each tender (annotated by procurement.filters)."""
    goods = goods_of(tenders)
    return [_row(tender, goods.get(tender.pk, Goods()), now) for tender in tenders]


def _row(tender: Tender, goods: Goods, now: datetime) -> dict[str, Any]:
    meta = [tender.buyer.name, listed(goods.places), _amount(goods), when(tender, now)]
    return {
        "title": tender.title,
        "href": reverse("tender", args=[tender.reference]),
        "status": tender.shown_status,  # type: ignore[attr-defined]
        "text": _about(tender, goods),
        "meta": [part for part in meta if part],
        "reference": tender.reference,
    }


def _amount(goods: Goods) -> Any:
    if len(goods.amounts) == 1:
        amount, _blank, unit = goods.amounts[0].partition(" ")
        return quantity(amount, unit)
    return _("%d lots") % goods.lots if goods.lots > 1 else ""


def _about(tender: Tender, goods: Goods) -> str:
    parts = [listed(goods.names)]
    if tender.reserved_for:
        group = _(tender.get_reserved_for_display()).lower()
        parts.append(_("reserved for %s") % group)
    return " · ".join(part for part in parts if part)


def when(tender: Tender, now: datetime) -> Any:
    """The instant that matters to a reader of the list now."""
    if tender.is_historical or tender.deadline is None:
        return instant(tender.published_at, "date")
    if tender.shown_status == TenderStatus.OPEN:  # type: ignore[attr-defined]
        left = in_words(tender.deadline - now)
        return format_html("<strong>{}</strong>", _("closes in %s") % left)
    if tender.cancelled_at:
        return format_html("{} {}", _("cancelled"), instant(tender.cancelled_at, "date"))
    return format_html("{} {}", _("closed"), instant(tender.deadline, "date"))
