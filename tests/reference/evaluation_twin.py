"""The evaluation told a second time: slowly, literally, from the JSON of the case alone.

It shares no code with procurement.rules. Where the product sorts and groups, this compares every
bid with every other one.
"""

import hashlib
from fractions import Fraction as F


def price(case, bid):
    asked = {item["item"]: F(item["quantity"]) for item in case["items"]}
    total = F(0)
    for line in bid["lines"]:
        quantity = asked[line["item"]] if case["partial"] else F(line["quantity"])
        total = total + F(line["unit_price"]) * quantity
    return total


def value(case, bid):
    """The evaluated price, or the points with a minus, so that the lowest comes first for both."""
    if case["method"].endswith(("points", "linear")):
        return -points(case, bid)
    return evaluated(case, bid)


def points(case, bid):
    terms = case["price_points"]
    weight, own = F(terms["weight"]), price(case, bid)
    lowest = min(price(case, other) for other in case["bids"] if qualified(case, other))
    if case["method"] == "relative_points":
        total = weight * lowest / own
    elif case["method"] == "relative_points_linear":
        total = max(F(0), weight * (1 - (own - lowest) / lowest))
    else:
        low, high = F(terms["lowest"]), F(terms["highest"])
        total = (
            weight if own < low else F(0) if own > high else weight * (high - own) / (high - low)
        )
    for response in bid["responses"]:
        for criterion in case["criteria"]:
            if criterion["criterion"] == response["criterion"]:
                worth = {option["option"]: option["value"] for option in criterion["options"]}
                total += F(worth[response["option"]])
    return total


def winners_without(case, name):
    rest = {**case, "bids": [bid for bid in case["bids"] if bid["bid"] != name]}
    return {bid for bid, rank in ranks(rest).items() if rank == 1}


def evaluated(case, bid):
    if case["method"] == "lowest_price":
        return price(case, bid)
    total_v, total_vmax = F(0), F(0)
    for criterion in case["criteria"]:
        if criterion["kind"] == "quality":
            values = {option["option"]: F(option["value"]) for option in criterion["options"]}
            total_vmax += max(values.values())
            for response in bid["responses"]:
                if response["criterion"] == criterion["criterion"]:
                    total_v += values[response["option"]]
    return price(case, bid) / (1 + total_v / (1 - total_vmax))


def qualified(case, bid):
    return all(
        (
            _complete(case, bid),
            _conforming(case, bid),
            all(finding["passed"] for finding in bid["gates"]),
            _answered(case, bid),
            _within_bounds(case, bid),
        )
    )


def _complete(case, bid):
    share = F(case["partial"]["minimum_share"]) if case["partial"] else F(1)
    for item in case["items"]:
        offered = [F(li["quantity"]) for li in bid["lines"] if li["item"] == item["item"]]
        asked = F(item["quantity"])
        if len(offered) != 1 or not share * asked <= offered[0] <= asked:
            return False
    return True


def _conforming(case, bid):
    for item in case["items"]:
        for limit in item["specification"]:
            values = [
                d["value"]
                for d in bid["declared"]
                if (d["item"], d["parameter"]) == (item["item"], limit["parameter"])
            ]
            if not values or not _meets(limit, values[0]):
                return False
    return True


def _meets(limit, value):
    if limit["kind"] == "equals":
        return value == limit["equals"]
    least = F(value) if limit["minimum"] is None else F(limit["minimum"])
    most = F(value) if limit["maximum"] is None else F(limit["maximum"])
    return least <= F(value) <= most


def _answered(case, bid):
    wanted = {c["criterion"] for c in case["criteria"] if c["kind"] != "gate"}
    return wanted == {r["criterion"] for r in bid["responses"]}


def _within_bounds(case, bid):
    reserve, minimum = case["bounds"]["reserve_price"], case["bounds"]["minimum_price"]
    own = price(case, bid)
    return not (reserve and own > F(reserve)) and not (minimum and own < F(minimum))


def before(case, one, other):
    """Whether one qualified bid stands before another by price and then by the tie-break list."""
    if value(case, one) != value(case, other):
        return value(case, one) < value(case, other)
    for rule in case["tie_break"]:
        if rule == "earliest_submission":
            keys = one["submitted_at"], other["submitted_at"]
        else:
            keys = _drawn(case, one), _drawn(case, other)
        if keys[0] != keys[1]:
            return keys[0] < keys[1]
    return False


def _drawn(case, bid):
    seed = bytes.fromhex(case["draw_seed"])
    return hashlib.sha256(seed + bid["bid"].encode("utf-8")).hexdigest()


def ranks(case):
    """Each bid's rank, None for a disqualified one: one more than the bids that stand before it."""
    good = [bid for bid in case["bids"] if qualified(case, bid)]
    found = {bid["bid"]: None for bid in case["bids"]}
    for bid in good:
        others = [other for other in good if other is not bid]
        found[bid["bid"]] = 1 + sum(before(case, other, bid) for other in others)
    return found


def low_tests(case):
    """The names of the tests that flag each qualified bid."""
    good = [bid for bid in case["bids"] if qualified(case, bid)]
    found = {}
    for bid in good:
        others = [price(case, other) for other in good if other is not bid]
        found[bid["bid"]] = {
            test["test"]
            for test in case["abnormally_low"]
            if _low(test["test"], price(case, bid), others, F(test["threshold"]))
        }
    return found


def _low(test, own, others, threshold):
    if test == "below_mean_of_others":
        return bool(others) and own <= (1 - threshold) * sum(others) / len(others)
    if test == "below_next":
        higher = [other for other in others if other >= own]
        return bool(higher) and own <= (1 - threshold) * min(higher)
    everyone = [own, *others]
    mean = sum(everyone) / len(everyone)
    variance = sum((p - mean) * (p - mean) for p in everyone) / len(everyone)
    far = (mean - own) * (mean - own) >= threshold * threshold * variance
    return len(everyone) >= 5 and own < mean and far
