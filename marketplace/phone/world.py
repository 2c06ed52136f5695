"""What a screen is told: read from the database for the state at hand, and nothing more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, Q
from django.utils import timezone

from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, Phone, User
from marketplace.accounts.roles import SECOND_FACTOR_ROLES, Permission
from marketplace.ledger import short
from marketplace.ledger.models import Entry
from marketplace.phone.rules.facts import Facts, Goods, Line, LotFacts, Me, Standing, TenderFacts
from marketplace.phone.rules.screens import Say, State
from marketplace.registry.places import districts
from procurement.filters import with_item
from procurement.models import Contract, Item, Lot, SealedBid, Tender
from procurement.queries import bids as sealed
from procurement.queries import drafts, facts, lists, terms
from procurement.rules import bidding, biddraft, timeline
from procurement.rules.biddraft import Draft
from procurement.rules.demands import demand
from procurement.rules.words import amount, money
from produce import queries as produce
from produce.rules.specification import active

MOST = 40


@dataclass(frozen=True)
class Caller:
    """Whose call it is: a number, and the person and farm behind it, if any."""

    number: str
    phone: Phone | None
    user: User | None
    farm: Organization | None


def caller_of(number: str, phone: Phone | None) -> Caller:
    user = phone.user if phone else None
    farm = farm_of(user) if user else None
    return Caller(number, phone, user if farm else None, farm)


def farm_of(user: User) -> Organization | None:
    """The organisation that the telephone bids for: the person's farm first.

    None for people whose roles demand a second factor: a PIN is none.
    """
    if people.roles(user) & SECOND_FACTOR_ROLES:
        return None
    own = people.organizations_with(user, Permission.BID_SUBMIT)
    return min(own, key=lambda row: (row.kind != Organization.Kind.FARMER, row.pk), default=None)


def load(state: State, caller: Caller, say: Say, now: datetime) -> Facts:
    """The facts of one screen."""
    me = _me(caller)
    screen = state.screen
    if screen in ("where", "province"):
        return Facts(me, places=tuple(districts()))
    if screen == "district":
        return Facts(me, places=districts()[state.at[0]])
    if screen == "tenders":
        return Facts(me, tenders=tuple(_open(state.at, now)))
    if screen in ("tender", "lots", "ask", "check"):
        return _of_tender(state, caller, me, say, now)
    return _of_mine(state, caller, me, say, now)


def _me(caller: Caller) -> Me | None:
    if caller.user is None or caller.farm is None or caller.phone is None:
        return None
    farm = caller.farm
    return Me(caller.user.full_name, farm.province, farm.district, bool(caller.phone.pin))


def _day(at: datetime | None) -> str:
    if at is None:
        return ""
    local = at.astimezone(timezone.get_default_timezone())
    return f"{local.day}.{local.month}.{local.year} {local:%H:%M}"


def open_tenders(now: datetime) -> list[Tender]:
    rows = lists.public(now).filter(historical_batch=None, cancelled_at=None, closed_at=None)
    return list(rows.filter(deadline__gt=now).order_by("deadline", "pk"))


def _open(at: tuple[str, ...], now: datetime) -> Iterator[Line]:
    rows = lists.public(now).filter(historical_batch=None, cancelled_at=None, closed_at=None)
    rows = rows.filter(deadline__gt=now).order_by("deadline", "pk")
    if at[0] in ("district", "province"):
        rows = with_item(rows, Q(**{at[0]: at[1]}))
    for tender in rows[:MOST]:
        local = tender.deadline.astimezone(timezone.get_default_timezone())  # type: ignore[union-attr]
        yield Line(tender.reference, f"{local.day}.{local.month}. {tender.title}")


def tender_of(reference: str, now: datetime) -> Tender:
    return lists.public(now).get(reference=reference, historical_batch=None)


def _of_tender(state: State, caller: Caller, me: Me | None, say: Say, now: datetime) -> Facts:
    tender = tender_of(state.at[0], now)
    known = _tender(tender, now)
    if state.screen not in ("ask", "check") or caller.farm is None:
        return Facts(me, tender=known)
    draft = draft_of(tender, caller.farm)
    if state.screen == "ask":
        return Facts(me, tender=known, typed=_typed(draft))
    totals, gap = _checked(tender, known, draft, say)
    return Facts(me, tender=known, totals=tuple(totals), gap=gap)


def _tender(tender: Tender, now: datetime) -> TenderFacts:
    rows = tender.lots.prefetch_related(
        "criteria__options",
        Prefetch("items", Item.objects.select_related("specification").order_by("number")),
    )
    lots = tuple(_lot(lot) for lot in rows)
    first = next(item for lot in rows for item in lot.items.all())
    return TenderFacts(
        reference=tender.reference,
        title=tender.title,
        buyer=tender.buyer.name,
        place=", ".join(part for part in (first.delivery_place, first.district) if part),
        closes=_day(tender.deadline),
        currency=tender.currency,
        open=timeline.accepts_bids(facts.timetable(tender), now),
        lots=lots,
    )


def _lot(lot: Lot) -> LotFacts:
    criteria = list(lot.criteria.all())
    return LotFacts(
        number=lot.number,
        title=lot.title,
        goods=tuple(_goods(item) for item in lot.items.all()),
        gates=tuple(c.title for c in criteria if c.kind == "gate" and not c.options.all()),
        choices=tuple(
            (c.number, c.title, tuple((str(o.number), o.label) for o in c.options.all()))
            for c in criteria
            if c.options.all()
        ),
    )


def _goods(item: Item) -> Goods:
    limits = active(produce.demands_in(item.specification)) if item.specification else ()
    return Goods(item.number, item.description, item.quantity, item.unit, tuple(limits))


def draft_of(tender: Tender, farm: Organization) -> Draft:
    """The bid as far as it was typed, here or on a page."""
    stored = drafts.read(tender, farm)
    return Draft() if stored is None else biddraft.from_bytes(*stored)


def _typed(draft: Draft) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for (lot, item), text in draft.prices.items():
        found["price", str(lot), str(item)] = text
    for (lot, item, code), text in draft.declared.items():
        found["value", str(lot), str(item), code] = text
    for (lot, number), text in draft.options.items():
        found["option", str(lot), str(number)] = text
    return found


def _checked(tender: Tender, known: TenderFacts, draft: Draft, say: Say) -> tuple[list[str], str]:
    """The total of each lot in words, and the first thing that is missing."""
    asked = demand(terms.frozen(tender))
    content = draft.content(asked)
    totals: dict[int, Decimal] = {}
    for line in content.lines:
        totals[line.lot] = totals.get(line.lot, Decimal(0)) + line.unit_price * line.quantity
    words = [
        f"{say('Lot')} {lot}: {money(total, tender.currency)} {say('in all')}"
        for lot, total in sorted(totals.items())
    ]
    if len(known.lots) == 1 and len(content.lines) == 1:
        line, goods = content.lines[0], known.lots[0].goods[0]
        words = [
            f"{amount(goods.quantity, goods.unit)} x {money(line.unit_price, tender.currency)}",
            f"= {money(line.unit_price * line.quantity, tender.currency)}",
        ]
    found = bidding.gaps(content, asked)
    return words, f"{found[0].where}: {found[0].message}" if found else ""


def _of_mine(state: State, caller: Caller, me: Me | None, say: Say, now: datetime) -> Facts:
    if caller.farm is None:
        return Facts(me)
    if state.screen == "bids":
        return Facts(me, bids=tuple(_bids(caller.farm, say)))
    if state.screen in ("bid", "withdraw"):
        return Facts(me, standing=_standing(caller.farm, state.at[0], say, now))
    if state.screen == "payments":
        return Facts(me, payments=tuple(_payments(caller.farm, say)))
    if state.screen == "sent":
        bid = sealed.standing_of(tender_of(state.at[0], now), caller.farm)
        return Facts(me, code=code_of(bid) if bid else "")
    return Facts(me)


def code_of(bid: SealedBid) -> str:
    """The short form of the receipt."""
    return short.short(bid.sequence, Entry.objects.get(pk=bid.sequence).leaf_hash)


def _latest(farm: Organization) -> list[SealedBid]:
    """The last revision in each tender, the latest first."""
    rows = SealedBid.objects.filter(tenderer=farm).defer("envelope").select_related("tender")
    found: dict[int, SealedBid] = {}
    for row in rows.order_by("revision"):
        found[row.tender_id] = row
    return sorted(found.values(), key=lambda row: row.received_at, reverse=True)[:MOST]


def _state(bid: SealedBid, say: Say) -> str:
    if bid.withdrawn_at:
        return say("withdrawn")
    return say("opened") if bid.tender.opened_at else say("sealed")


def _bids(farm: Organization, say: Say) -> Iterator[Line]:
    for bid in _latest(farm):
        yield Line(bid.tender.reference, f"{bid.tender.reference} {_state(bid, say)}")


def _standing(farm: Organization, reference: str, say: Say, now: datetime) -> Standing | None:
    bid = next((row for row in _latest(farm) if row.tender.reference == reference), None)
    if bid is None:
        return None
    open_ = timeline.accepts_bids(facts.timetable(bid.tender), now)
    return Standing(
        reference=reference,
        state=_state(bid, say),
        received=_day(bid.received_at),
        code=code_of(bid),
        open=open_ and bid.withdrawn_at is None,
    )


def _payments(farm: Organization, say: Say) -> Iterator[str]:
    rows = Contract.objects.filter(award__supplier=farm, award__cancelled_at=None)
    for row in rows.select_related("award__lot__tender").prefetch_related("payments"):
        award = row.award
        paid = sum((payment.amount for payment in row.payments.all()), Decimal(0))
        state = say("delivered") if row.delivered_at else say("waiting for delivery")
        if row.paid_at:
            state = say("paid in full")
        told = {
            "tender": award.lot.tender.reference,
            "lot": award.lot.number,
            "state": state,
            "paid": money(paid, award.currency),
            "due": money(award.price, award.currency),
        }
        yield say("%(tender)s lot %(lot)s: %(state)s. Paid %(paid)s of %(due)s") % told
