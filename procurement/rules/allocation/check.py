"""Is this result a right answer to this case? Exactly, and without solver or engine.

`check` proves that the award keeps every rule, that every total and amount is right, and that the
result's claims fit each other. It cannot prove that nothing cheaper exists: that claim is the
solver's, stated as bound and gap.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from procurement.rules.allocation.case import digests, in_order
from procurement.rules.allocation.check_award import (
    NONE,
    Books,
    Supplied,
    form_faults,
    rule_faults,
)
from procurement.rules.allocation.facts import Case
from procurement.rules.money import decimal_text, shown
from procurement.rules.writing import as_json

FORMAT: Final = "musika-allocation-result/1"
_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60}|/[1-9][0-9]{0,60})?")


class _Broken(Exception):
    """A part of the result cannot be read."""


def check(case: Case, result: Any) -> tuple[str, ...]:
    """The faults of a result (plain JSON values), each one line with its place; none: it is right.

    Never raises for what stands in the result, however wrong.
    """
    try:
        return tuple(_faults(in_order(case), result))
    except _Broken as broken:
        return (str(broken),)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return (f"result: cannot be read ({type(error).__name__}: {error})",)


def _faults(case: Case, result: Mapping[str, Any]) -> Iterator[str]:
    yield from _head(case, result)
    supplied = _supplied(result["awards"], "awards")
    wrong = [f"awards: {fault}" for fault in form_faults(case, supplied)]
    if wrong:
        yield from wrong
        return
    books = Books(case, supplied)
    yield from (f"awards: {fault}" for fault in rule_faults(books))
    yield from _awards(books, result["awards"])
    yield from _lots(books, result["lots"])
    yield from _uses(books, result)
    yield from _cost(books, result)
    yield from _greedy(books, result["greedy"])
    yield from _runner_up(books, result)
    yield from _policies(books, result)
    yield from _tenderers(books, result)
    yield from _reasons(books, result["reasons"])


def _head(case: Case, result: Mapping[str, Any]) -> Iterator[str]:
    case_digest, terms_digest = digests(case)
    expected = {
        "format": FORMAT,
        "case_digest": case_digest,
        "terms_digest": terms_digest,
        "tender": case.tender,
        "currency": case.currency,
        "unit": case.unit,
        "rounding": as_json(case.rounding),
    }
    for key, value in expected.items():
        if result[key] != value:
            yield f"{key}: is not that of the case"


def _supplied(entries: Any, place: str) -> Supplied:
    supplied: dict[str, dict[str, Fraction]] = {}
    for entry in entries:
        lines = {line["lot"]: _number(line["quantity"], place) for line in entry["lines"]}
        if entry["bid"] in supplied or len(lines) != len(entry["lines"]):
            raise _Broken(f"{place}: bid {entry['bid']} or one of its lots stands there twice")
        supplied[entry["bid"]] = lines
    if list(supplied) != sorted(supplied):
        raise _Broken(f"{place}: not in the order of the bids' names")
    return supplied


def _number(text: Any, place: str) -> Fraction:
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise _Broken(f"{place}: {str(text)[:40]} is not a number")
    return Fraction(text)


def _amount(case: Case, told: Any, value: Fraction, place: str) -> Iterator[str]:
    found = _number(told["exact"], place)
    if found != value:
        yield f"{place}: is {told['exact']}, reckoned {value}"
    if told["decimal"] != decimal_text(found) or told["shown"] != shown(found, case.rounding):
        yield f"{place}: its texts are not those of its exact value"


def _same(place: str, told: Any, expected: Any) -> Iterator[str]:
    if told != as_json(expected):
        yield f"{place}: is {str(told)[:60]}, reckoned {str(as_json(expected))[:60]}"


def _awards(books: Books, entries: Any) -> Iterator[str]:
    for entry in entries:
        name, place = entry["bid"], f"awards, bid {entry['bid']}"
        yield from _same(f"{place}: tenderer", entry["tenderer"], books.seller[name])
        kind = "package" if name in books.packages else "bid"
        yield from _same(f"{place}: kind", entry["kind"], kind)
        parts = books.parts(name)
        for key, value in zip(("price", "transport", "quality"), parts, strict=True):
            yield from _amount(books.case, entry[key], value, f"{place}: {key}")
        yield from _amount(books.case, entry["cost"], sum(parts, NONE), f"{place}: cost")


def _lots(books: Books, entries: Any) -> Iterator[str]:
    lots = books.case.lots
    yield from _same("lots", [e["lot"] for e in entries], tuple(lot.lot for lot in lots))
    for entry, lot in zip(entries, lots, strict=False):
        place, unmet = f"lot {lot.lot}", books.unmet(lot.lot)
        yield from _same(f"{place}: demand", entry["demand"], lot.demand)
        yield from _same(f"{place}: awarded", entry["awarded"], books.of_lot[lot.lot])
        yield from _same(f"{place}: unmet", entry["unmet"], unmet)
        yield from _amount(
            books.case, entry["penalty"], unmet * lot.unmet_penalty, f"{place}: penalty"
        )
        suppliers = tuple(sorted(books.sellers[lot.lot]))
        yield from _same(f"{place}: suppliers", entry["suppliers"], suppliers)
        if bool(entry["why"]) != bool(unmet):
            yield f"{place}: why is for what stays unmet"


def _uses(books: Books, result: Mapping[str, Any]) -> Iterator[str]:
    """What goes to owners, groups and depots."""
    case = books.case
    owners = [
        {"cap": cap.cap, "owner": owner, "quantity": used, "limit": limit}
        for cap in case.owner_caps
        for limit in [books.cap_limit(cap)]
        for owner in books.owners()
        if (used := books.of_lots(cap.lots, books.behind(owner)))
    ]
    yield from _rows("owners", result["owners"], owners)
    reserves = []
    for reserve in case.reserves:
        others = books.of_lots(reserve.lots, books.outsiders(reserve))
        own = books.of_lots(reserve.lots, books.everybody()) - others
        row = {"reserve": reserve.reserve, "quantity": own, "others": others}
        reserves.append(row | {"others_limit": books.others_limit(reserve)})
    yield from _rows("reserves", result["reserves"], reserves)
    depots = []
    for depot in case.depots:
        for week in depot.weeks:
            quantity, count = books.arriving(depot.depot, week.week)
            row = {"depot": depot.depot, "week": week.week, "quantity": quantity}
            depots.append(row | {"deliveries": count})
    yield from _rows("depots", result["depots"], depots)


def _rows(place: str, told: Any, expected: list[dict[str, Any]]) -> Iterator[str]:
    rows = [{key: as_json(value) for key, value in row.items()} for row in expected]
    if told != rows:
        yield f"{place}: are not those of the award"


def _cost(books: Books, result: Mapping[str, Any]) -> Iterator[str]:
    cost = books.cost()
    yield from _amount(books.case, result["cost"], cost, "cost")
    yield from _amount(books.case, result["paid"], books.paid(), "paid")
    status, bound, gap = result["status"], result["bound"], result["gap"]
    if status not in ("optimal", "gap", "time_limit", "unproven"):
        yield f"status: {status} is none"
    if (bound is None) != (gap is None) or (bound is None and status == "optimal"):
        yield "bound: bound and gap belong together, and to an optimal award"
    elif bound is not None:
        least = _number(bound["exact"], "bound")
        yield from _amount(books.case, bound, least, "bound")
        yield from _amount(books.case, gap, cost - least, "gap")
        if least > cost or (least == cost) != (status == "optimal"):
            yield "status: does not fit the bound"
    settled = result["tie_break"] == "settled"
    if result["tie_break"] not in ("settled", "open") or (settled and status != "optimal"):
        yield "tie_break: only an optimal award can be settled"


def _other_award(
    books: Books, told: Mapping[str, Any], place: str
) -> tuple[Books | None, list[str]]:
    """An award that the result compares itself with, reckoned in the same way."""
    supplied = _supplied(told["awards"], place)
    wrong = [f"{place}: {fault}" for fault in form_faults(books.case, supplied)]
    if wrong:
        return None, wrong
    other = Books(books.case, supplied)
    faults = [f"{place}: {fault}" for fault in rule_faults(other)]
    faults += _amount(books.case, told["cost"], other.cost(), f"{place}: cost")
    difference = other.cost() - books.cost()
    faults += _amount(books.case, told["difference"], difference, f"{place}: difference")
    return other, faults


def _greedy(books: Books, told: Mapping[str, Any]) -> Iterator[str]:
    other, faults = _other_award(books, told, "greedy")
    yield from faults
    if other is not None and other.cost() < books.cost():
        yield "greedy: costs less than the award"
    steps: dict[str, dict[str, Fraction]] = {}
    for step in told["steps"]:
        steps[step["bid"]] = {line["lot"]: _number(line["quantity"], "greedy: steps")
                              for line in step["lines"]}  # fmt: skip
    if other is not None and {n: q for n, q in steps.items() if q} != other.supplied:
        yield "greedy: its steps do not lead to its award"


def _runner_up(books: Books, result: Mapping[str, Any]) -> Iterator[str]:
    told = result["runner_up"]
    if told is None:
        return
    other, faults = _other_award(books, told, "runner_up")
    yield from faults
    if other is None:
        return
    own = {books.seller[name] for name in books.supplied}
    theirs = {books.seller[name] for name in other.supplied}
    yield from _same("runner_up: suppliers", told["suppliers"], tuple(sorted(theirs)))
    if own == theirs:
        yield "runner_up: has the same suppliers"
    if result["status"] == "optimal" and other.cost() < books.cost():
        yield "runner_up: costs less than the award"
    if told["proven"] is not False and (told["proven"], result["status"]) != (True, "optimal"):
        yield "runner_up: is proven only beside an optimal award"


def _policies(books: Books, result: Mapping[str, Any]) -> Iterator[str]:
    case, told = books.case, result["policies"]
    if told:
        yield from _same("policies", [p["policy"] for p in told], tuple(_policy_names(case)))
    for policy in told:
        place = f"policy {policy['policy']}"
        if (policy["without"] is None) != (policy["cost"] is None):
            yield f"{place}: without and cost belong together"
        elif policy["without"] is not None:
            without = _number(policy["without"]["exact"], place)
            yield from _amount(case, policy["without"], without, f"{place}: without")
            yield from _amount(case, policy["cost"], books.cost() - without, f"{place}: cost")
            if result["status"] != "optimal" or without > books.cost():
                yield f"{place}: to drop a rule cannot make the cheapest award dearer"


def _policy_names(case: Case) -> Iterator[str]:
    if case.budget is not None:
        yield "budget"
    yield from (f"owner_cap {cap.cap}" for cap in case.owner_caps)
    yield from (f"reserve {reserve.reserve}" for reserve in case.reserves)
    if any(lot.minimum_suppliers > 1 for lot in case.lots):
        yield "minimum_suppliers"
    if any(lot.maximum_suppliers is not None for lot in case.lots):
        yield "maximum_suppliers"
    yield from (f"depot {depot.depot}" for depot in case.depots if depot.weeks)


def _tenderers(books: Books, result: Mapping[str, Any]) -> Iterator[str]:
    case, told = books.case, result["tenderers"]
    names = tuple(tenderer.tenderer for tenderer in case.tenderers)
    sold: dict[str, list[str]] = defaultdict(list)
    for bid in books.supplied:
        sold[books.seller[bid]].append(bid)
    yield from _same("tenderers", [t["tenderer"] for t in told], names)
    for entry in told:
        name, place = entry["tenderer"], f"tenderer {entry['tenderer']}"
        quantity = books.of_lots(None, {name})
        yield from _same(f"{place}: quantity", entry["quantity"], quantity)
        own = sold[name]
        paid = sum((sum(books.parts(bid)[:2], NONE) for bid in own), NONE)
        yield from _amount(case, entry["paid"], paid, f"{place}: paid")
        if entry["change"] is not None:
            extra = _number(entry["change"]["extra"]["exact"], place)
            yield from _amount(case, entry["change"]["extra"], extra, f"{place}: extra")
            if quantity or extra < 0 or result["status"] != "optimal":
                yield f"{place}: change is for one who gets nothing of an optimal award"


def _reasons(books: Books, told: Any) -> Iterator[str]:
    expected = []
    lots = {lot.lot: lot for lot in books.case.lots}
    for name in sorted(books.seller):
        if name in books.bids:
            bid = books.bids[name]
            lot = lots[bid.lot]
            most = min(bid.maximum, lot.demand) // lot.quantum * lot.quantum
            full = books.supplied.get(name, {}).get(bid.lot) == most
        else:
            full = name in books.supplied
        if not full:
            expected.append([name, books.seller[name]])
    if [[reason["bid"], reason["tenderer"]] for reason in told] != expected:
        yield "reasons: are not one for each bid that is not wholly taken"
