"""The rules of divided lots in sentences, for drafts and for published terms."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.fields import plain
from procurement.models import TenderSharing
from procurement.rules import words
from procurement.rules.division import DivisionContent, SharingContent


def division_words(rule: DivisionContent | None, unit: str, currency: str) -> list[str]:
    """How one lot is divided; nothing for a lot that is awarded whole."""
    return [] if rule is None else list(_division(rule, unit, currency))


def _division(rule: DivisionContent, unit: str, currency: str) -> Iterator[str]:
    yield _("In steps of %s.") % words.amount(rule.quantum, unit)
    if rule.unmet_penalty is not None:
        yield _("A unit that nobody delivers counts as %s.") % words.money(
            rule.unmet_penalty, currency
        )
    if rule.minimum_suppliers > 1:
        yield _("At least %d suppliers.") % rule.minimum_suppliers
    if rule.maximum_suppliers is not None:
        yield ngettext("At most %d supplier.", "At most %d suppliers.", rule.maximum_suppliers) % (
            rule.maximum_suppliers
        )


def sharing_words(rule: SharingContent | None, currency: str) -> list[str]:
    """What all divided lots keep together; nothing where there is no such rule."""
    return [] if rule is None else list(_sharing(rule, currency))


def _sharing(rule: SharingContent, currency: str) -> Iterator[str]:
    if rule.cap_share is not None:
        yield _("One supplier gets at most %(share)s: %(of)s.") % {
            "share": percent(rule.cap_share),
            "of": basis(rule.cap_of),
        }
    if rule.reserve_group and rule.reserve_share is not None:
        yield _("%(share)s is reserved: %(group)s; %(of)s.") % {
            "share": percent(rule.reserve_share),
            "group": group(rule.reserve_group),
            "of": basis(rule.reserve_of),
        }
    if rule.budget is not None:
        yield _("All parts together cost at most %s.") % words.money(rule.budget, currency)


def percent(share: Decimal) -> str:
    return f"{plain(share * 100)} %"


def basis(word: str) -> str:
    label = str(TenderSharing.Basis(word).label)
    return label[:1].lower() + label[1:]


def group(word: str) -> str:
    return str(TenderSharing.Group(word).label)


def published_division(lot: Mapping[str, Any], currency: str) -> list[str]:
    """The same from the frozen terms of a lot."""
    said = lot.get("division")
    if not said:
        return []
    rule = DivisionContent(**_read(DivisionContent, said))
    return division_words(rule, lot["items"][0]["unit"], currency)


def published_sharing(terms: Mapping[str, Any]) -> list[str]:
    """The same from the frozen terms of a tender."""
    said = terms.get("sharing")
    if not said:
        return []
    return sharing_words(SharingContent(**_read(SharingContent, said)), terms["currency"])


NUMBERS = {"quantum", "unmet_penalty", "budget", "cap_share", "reserve_share"}


def _read(kind: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field.name: Decimal(said[field.name])
        if field.name in NUMBERS and said[field.name] is not None
        else said[field.name]
        for field in fields(kind)
    }
