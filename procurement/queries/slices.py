"""From what a slice names to rows and back, and how many rows it has."""

from typing import Any

from marketplace.accounts.models import Organization
from marketplace.errors import Invalid
from procurement.bidhistory import query, tables
from procurement.bidhistory.slices import Slice
from procurement.models import Export, Tender
from produce.models import Commodity

# A file of so many rows is made while the reader waits, within a second or two.
AT_ONCE = 20_000


def of(export: Export) -> Slice:
    """What a file was asked for."""
    return Slice(
        tender=export.tender.reference if export.tender else "",
        buyer=export.buyer.public_id if export.buyer else "",
        tenderer=export.tenderer.public_id if export.tenderer else "",
        commodity=export.commodity.code if export.commodity else "",
        opened_from=export.opened_from,
        opened_before=export.opened_before,
    )


def rows(chosen: Slice) -> dict[str, Any]:
    """The tender, buyer, tenderer and commodity that it names; raises Invalid for a stranger."""
    asked = (
        ("tender", Tender.objects.exclude(published_at=None), "reference"),
        ("buyer", Organization.objects.all(), "public_id"),
        ("tenderer", Organization.objects.all(), "public_id"),
        ("commodity", Commodity.objects.all(), "code"),
    )
    return {name: _named(name, found, key, getattr(chosen, name)) for name, found, key in asked}


def _named(name: str, found: Any, key: str, value: str) -> Any:
    row = found.filter(**{key: value}).first() if value else None
    if value and row is None:
        raise Invalid(f"There is no such {name}: “{value[:60]}”.", where=name)
    return row


def check(chosen: Slice, form: str) -> None:
    """Raise Invalid for a form or period that cannot be."""
    if form not in tables.FORMS:
        raise Invalid(f"There is no such form: {', '.join(tables.FORMS)}.", where="format")
    first, last = chosen.opened_from, chosen.opened_before
    if first and last and first >= last:
        raise Invalid("The period ends before it begins.", where="opened_before")


def count(chosen: Slice, *, form: str) -> int:
    """Its rows; raises Invalid, and DoesNotFit for more than a sheet holds."""
    check(chosen, form)
    found = query.count(chosen)
    if form == "xlsx" and found >= tables.SHEET_ROWS:
        raise tables.too_many_for_a_sheet()
    return found


def check_at_once(chosen: Slice, form: str) -> None:
    """Raise Invalid for a slice that is too large to wait for; counts no further than that."""
    check(chosen, form)
    rows(chosen)
    if query.count(chosen, AT_ONCE + 1) > AT_ONCE:
        raise Invalid(
            f"The slice has more than {AT_ONCE:,} rows.",
            code="slice-too-large",
            remedy="Narrow it, or let an auditor ask for it as a file that is made in the "
            "background.",
        )
