"""What the parts of a case must mean to each other before anything is scored.

`check_case` raises InvalidCase at the first contradiction, naming the place as in the given order.
A fault of the published terms and a fault of a bid's form stop the evaluation alike: nothing is
scored halfway. A bid that is well formed but falls short is not an error; the gates disqualify it.
"""

from procurement.rules.bid_checks import BidCheck, exact
from procurement.rules.facts import EQUALS, MAXIMUM, MINIMUM, RANGE, Case, Item, Limit, LowTest
from procurement.rules.flags import LOW_TESTS
from procurement.rules.optional_checks import check_criterion, check_optional, check_unique
from procurement.rules.reading import refuse
from procurement.rules.scoring import METHODS

_NEEDED = {
    MAXIMUM: ("maximum",),
    MINIMUM: ("minimum",),
    RANGE: ("minimum", "maximum"),
    EQUALS: ("equals",),
}


def check_case(case: Case) -> None:
    """Raise InvalidCase unless every part of the case fits the others."""
    check_terms(case)
    check_unique([bid.bid for bid in case.bids], "bids", "bid")
    bids = BidCheck(case)
    for index, bid in enumerate(case.bids):
        bids.check(bid, f"bids[{index}]")


def check_terms(case: Case) -> None:
    """Raise InvalidCase unless the published part of the case is sound by itself."""
    if not case.items:
        refuse("items", "a lot needs at least one item")
    check_unique([item.item for item in case.items], "items", "item")
    for index, item in enumerate(case.items):
        _check_item(item, f"items[{index}]")
    _check_criteria(case)
    _check_low_tests(case.abnormally_low)
    check_unique(case.tie_break, "tie_break", "rule")
    _check_bounds(case)
    check_optional(case)


def _check_item(item: Item, place: str) -> None:
    exact(item.quantity, f"{place}.quantity")
    if item.quantity <= 0:
        refuse(f"{place}.quantity", "must be above zero")
    if item.quantum is not None and item.quantum > item.quantity:
        refuse(f"{place}.quantum", "is above the quantity")
    check_unique(
        [limit.parameter for limit in item.specification], f"{place}.specification", "parameter"
    )
    for index, limit in enumerate(item.specification):
        _check_limit(limit, f"{place}.specification[{index}]")


def _check_limit(limit: Limit, place: str) -> None:
    for name in ("minimum", "maximum", "equals"):
        given, needed = getattr(limit, name) is not None, name in _NEEDED[limit.kind]
        if needed and not given:
            refuse(f"{place}.{name}", f"a limit of kind {limit.kind} needs it")
        if given and not needed:
            refuse(f"{place}.{name}", f"a limit of kind {limit.kind} has none; write null")
    if limit.minimum is not None and limit.maximum is not None and limit.minimum > limit.maximum:
        refuse(f"{place}.minimum", "is above the maximum")


def _check_criteria(case: Case) -> None:
    check_unique([c.criterion for c in case.criteria], "criteria", "criterion")
    items = {item.item for item in case.items}
    for index, criterion in enumerate(case.criteria):
        check_criterion(criterion, case.method, items, f"criteria[{index}]")
    METHODS[case.method].check(case)


def _check_low_tests(tests: tuple[LowTest, ...]) -> None:
    check_unique([test.test for test in tests], "abnormally_low", "test")
    for index, test in enumerate(tests):
        if LOW_TESTS[test.test].threshold_is_share and test.threshold >= 1:
            refuse(f"abnormally_low[{index}].threshold", "is a share and must be below 1")


def _check_bounds(case: Case) -> None:
    reserve, minimum = case.bounds.reserve_price, case.bounds.minimum_price
    if reserve is not None and minimum is not None and minimum > reserve:
        refuse("bounds.minimum_price", "is above the reserve price")
    if case.partial is not None and not 0 < case.partial.minimum_share <= 1:
        refuse("partial.minimum_share", "must be above 0 and at most 1")
