"""The parts of an evaluation case, each read strictly from plain JSON values.

Every function takes a value and its place, and returns the fact or raises InvalidCase naming the
place. What the parts must mean to each other is checked in procurement.rules.validation.
"""

from typing import Any, Final

from procurement.rules import optional_parts as parts
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
from procurement.rules.reading import every, maybe, some
from procurement.rules.scoring import METHODS
from procurement.rules.ties import TIE_RULES

MAX_REVISION: Final = 999_999

_CASE = (
    *("format", "terms_hash", "tender", "lot", "method", "currency", "items", "criteria"),
    *("bounds", "rounding", "partial", "abnormally_low", "tie_break", "draw_seed", "bids"),
)
_OPTIONAL = (
    *("price_points", "minimum_points", "stage", "components", "groups", "preference"),
    *("matching", "rates", "draw_nonces"),
)
_ITEM = ("item", "commodity", "description", "quantity", "unit", "specification")
_LIMIT = ("parameter", "name", "unit", "kind", "minimum", "maximum", "equals", "source")
_CRITERION = ("criterion", "title", "kind", "source", "options")
_BID = ("bid", "tenderer", "submitted_at", "revision", "lines", "declared", "responses", "gates")
_BID_OPTIONAL = (
    *("currency", "additions", "groups", "marks", "answers", "agrees_to_split", "distance_km"),
)
_EARLIER = "musika-evaluation-case/1"


def read_parts(value: Any) -> Case:
    """A case from plain values, in the order in which they were given, not yet cross-checked."""
    if isinstance(value, dict) and "format" in value:
        _check_format(value["format"])
    v = read.members(value, "case", _CASE, _OPTIONAL)
    return Case(
        terms_hash=read.identifier(v["terms_hash"], "terms_hash"),
        tender=read.identifier(v["tender"], "tender"),
        lot=read.identifier(v["lot"], "lot"),
        method=read.choice(v["method"], "method", tuple(METHODS)),
        currency=read.identifier(v["currency"], "currency"),
        items=every(_item, v["items"], "items"),
        criteria=every(_criterion, v["criteria"], "criteria"),
        bounds=_bounds(v["bounds"], "bounds"),
        rounding=_rounding(v["rounding"], "rounding"),
        partial=maybe(_partial, v["partial"], "partial"),
        abnormally_low=every(_low_test, v["abnormally_low"], "abnormally_low"),
        tie_break=every(_tie_rule, v["tie_break"], "tie_break"),
        draw_seed=maybe(read.identifier, v["draw_seed"], "draw_seed"),
        bids=every(_bid, v["bids"], "bids"),
        price_points=maybe(_price_points, v["price_points"], "price_points"),
        minimum_points=maybe(read.positive, v["minimum_points"], "minimum_points"),
        stage=maybe(parts.stage, v["stage"], "stage"),
        components=some(parts.component, v["components"], "components"),
        groups=some(parts.group, v["groups"], "groups"),
        preference=maybe(parts.preference, v["preference"], "preference"),
        matching=some(parts.matching, v["matching"], "matching"),
        rates=some(parts.rate, v["rates"], "rates"),
        draw_nonces=some(parts.nonce, v["draw_nonces"], "draw_nonces"),
    )


def _check_format(value: Any) -> None:
    if value == _EARLIER:
        # Its results have other digests here than those recorded: no check could pass or fail.
        read.refuse(
            "format",
            f"{_EARLIER} is of engine 1, this is a later one; use the release that made it",
        )
    read.choice(value, "format", (CASE_FORMAT,))


def _item(value: Any, place: str) -> Item:
    v = read.members(value, place, _ITEM, ("quantum",))
    return Item(
        item=read.identifier(v["item"], f"{place}.item"),
        commodity=read.text(v["commodity"], f"{place}.commodity"),
        description=read.text(v["description"], f"{place}.description"),
        quantity=read.positive(v["quantity"], f"{place}.quantity"),
        unit=read.identifier(v["unit"], f"{place}.unit"),
        specification=every(_limit, v["specification"], f"{place}.specification"),
        quantum=maybe(read.positive, v["quantum"], f"{place}.quantum"),
    )


def _limit(value: Any, place: str) -> Limit:
    v = read.members(value, place, _LIMIT)
    return Limit(
        parameter=read.identifier(v["parameter"], f"{place}.parameter"),
        name=read.text(v["name"], f"{place}.name"),
        unit=read.text(v["unit"], f"{place}.unit"),
        kind=read.choice(v["kind"], f"{place}.kind", LIMIT_KINDS),
        minimum=maybe(read.number, v["minimum"], f"{place}.minimum"),
        maximum=maybe(read.number, v["maximum"], f"{place}.maximum"),
        equals=maybe(read.identifier, v["equals"], f"{place}.equals"),
        source=read.text(v["source"], f"{place}.source"),
    )


def _criterion(value: Any, place: str) -> Criterion:
    v = read.members(value, place, _CRITERION, ("steps", "rating", "per_unit_of"))
    return Criterion(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        title=read.text(v["title"], f"{place}.title"),
        kind=read.choice(v["kind"], f"{place}.kind", CRITERION_KINDS),
        source=read.text(v["source"], f"{place}.source"),
        options=every(_option, v["options"], f"{place}.options"),
        steps=maybe(parts.steps, v["steps"], f"{place}.steps"),
        rating=maybe(parts.rating, v["rating"], f"{place}.rating"),
        per_unit_of=maybe(read.identifier, v["per_unit_of"], f"{place}.per_unit_of"),
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
        reserve_price=maybe(read.positive, v["reserve_price"], f"{place}.reserve_price"),
        minimum_price=maybe(read.positive, v["minimum_price"], f"{place}.minimum_price"),
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
        lowest=maybe(read.positive, v["lowest"], f"{place}.lowest"),
        highest=maybe(read.positive, v["highest"], f"{place}.highest"),
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
    v = read.members(value, place, _BID, _BID_OPTIONAL)
    return Bid(
        bid=read.identifier(v["bid"], f"{place}.bid"),
        tenderer=read.identifier(v["tenderer"], f"{place}.tenderer"),
        submitted_at=read.instant(v["submitted_at"], f"{place}.submitted_at"),
        revision=read.whole(v["revision"], f"{place}.revision", MAX_REVISION),
        lines=every(_line, v["lines"], f"{place}.lines"),
        declared=every(_declaration, v["declared"], f"{place}.declared"),
        responses=every(_response, v["responses"], f"{place}.responses"),
        gates=every(_finding, v["gates"], f"{place}.gates"),
        currency=maybe(read.identifier, v["currency"], f"{place}.currency"),
        additions=some(parts.addition, v["additions"], f"{place}.additions"),
        groups=some(parts.membership, v["groups"], f"{place}.groups"),
        marks=some(parts.mark, v["marks"], f"{place}.marks"),
        answers=some(parts.answer, v["answers"], f"{place}.answers"),
        agrees_to_split=maybe(read.flag, v["agrees_to_split"], f"{place}.agrees_to_split"),
        distance_km=maybe(read.amount, v["distance_km"], f"{place}.distance_km"),
    )


def _line(value: Any, place: str) -> Line:
    v = read.members(value, place, ("item", "unit_price", "quantity", "stated_total"))
    return Line(
        item=read.identifier(v["item"], f"{place}.item"),
        unit_price=read.positive(v["unit_price"], f"{place}.unit_price"),
        quantity=read.positive(v["quantity"], f"{place}.quantity"),
        stated_total=maybe(read.amount, v["stated_total"], f"{place}.stated_total"),
    )


def _declaration(value: Any, place: str) -> Declaration:
    v = read.members(value, place, ("item", "parameter", "value"))
    return Declaration(
        item=read.identifier(v["item"], f"{place}.item"),
        parameter=read.identifier(v["parameter"], f"{place}.parameter"),
        value=read.identifier(v["value"], f"{place}.value"),
    )


def _response(value: Any, place: str) -> Response:
    v = read.members(value, place, ("criterion", "option"), ("value",))
    return Response(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        option=maybe(read.identifier, v["option"], f"{place}.option"),
        value=maybe(read.number, v["value"], f"{place}.value"),
    )


def _finding(value: Any, place: str) -> Finding:
    v = read.members(value, place, ("criterion", "passed", "reason", "source"))
    return Finding(
        criterion=read.identifier(v["criterion"], f"{place}.criterion"),
        passed=read.flag(v["passed"], f"{place}.passed"),
        reason=read.text(v["reason"], f"{place}.reason"),
        source=read.text(v["source"], f"{place}.source"),
    )
