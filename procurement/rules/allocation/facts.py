"""Everything that decides an allocation, as frozen facts.

All quantities are in the case's one unit, all money in its one currency. Prices, transport and
quality adjustments of a simple bid are per unit; those of a package are for the whole of it.
Numbers are Fractions: build a case with `case.from_json`, which reads and checks them, rather than
by hand. docs/reference/allocation.md explains each field.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from procurement.rules.money import Rounding

CASE_FORMAT: Final = "musika-allocation-case/1"

ALL_UNITS: Final = "all_units"
INCREMENTAL: Final = "incremental"
DISCOUNTS: Final = (ALL_UNITS, INCREMENTAL)

AWARDED: Final = "awarded"
DEMANDED: Final = "demanded"
BASES: Final = (AWARDED, DEMANDED)

EARLIEST_SUBMISSION: Final = "earliest_submission"
TIE_BREAKS: Final = (EARLIEST_SUBMISSION,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The share of a lot's award that is delivered in one week; each supplier delivers once."""

    week: str
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is demanded, and what it costs to leave a unit of it unmet.

    Awards are whole numbers of `quantum`. A lot that is awarded at all has at least
    `minimum_suppliers` tenderers.
    """

    lot: str
    commodity: str
    quantum: Fraction
    demand: Fraction
    unmet_penalty: Fraction
    minimum_suppliers: int
    maximum_suppliers: int | None
    depot: str | None
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotWeek:
    """The most that a depot receives in one week: a quantity, a number of deliveries, or both."""

    week: str
    quantity: Fraction | None
    deliveries: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A place of delivery with its weekly limits; a week that is not listed has none."""

    depot: str
    weeks: tuple[DepotWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCap:
    """The most that one beneficial owner may get of these lots (None: of all) together."""

    cap: str
    lots: tuple[str, ...] | None
    quantity: Fraction | None
    share: Fraction | None
    of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """A share of these lots (None: of all) that is kept for one group of tenderers.

    Of awarded: the group gets at least that share of what is awarded. Of demanded: the others get
    at most the rest of the demand; what the group cannot supply stays unmet.
    """

    reserve: str
    group: str
    lots: tuple[str, ...] | None
    share: Fraction
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenderer:
    """A tenderer, who is behind it, and the most that it can supply of all lots together."""

    tenderer: str
    owners: tuple[str, ...]
    groups: tuple[str, ...]
    capacity: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A unit price from this quantity on."""

    starts_at: Fraction
    unit_price: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A tenderer's offer for any quantity of one lot between two limits, or none of it."""

    bid: str
    tenderer: str
    lot: str
    submitted_at: datetime
    minimum: Fraction
    maximum: Fraction
    discount: str
    tiers: tuple[Tier, ...]
    transport: Fraction
    quality: Fraction
    exclusive: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLine:
    """The quantity of one lot in a package."""

    lot: str
    quantity: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """Fixed quantities of several lots at one price: all or nothing."""

    bid: str
    tenderer: str
    submitted_at: datetime
    lines: tuple[PackageLine, ...]
    price: Fraction
    transport: Fraction
    quality: Fraction
    exclusive: str | None
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One award decision: the published rules, the tenderers and their bids."""

    terms_hash: str
    tender: str
    currency: str
    unit: str
    rounding: Rounding
    tie_break: str
    budget: Fraction | None
    lots: tuple[Lot, ...]
    depots: tuple[Depot, ...]
    owner_caps: tuple[OwnerCap, ...]
    reserves: tuple[Reserve, ...]
    tenderers: tuple[Tenderer, ...]
    bids: tuple[Bid, ...]
    packages: tuple[Package, ...]
