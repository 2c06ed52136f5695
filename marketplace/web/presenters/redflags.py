"""A red flag for people who may see it: what it asks, about whom, and what may be innocent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organization, User
from procurement.models import IndicatorRate, RedFlag
from procurement.rules.indicators.catalogue import CATALOGUE, About

# How evidence names people and organisations, so that it forgets whoever was erased.
ID = re.compile(r"\b[0-9a-f]{16}\b")


@dataclass(frozen=True)
class FlagView:
    flag: RedFlag
    about: About
    state: str
    subject: str
    href: str
    names: dict[str, str]

    @property
    def status(self) -> str:
        return f"flag-{self.state}"

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [
            {"key": row.name.capitalize(), "value": self._named(row.value)}
            for row in self._evidence
        ]

    @property
    def summary(self) -> str:
        """The evidence in a line."""
        return "; ".join(f"{row.name}: {self._named(row.value)}" for row in self._evidence)

    def _named(self, value: str) -> str:
        return ID.sub(lambda found: self.names.get(found[0], found[0]), value)

    @property
    def _evidence(self) -> Any:
        return self.flag.evidence.all()


def views(flags: Iterable[RedFlag]) -> list[FlagView]:
    """Of rows with `state` (`queries.redflags.with_state`); two queries for all names."""
    rows = list(flags)
    names = _names(rows)
    return [_view(flag, names) for flag in rows]


def _view(flag: RedFlag, names: dict[str, str]) -> FlagView:
    state: str = flag.state  # type: ignore[attr-defined]
    return FlagView(flag, CATALOGUE[flag.code], state, subject(flag), _href(flag), names)


def _names(flags: list[RedFlag]) -> dict[str, str]:
    ids = {
        found for flag in flags for row in flag.evidence.all() for found in ID.findall(row.value)
    }
    firms = Organization.objects.filter(public_id__in=ids).values_list("public_id", "name")
    people = User.objects.filter(public_id__in=ids).values_list("public_id", "full_name")
    return {**dict(firms), **dict(people)}


def subject(flag: RedFlag) -> str:
    if flag.tender:
        lot = _(", lot {n}").format(n=flag.lot.number) if flag.lot and flag.lot.number > 1 else ""
        return f"{flag.tender.reference}{lot}: {flag.tender.title}"
    return flag.organization.name if flag.organization else ""


def _href(flag: RedFlag) -> str:
    return reverse("tender_history", args=[flag.tender.reference]) if flag.tender else ""


def rate(row: IndicatorRate | None) -> str:
    """How often the indicator flags at all: without it, a flag cannot be weighed."""
    if row is None or not row.examined:
        return str(_("Not known yet: nothing could be examined."))
    share = (Decimal(row.flagged * 100) / row.examined).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(
        _("{flagged} of {examined} that could be examined ({share} %)").format(
            flagged=row.flagged, examined=row.examined, share=share
        )
    )
