"""What a tender says, as data: the same shape for the wizard, the API and the demo.

A draft may be incomplete; `problems` lists what stands between it and publication.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from procurement.rules.division import (
    DivisionContent,
    SharingContent,
    division_problems,
    sharing_problems,
)
from procurement.rules.method_parts import (
    TIE_BREAK,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)
from procurement.rules.method_problems import method_problems
from produce.rules.specification import LimitChange
from produce.rules.terms import Measuring

MAX_LOTS = 200
MAX_QUANTITY = Decimal(10) ** 12


@dataclass(frozen=True)
class OptionContent:
    label: str
    value: Decimal


@dataclass(frozen=True)
class CriterionContent:
    title: str
    kind: str
    source: str = ""
    options: tuple[OptionContent, ...] = ()
    rating: RatingContent | None = None
    in_margin: bool = False


@dataclass(frozen=True)
class ItemContent:
    commodity: str
    description: str
    quantity: Decimal
    unit: str
    delivery_place: str = ""
    province: str = ""
    district: str = ""
    delivery_starts: date | None = None
    delivery_ends: date | None = None
    standard: str = ""
    edition: str = ""
    grade: str = ""
    changes: tuple[LimitChange, ...] = ()
    schedule: str = ""
    schedule_edition: str = ""
    sampling: str = ""
    quantity_tolerance: Decimal | None = None
    measuring: tuple[Measuring, ...] = ()

    @property
    def specifies(self) -> bool:
        """Whether anything is said about the quality or what a deviation costs."""
        said = (self.standard, self.changes, self.schedule, self.sampling, self.measuring)
        return any(said) or self.quantity_tolerance is not None


@dataclass(frozen=True)
class LotContent:
    title: str
    evaluation_method: str = "lowest_price"
    estimated_value: Decimal | None = None
    rounding: str = "half-up"
    rounding_decimals: int = 2
    items: tuple[ItemContent, ...] = ()
    criteria: tuple[CriterionContent, ...] = ()
    components: tuple[ComponentContent, ...] = ()
    preference: PreferenceContent | None = None
    points: PointsContent | None = None
    tie_break: tuple[str, ...] = TIE_BREAK
    division: DivisionContent | None = None


@dataclass(frozen=True)
class TenderContent:
    title: str
    description: str = ""
    method: str = "open"
    reserved_for: str = ""
    currency: str = "USD"
    enquiry_deadline: datetime | None = None
    deadline: datetime | None = None
    standstill_days: int = 14
    opening_quorum: int = 2
    lots: tuple[LotContent, ...] = field(default=())
    sharing: SharingContent | None = None


@dataclass(frozen=True)
class Problem:
    """One thing to mend before publication: where it is and what to do."""

    where: str
    message: str


def problems(content: TenderContent, now: datetime, minimum_period: timedelta) -> list[Problem]:
    """Everything that keeps a draft from being published at `now`; empty when it is ready."""
    return [*_head(content), *timetable_problems(content, now, minimum_period), *_lots(content)]


def _head(content: TenderContent) -> Iterator[Problem]:
    if not content.title.strip():
        yield Problem("title", "Give the tender a title.")
    if len(content.currency) != 3 or not content.currency.isupper():
        yield Problem("currency", "Name the currency by its three-letter code, for example USD.")


def timetable_problems(
    content: TenderContent, now: datetime, minimum_period: timedelta
) -> Iterator[Problem]:
    """What is wrong with the dates at `now`; waiting can only make it worse."""
    if content.deadline is None:
        yield Problem("deadline", "Say until when bids may be submitted.")
        return
    if content.deadline < now + minimum_period:
        past = "This is in the past. " if content.deadline <= now else ""
        yield Problem(
            "deadline",
            f"{past}Bids must stay open for at least {period_words(minimum_period)} "
            "after publication; choose a later deadline.",
        )
    if content.enquiry_deadline and content.enquiry_deadline > content.deadline:
        yield Problem("enquiry_deadline", "Questions must end before bids do.")
    if content.enquiry_deadline and content.enquiry_deadline <= now:
        yield Problem("enquiry_deadline", "The time for questions is past; choose a later day.")


def period_words(period: timedelta) -> str:
    """`10 days`; in minutes where an installation compresses time."""
    if period >= timedelta(days=1):
        return f"{period.days} days"
    minutes = int(period.total_seconds() // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _lots(content: TenderContent) -> Iterator[Problem]:
    if not content.lots:
        yield Problem("lots", "Add at least one lot.")
    if len(content.lots) > MAX_LOTS:
        yield Problem("lots", f"A tender may have at most {MAX_LOTS} lots.")
    for index, lot in enumerate(content.lots):
        yield from _lot(lot, f"lots[{index}]")
    shared = sharing_problems(content.sharing, content.lots)
    yield from (Problem(place, words) for place, words in shared)


def _lot(lot: LotContent, where: str) -> Iterator[Problem]:
    if not lot.title.strip():
        yield Problem(f"{where}.title", "Give the lot a title.")
    if not lot.items:
        yield Problem(f"{where}.items", "Add at least one item to the lot.")
    for index, item in enumerate(lot.items):
        yield from _item(item, f"{where}.items[{index}]")
    yield from (Problem(f"{where}.{place}", words) for place, words in method_problems(lot))
    yield from (Problem(f"{where}.{place}", words) for place, words in division_problems(lot))


def _item(item: ItemContent, where: str) -> Iterator[Problem]:
    if not 0 < item.quantity <= MAX_QUANTITY:
        yield Problem(f"{where}.quantity", "The quantity must be above zero and sensible.")
    if not item.delivery_place.strip():
        yield Problem(f"{where}.delivery_place", "Say where the goods are to be delivered.")
    if item.delivery_starts is None or item.delivery_ends is None:
        yield Problem(f"{where}.delivery_starts", "Say from when to when goods are delivered.")
    elif item.delivery_ends < item.delivery_starts:
        yield Problem(f"{where}.delivery_ends", "Delivery cannot end before it starts.")
