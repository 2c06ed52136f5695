"""What a release is made of: frozen facts, gathered by `procurement.queries.ocds`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the ledger that everybody may read, and the instant its release bears."""

    name: str
    sequence: int
    at: datetime
    body: Mapping[str, Any]
    # Strictly after the release before it, which the ledger's own time need not be.
    date: datetime


@dataclass(frozen=True, slots=True)
class Party:
    id: str
    name: str
    # farmer, cooperative, company, buyer …
    kind: str
    registration: str = ""
    province: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """How a commodity is classified: code and name of ours, and of the public schemes."""

    code: str
    name: str
    hs: str = ""
    cpc: str = ""


@dataclass(frozen=True, slots=True)
class BidLine:
    lot: int
    item: int
    unit_price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class BidFacts:
    """A bid that was opened; `declared` and `answered` name lot, item or criterion, and value."""

    id: str
    tenderer: str
    submitted_at: datetime | None
    failure: str
    lines: tuple[BidLine, ...]
    declared: tuple[tuple[int, int, str, str], ...] = ()
    answered: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class AwardFacts:
    id: str
    lot: int
    bid: str
    supplier: str
    price: Decimal
    currency: str
    reason: str
    date: datetime
    lines: tuple[BidLine, ...]


@dataclass(frozen=True, slots=True)
class Document:
    id: str
    title: str
    format: str
    path: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Process:
    """All that the releases of one tender may need; an event says which of it is due."""

    ocid: str
    reference: str
    # Address of the installation, without a slash at the end.
    site: str
    buyer: str
    currency: str
    # As published, after the amendments so far (`procurement.queries.terms`).
    terms: Mapping[str, Any]
    published_at: datetime | None
    parties: Mapping[str, Party]
    goods: Mapping[str, Goods] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    bids: tuple[BidFacts, ...] = ()
    # The confirmed result of each lot by its number, in its JSON form, with when it was confirmed.
    results: Mapping[int, tuple[Mapping[str, Any], datetime]] = field(default_factory=dict)
    awards: Mapping[str, AwardFacts] = field(default_factory=dict)
    # The award of each contract, by its number.
    contracts: Mapping[str, str] = field(default_factory=dict)
    # Whether natural persons are named.
    names_persons: bool = False
    # The compiled release so far; empty before the first.
    before: Mapping[str, Any] = field(default_factory=dict)
    # The identifier of the release before this one.
    last_release: str = ""
    # Of a process that was imported as open data: its compiled release, as text.
    source: str = ""


Section = dict[str, Any]
# Who gets which roles by an event, and what an event makes: tags, sections, roles.
Roles = dict[str, tuple[str, ...]]
Made = tuple[tuple[str, ...], Section, Roles]
