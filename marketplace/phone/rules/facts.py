"""What the menu is told about the world, for the screen at hand; read by the shell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from produce.rules.facts import Kind
from produce.rules.limits import LimitFact, bound_words


@dataclass(frozen=True)
class Me:
    """Whose telephone it is; only people who bid for one organisation or more are somebody."""

    name: str
    province: str = ""
    district: str = ""
    has_pin: bool = True


@dataclass(frozen=True)
class Line:
    """A row of a list: what names it, and how it reads."""

    key: str
    words: str


@dataclass(frozen=True)
class Question:
    """One thing that a bid for a lot has to say."""

    kind: str
    key: tuple[str, ...]
    words: str
    options: tuple[tuple[str, str], ...] = ()
    limit: LimitFact | None = None


@dataclass(frozen=True)
class Goods:
    """An item of a lot: number, what it is, how much of it."""

    number: int
    words: str
    quantity: Decimal
    unit: str
    limits: tuple[LimitFact, ...] = ()


@dataclass(frozen=True)
class LotFacts:
    number: int
    title: str
    goods: tuple[Goods, ...]
    # Requirements that are met or not, by title.
    gates: tuple[str, ...] = ()
    # Criterion: number, title, its options (number, label).
    choices: tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True)
class TenderFacts:
    reference: str
    title: str
    buyer: str
    place: str
    closes: str
    currency: str
    open: bool
    lots: tuple[LotFacts, ...]

    def lot(self, number: str) -> LotFacts:
        return next(lot for lot in self.lots if str(lot.number) == number)


@dataclass(frozen=True)
class Standing:
    """A bid of mine: what to tell of it."""

    reference: str
    state: str
    received: str
    code: str
    open: bool


@dataclass(frozen=True)
class Facts:
    me: Me | None = None
    places: tuple[str, ...] = ()
    tenders: tuple[Line, ...] = ()
    tender: TenderFacts | None = None
    # What was typed of the bid so far, by question; never kept with the session.
    typed: Mapping[tuple[str, ...], str] = field(default_factory=dict, repr=False)
    totals: tuple[str, ...] = field(default=(), repr=False)
    gap: str = ""
    bids: tuple[Line, ...] = ()
    standing: Standing | None = None
    payments: tuple[str, ...] = ()
    # Whether what was typed is the PIN; asked before any lock, for it is slow.
    pin_right: bool = False
    code: str = ""


def questions(lot: LotFacts) -> tuple[Question, ...]:
    """Everything that a bid for the lot says, in the order in which it is asked."""
    found: list[Question] = []
    for goods in lot.goods:
        key = ("price", str(lot.number), str(goods.number))
        found.append(Question("price", key, f"{goods.words}|{goods.unit}"))
        found += [_value(lot, goods, limit) for limit in goods.limits]
    for number, title, options in lot.choices:
        key = ("option", str(lot.number), str(number))
        found.append(Question("option", key, title, options))
    for number, title in enumerate(lot.gates, start=1):
        found.append(Question("gate", ("gate", str(lot.number), str(number)), title))
    return tuple(found)


def _value(lot: LotFacts, goods: Goods, limit: LimitFact) -> Question:
    key = ("value", str(lot.number), str(goods.number), limit.code)
    words = f"{limit.name} ({bound_words(limit)})"
    if limit.kind is Kind.BOOLEAN:
        options = (("absent", "absent"), ("present", "present"))
        return Question("value", key, words, options, limit)
    if limit.kind is Kind.TEXT:
        # As asked, or in one's own words.
        return Question("value", key, words, ((limit.text, limit.text),), limit)
    return Question("value", key, words, (), limit)
