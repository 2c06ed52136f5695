"""The buyer's rows of the web permission table."""

from marketplace.accounts.roles import Permission

BUYER: dict[str, str | Permission] = {}
