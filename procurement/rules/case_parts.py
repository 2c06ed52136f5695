"""The parts of an evaluation case, each read strictly from plain JSON values.

Every function takes a value and its place, and returns the fact or raises InvalidCase naming the
place. What the parts must mean to each other is checked in procurement.rules.validation.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from procurement.rules import reading as read
from procurement.rules.facts import (
    CASE_FORMAT,
    CRITERION_KINDS,
    LIMIT_KINDS,
    Bid,
    Bounds,
    Case,
    Criterion,
    Declaration,
    Finding,
    Item,
    Limit,
    Line,
    LowTest,
    Option,
    Partial,
    PricePoints,
    Response,
)
from procurement.rules.flags import LOW_TESTS
from procurement.rules.money import MAX_SHOWN_DECIMALS, ROUNDING_MODES, Rounding
from procurement.rules.scoring import METHODS
from procurement.rules.ties import TIE_RULES

MAX_REVISION: Final = 999_999

_Read = TypeVar("_Read")

_CASE = (
    *("format", "terms_hash", "tender", "lot", "method", "currency", "items", "criteria"),
    *("bounds", "rounding", "partial", "abnormally_low", "tie_break", "draw_seed", "bids"),
)
_OPTIONAL = ("price_points",)
_ITEM = ("item", "commodity", "description", "quantity", "unit", "specification")
_LIMIT = ("parameter", "name", "unit", "kind", "minimum", "maximum", "equals", "source")
_BID = ("bid", "tenderer", "submitted_at", "revision", "lines", "declared", "responses", "gates")


def read_parts(value: Any) -> Case:
    """A case from plain values, in the order in which they were given, not yet cross-checked."""
    if isinstance(value, dict) and "format" in value:
        read.choice(value["format"], "format", (CASE_FORMAT,))
    v = read.members(value, "case", _CASE, _OPTIONAL)
    return Case(
        terms_hash=read.identifier(v["terms_hash"], "terms_hash"),
        tender=read.identifier(v["tender"], "tender"),
        lot=read.identifier(v["lot"], "lot"),
        method=read.choice(v["method"], "method", tuple(METHODS)),
        currency=read.identifier(v["currency"], "currency"),
        items=_all(_item, v["items"], "items"),
        criteria=_all(_criterion, v["criteria"], "criteria"),
        bounds=_bounds(v["bounds"], "bounds"),
        rounding=_rounding(v["rounding"], "rounding"),
        partial=_maybe(_partial, v["partial"], "partial"),
        abnormally_low=_all(_low_test, v["abnormally_low"], "abnormally_low"),
        tie_break=_all(_tie_rule, v["tie_break"], "tie_break"),
        draw_seed=_maybe(read.identifier, v["draw_seed"], "draw_seed"),
        bids=_all(_bid, v["bids"], "bids"),
        price_points=_maybe(_price_points, v["price_points"], "price_points"),
    )


def _all(one: Callable[[Any, str], _Read], value: Any, place: str) -> tuple[_Read, ...]:
    return tuple(one(inner, at) for inner, at in read.elements(value, place))


def _maybe(one: Callable[[Any, str], _Read], value: Any, place: str) -> _Read | None:
    return None if value is None else one(value, place)


def _item(value: Any, place: str) -> Item:
    v = read.members(value, place, _ITEM)
    return Item(
        item=read.identifier(v["item"], f"{place}.item"),
        commodity=read.text(v["commodity"], f"{place}.commodity"),
        description=read.text(v["description"], f"{place}.description"),
        quantity=read.positive(v["quantity"], f"{place}.quantity"),
        unit=read.identifier(v["unit"], f"{place}.unit"),
        specification=_all(_limit, v["specification"], f"{place}.specification"),
    )


def _limit(value: Any, place: str) -> Limit:
    v = read.members(value, place, _LIMIT)
    return Limit(
        parameter=read.identifier(v["parameter"], f"{place}.parameter"),
        name=read.text(v["name"], f"{place}.name"),
        unit=read.text(v["unit"], f"{place}.unit"),
        kind=read.choice(v["kind"], f"{place}.kind", LIMIT_KINDS),
        minimum=_maybe(read.number, v["minimum"], f"{place}.minimum"),
        maximum=_maybe(read.number, v["maximum"], f"{place}.maximum"),
        equals=_maybe(read.identifier, v["equals"], f"{place}.equals"),
        source=read.text(v["source"], f"{place}.source"),
    )


def _criterion(value: Any, place: str) -> Criterion:
    v = read.members(value, place, ("criterion", "title", "kind", "source", "options"))
    return Criterion(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        title=read.text(v["title"], f"{place}.title"),
        kind=read.choice(v["kind"], f"{place}.kind", CRITERION_KINDS),
        source=read.text(v["source"], f"{place}.source"),
        options=_all(_option, v["options"], f"{place}.options"),
    )


def _option(value: Any, place: str) -> Option:
    v = read.members(value, place, ("option", "label", "value"))
    return Option(
        option=read.identifier(v["option"], f"{place}.option"),
        label=read.text(v["label"], f"{place}.label"),
        value=read.amount(v["value"], f"{place}.value"),
    )


def _bounds(value: Any, place: str) -> Bounds:
    v = read.members(value, place, ("reserve_price", "minimum_price"))
    return Bounds(
        reserve_price=_maybe(read.positive, v["reserve_price"], f"{place}.reserve_price"),
        minimum_price=_maybe(read.positive, v["minimum_price"], f"{place}.minimum_price"),
    )


def _rounding(value: Any, place: str) -> Rounding:
    v = read.members(value, place, ("decimals", "mode"))
    return Rounding(
        decimals=read.whole(v["decimals"], f"{place}.decimals", MAX_SHOWN_DECIMALS),
        mode=read.choice(v["mode"], f"{place}.mode", ROUNDING_MODES),
    )


def _partial(value: Any, place: str) -> Partial:
    v = read.members(value, place, ("minimum_share",))
    return Partial(minimum_share=read.amount(v["minimum_share"], f"{place}.minimum_share"))


def _price_points(value: Any, place: str) -> PricePoints:
    v = read.members(value, place, ("weight", "total", "lowest", "highest"))
    return PricePoints(
        weight=read.positive(v["weight"], f"{place}.weight"),
        total=read.positive(v["total"], f"{place}.total"),
        lowest=_maybe(read.positive, v["lowest"], f"{place}.lowest"),
        highest=_maybe(read.positive, v["highest"], f"{place}.highest"),
    )


def _low_test(value: Any, place: str) -> LowTest:
    v = read.members(value, place, ("test", "threshold"))
    return LowTest(
        test=read.choice(v["test"], f"{place}.test", tuple(LOW_TESTS)),
        threshold=read.positive(v["threshold"], f"{place}.threshold"),
    )


def _tie_rule(value: Any, place: str) -> str:
    return read.choice(value, place, tuple(TIE_RULES))


def _bid(value: Any, place: str) -> Bid:
    v = read.members(value, place, _BID)
    return Bid(
        bid=read.identifier(v["bid"], f"{place}.bid"),
        tenderer=read.identifier(v["tenderer"], f"{place}.tenderer"),
        submitted_at=read.instant(v["submitted_at"], f"{place}.submitted_at"),
        revision=read.whole(v["revision"], f"{place}.revision", MAX_REVISION),
        lines=_all(_line, v["lines"], f"{place}.lines"),
        declared=_all(_declaration, v["declared"], f"{place}.declared"),
        responses=_all(_response, v["responses"], f"{place}.responses"),
        gates=_all(_finding, v["gates"], f"{place}.gates"),
    )


def _line(value: Any, place: str) -> Line:
    v = read.members(value, place, ("item", "unit_price", "quantity", "stated_total"))
    return Line(
        item=read.identifier(v["item"], f"{place}.item"),
        unit_price=read.positive(v["unit_price"], f"{place}.unit_price"),
        quantity=read.positive(v["quantity"], f"{place}.quantity"),
        stated_total=_maybe(read.amount, v["stated_total"], f"{place}.stated_total"),
    )


def _declaration(value: Any, place: str) -> Declaration:
    v = read.members(value, place, ("item", "parameter", "value"))
    return Declaration(
        item=read.identifier(v["item"], f"{place}.item"),
        parameter=read.identifier(v["parameter"], f"{place}.parameter"),
        value=read.identifier(v["value"], f"{place}.value"),
    )


def _response(value: Any, place: str) -> Response:
    v = read.members(value, place, ("criterion", "option"))
    return Response(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        option=read.identifier(v["option"], f"{place}.option"),
    )


def _finding(value: Any, place: str) -> Finding:
    v = read.members(value, place, ("criterion", "passed", "reason", "source"))
    return Finding(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        passed=read.flag(v["passed"], f"{place}.passed"),
        reason=read.text(v["reason"], f"{place}.reason"),
        source=read.text(v["source"], f"{place}.source"),
    )
