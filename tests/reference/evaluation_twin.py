"""The evaluation told a second time: slowly, literally, from the JSON of the case alone.

It shares no code with procurement.rules. Where the product sorts and groups, this compares every
bid with every other one.
"""

import hashlib
from datetime import datetime
from fractions import Fraction as F


def price(case, bid):
    asked = {item["item"]: F(item["quantity"]) for item in case["items"]}
    total = F(0)
    for line in bid["lines"]:
        quantity = asked[line["item"]] if case["partial"] else F(line["quantity"])
        total = total + F(line["unit_price"]) * quantity
    for rate in case.get("rates") or []:
        if rate["currency"] == bid.get("currency"):
            total = total / F(rate["units"]) * F(rate["worth"])
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
        earned = weight * lowest / own
    elif case["method"] == "relative_points_linear":
        earned = max(F(0), weight * (1 - (own - lowest) / lowest))
    else:
        low, high = F(terms["lowest"]), F(terms["highest"])
        earned = (
            weight if own < low else F(0) if own > high else weight * (high - own) / (high - low)
        )
    return earned + technical(case, bid)


def technical(case, bid):
    """The points of all criteria; an answer that is missing or not accepted earns none."""
    kinds = [c for c in case["criteria"] if c["kind"] in ("points", "rated")]
    return sum((worth(criterion, bid) or F(0) for criterion in kinds), F(0))


def worth(criterion, bid):
    name = criterion["criterion"]
    if criterion["kind"] == "rated":
        rule, mark = criterion["rating"], combined_mark(criterion, bid)
        return None if mark is None else F(rule["weight"]) * mark / F(rule["highest_mark"])
    for response in bid["responses"]:
        if response["criterion"] == name:
            if criterion.get("steps"):
                return _band(criterion["steps"], F(response["value"]))
            table = {option["option"]: option["value"] for option in criterion["options"]}
            return F(table[response["option"]])
    return None


def _band(steps, answer):
    passed = 0
    for band in steps["bands"][:-1]:
        end = F(band["up_to"])
        if answer > end or (answer == end and steps["edge"] == "upper"):
            passed = passed + 1
    value = steps["bands"][passed]["value"]
    return None if value is None else F(value)


def combined_mark(criterion, bid):
    marks = [
        F(m["mark"]) for m in bid.get("marks") or [] if m["criterion"] == criterion["criterion"]
    ]
    if not marks:
        return None
    rule = criterion["rating"]["combine"]
    if rule == "trimmed_mean":
        marks.remove(max(marks))
        marks.remove(min(marks))
    if rule == "median":
        while len(marks) > 2:
            marks.remove(max(marks))
            marks.remove(min(marks))
    return sum(marks) / len(marks)


def winners_without(case, name):
    rest = {**case, "bids": [bid for bid in case["bids"] if bid["bid"] != name]}
    return {bid for bid, rank in ranks(rest).items() if rank == 1}


def evaluated(case, bid):
    if case["method"] == "lowest_price":
        return price(case, bid)
    if case["method"] == "lowest_evaluated_price":
        return cost(case, bid)
    total_v, total_vmax = F(0), F(0)
    for criterion in case["criteria"]:
        if criterion["kind"] == "quality":
            table = criterion["steps"]["bands"] if criterion.get("steps") else criterion["options"]
            total_vmax += max(F(row["value"]) for row in table if row["value"] is not None)
            total_v += worth(criterion, bid)
    return price(case, bid) / (1 + total_v / (1 - total_vmax))


def cost(case, bid):
    """The price with everything that is added, and the margin of preference."""
    asked = {item["item"]: F(item["quantity"]) for item in case["items"]}
    offered = {line["item"]: F(line["quantity"]) for line in bid["lines"]}
    quantity = asked if case["partial"] else offered
    added = {}
    for component in case.get("components") or []:
        name = component["component"]
        added[name] = F(0)
        for row in bid["additions"]:
            if row["component"] == name:
                times = quantity[row["item"]] if component["per"] == "unit" else 1
                added[name] += F(row["amount"]) * times
    for criterion in case["criteria"]:
        if criterion["kind"] == "money":
            item = criterion.get("per_unit_of")
            times = quantity[item] if item else 1
            added[criterion["criterion"]] = worth(criterion, bid) * times
    offer = price(case, bid) + sum(added.values())
    rule = case.get("preference")
    if not rule:
        return offer
    listed = price(case, bid) + sum(added[name] for name in rule["components"])
    base = offer if rule["base"] == "offer" else listed
    member = rule["group"] in {row["group"] for row in bid.get("groups") or []}
    if rule["way"] == "added_to_others":
        return offer if member else offer + F(rule["margin"]) * base
    return offer - F(rule["margin"]) * base if member else offer


def qualified(case, bid):
    if case.get("stage") == "technical":
        return technically_qualified(case, bid)
    return technically_qualified(case, bid) and _complete(case, bid) and _within_bounds(case, bid)


def technically_qualified(case, bid):
    least = case.get("minimum_points")
    return all(
        (
            _conforming(case, bid),
            all(finding["passed"] for finding in bid["gates"]),
            _answered(case, bid),
            least is None or technical(case, bid) >= F(least),
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
    for criterion in case["criteria"]:
        if criterion["kind"] != "gate" and worth(criterion, bid) is None:
            return False
        least = (criterion.get("rating") or {}).get("minimum")
        if least is not None and combined_mark(criterion, bid) < F(least):
            return False
    return True


def _within_bounds(case, bid):
    reserve, minimum = case["bounds"]["reserve_price"], case["bounds"]["minimum_price"]
    own = price(case, bid)
    return not (reserve and own > F(reserve)) and not (minimum and own < F(minimum))


def before(case, one, other):
    """Whether one qualified bid stands before another by price and then by the tie-break list."""
    if value(case, one) != value(case, other):
        return value(case, one) < value(case, other)
    level = [
        bid for bid in case["bids"] if qualified(case, bid) and value(case, bid) == value(case, one)
    ]
    for rule in case["tie_break"]:
        if rule == "split_if_agreed":
            if all(bid["agrees_to_split"] for bid in level):
                return False
            continue
        keys = tie_key(case, rule, one), tie_key(case, rule, other)
        if keys[0] != keys[1]:
            return keys[0] < keys[1]
        level = [bid for bid in level if tie_key(case, rule, bid) == keys[0]]
    return False


def tie_key(case, rule, bid):
    """What comes first is smaller."""
    if rule == "earliest_submission":
        # As an instant: as text, half a second past eight comes before eight.
        return datetime.fromisoformat(bid["submitted_at"].replace("Z", "+00:00"))
    if rule == "local_before_distant":
        return F(bid["distance_km"])
    if rule == "preference_points":
        own = {row["group"] for row in bid.get("groups") or []}
        return -sum((F(g["points"]) for g in case["groups"] if g["group"] in own), F(0))
    return _drawn(case, bid)


def with_weight(case, part, weight):
    """The case with one weight changed and all others scaled, so that their total stays."""
    total = F(case["price_points"]["total"])
    own = {c["criterion"]: _most(c) for c in case["criteria"] if c["kind"] != "gate"}
    own["price points"] = F(case["price_points"]["weight"])
    others = (total - weight) / (total - own[part])
    factor = dict.fromkeys(own, others) | {part: weight / own[part]}
    terms = case["price_points"]
    scaled = str(F(terms["weight"]) * factor["price points"])
    changed = [_scaled(c, factor.get(c["criterion"], F(1))) for c in case["criteria"]]
    return {**case, "price_points": {**terms, "weight": scaled}, "criteria": changed}


def _most(criterion):
    if criterion.get("rating"):
        return F(criterion["rating"]["weight"])
    table = criterion["steps"]["bands"] if criterion.get("steps") else criterion["options"]
    return max(F(row["value"]) for row in table if row["value"] is not None)


def _scaled(criterion, factor):
    def times(row):
        return {**row, "value": row["value"] and str(F(row["value"]) * factor)}

    found = {**criterion, "options": [times(option) for option in criterion["options"]]}
    if criterion.get("rating"):
        weight = str(F(criterion["rating"]["weight"]) * factor)
        found["rating"] = {**criterion["rating"], "weight": weight}
    if criterion.get("steps"):
        bands = [times(band) for band in criterion["steps"]["bands"]]
        found["steps"] = {**criterion["steps"], "bands": bands}
    return found


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
