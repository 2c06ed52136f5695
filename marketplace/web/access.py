"""Who may see which page: one row for every URL name of the web shell.

The views decide (through procurement.permissions); this table says what they must decide, and
tests/web/test_access.py holds them to it. A route without a row fails that test.
"""

from dataclasses import dataclass

from marketplace.accounts.roles import Permission
from marketplace.web.access_buyer import BUYER
from marketplace.web.access_contracts import CONTRACTS
from marketplace.web.access_public import PUBLIC_SIDE
from marketplace.web.access_words import PUBLIC, SIGNED_IN

__all__ = ["ACCESS", "PUBLIC", "SIGNED_IN", "Row", "rows"]

ACCESS: dict[str, str | Permission] = {**PUBLIC_SIDE, **BUYER, **CONTRACTS}


@dataclass(frozen=True)
class Row:
    """One line of the table, as the reference page shows it."""

    name: str
    who: str


def rows() -> list[Row]:
    return [Row(name, str(who)) for name, who in sorted(ACCESS.items())]
