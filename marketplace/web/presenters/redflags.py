"""A red flag for people who may see it: what it asks, about whom, and what may be innocent."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from procurement.models import IndicatorRate, RedFlag
from procurement.rules.indicators.catalogue import CATALOGUE, About


@dataclass(frozen=True)
class FlagView:
    flag: RedFlag
    about: About
    state: str
    subject: str
    href: str

    @property
    def status(self) -> str:
        return f"flag-{self.state}"

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return [{"key": row.name.capitalize(), "value": row.value} for row in self._evidence]

    @property
    def summary(self) -> str:
        """The evidence in a line."""
        return "; ".join(f"{row.name}: {row.value}" for row in self._evidence)

    @property
    def _evidence(self) -> Any:
        return self.flag.evidence.all()


def view(flag: RedFlag) -> FlagView:
    """Of a row with `state` (`queries.redflags.with_state`)."""
    state: str = flag.state  # type: ignore[attr-defined]
    return FlagView(flag, CATALOGUE[flag.code], state, subject(flag), _href(flag))


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
