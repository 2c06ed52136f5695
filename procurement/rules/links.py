"""Flags: a bank account, a telephone or an address that two parties share.

Two tenderers of one tender, or a tenderer and an official of the buyer. Only keyed digests are
compared; the value is in no flag. A flag is a question: each kind comes with what may be innocent.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import Final

# What is compared, and how it may come about in all innocence.
INNOCENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bank_account": "Members of a union may be paid through its account; a husband and a wife"
        " may share one.",
        "phone": "In a village one telephone may serve several farms, or a helper wrote down his"
        " own.",
        "email": "A shop, a school or an adviser may have registered several farmers with one"
        " address.",
        "address": "Farms share a post box, firms share a house; a business centre is the address"
        " of many.",
    }
)


@dataclass(frozen=True)
class Party:
    """Somebody in the tender: public id, name, whether an official, digests by kind."""

    party: str
    name: str
    is_official: bool
    digests: Mapping[str, frozenset[str]]
    # Public ids that are the party's own: a clerk's telephone is no link to his own firm.
    own: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Link:
    """Two parties share a value of one kind."""

    kind: str
    one: Party
    other: Party

    @property
    def key(self) -> str:
        """SHA-256 (hex) of kind and parties: the same flag tomorrow."""
        told = "\n".join([self.kind, *sorted((self.one.party, self.other.party))])
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def innocent(self) -> str:
        return INNOCENT[self.kind]


def links(parties: Iterable[Party]) -> list[Link]:
    """Every pair that shares something, in a fixed order; officials among themselves are none."""
    ordered = sorted(parties, key=lambda p: (p.is_official, p.name, p.party))
    return [
        Link(kind, one, other)
        for one, other in combinations(ordered, 2)
        if not one.is_official and not _related(one, other)
        for kind in INNOCENT
        if (one.digests.get(kind, frozenset()) & other.digests.get(kind, frozenset())) - {""}
    ]


def _related(one: Party, other: Party) -> bool:
    return one.party in other.own or other.party in one.own
