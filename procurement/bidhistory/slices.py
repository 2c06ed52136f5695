"""Which rows: the five things that a bid history can be narrowed by. Pure."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.ledger import canonical


@dataclass(frozen=True)
class Slice:
    """Empty means all. The period is half-open and counts the instant of the opening (UTC)."""

    tender: str = ""  # its reference
    buyer: str = ""  # public identifiers of organisations
    tenderer: str = ""
    commodity: str = ""  # its code
    opened_from: datetime | None = None
    opened_before: datetime | None = None

    def to_json(self) -> dict[str, str | None]:
        """As the manifest tells it: null where nothing was narrowed."""
        told: dict[str, str | None] = {
            name: getattr(self, name) or None for name in ("tender", "buyer", "tenderer")
        }
        told["commodity"] = self.commodity or None
        for name in ("opened_from", "opened_before"):
            moment = getattr(self, name)
            told[name] = canonical.instant(moment) if moment else None
        return told
