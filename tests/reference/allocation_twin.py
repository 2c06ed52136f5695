"""The allocation told a second time: every award there is, tried one after the other.

Slow and literal, from the JSON of the case alone; it shares no code with procurement.rules. Only
for cases with few bids and few quanta.
"""

import itertools
from fractions import Fraction as F


def best(case):
    """The lowest cost, and the award (bid -> quantity; package -> 1) that the tie-break chooses."""
    offers = sorted(
        [*case["bids"], *case["packages"]], key=lambda offer: (offer["submitted_at"], offer["bid"])
    )
    found = None
    for choice in itertools.product(*(choices(case, offer) for offer in offers)):
        award = {o["bid"]: taken for o, taken in zip(offers, choice, strict=True) if taken}
        if possible(case, award):
            # Cheaper first; among equals the most for the earliest, then for the next.
            key = cost(case, award), [-taken for taken in choice]
            if found is None or key < found[0]:
                found = key, award
    return found[0][0], found[1]


def choices(case, offer):
    if "price" in offer:
        return [F(0), F(1)]
    lot = lot_of(case, offer["lot"])
    whole = (number * F(lot["quantum"]) for number in range(1, 1000))
    most = min(F(offer["maximum"]), F(lot["demand"]))
    least = F(offer["minimum"])
    return [F(0), *(q for q in itertools.takewhile(lambda q: q <= most, whole) if q >= least)]


def lot_of(case, name):
    return next(lot for lot in case["lots"] if lot["lot"] == name)


def supplies(case, award):
    """(tenderer, lot, quantity) of everything that an award takes."""
    for offer in case["bids"]:
        if offer["bid"] in award:
            yield offer["tenderer"], offer["lot"], award[offer["bid"]]
    for offer in case["packages"]:
        if offer["bid"] in award:
            for line in offer["lines"]:
                yield offer["tenderer"], line["lot"], F(line["quantity"])


def price(offer, quantity):
    if "price" in offer:
        return F(offer["price"])
    tiers = [(F(tier["starts_at"]), F(tier["unit_price"])) for tier in offer["tiers"]]
    if offer["discount"] == "all_units":
        return quantity * [unit for start, unit in tiers if start <= quantity][-1]
    ends = [start for start, _ in tiers[1:]] + [quantity]
    return sum(
        unit * max(F(0), min(end, quantity) - start)
        for (start, unit), end in zip(tiers, ends, strict=True)
    )


def paid(case, award):
    total = F(0)
    for offer in [*case["bids"], *case["packages"]]:
        if offer["bid"] in award:
            times = 1 if "price" in offer else award[offer["bid"]]
            total += price(offer, award[offer["bid"]]) + F(offer["transport"]) * times
    return total


def cost(case, award):
    total = paid(case, award)
    for offer in [*case["bids"], *case["packages"]]:
        if offer["bid"] in award:
            times = 1 if "price" in offer else award[offer["bid"]]
            total += F(offer["quality"]) * times
    for lot in case["lots"]:
        got = sum(q for _, at, q in supplies(case, award) if at == lot["lot"])
        total += F(lot["unmet_penalty"]) * (F(lot["demand"]) - got)
    return total


def possible(case, award):
    supplied = list(supplies(case, award))
    tests = (lots_kept, tenderers_kept, partners_kept, caps_kept, reserves_kept, depots_kept)
    within = case["budget"] is None or paid(case, award) <= F(case["budget"])
    return within and all(test(case, award, supplied) for test in tests)


def lots_kept(case, award, supplied):
    for lot in case["lots"]:
        got = sum(q for _, at, q in supplied if at == lot["lot"])
        sellers = {seller for seller, at, _ in supplied if at == lot["lot"]}
        if got > F(lot["demand"]) or (sellers and len(sellers) < int(lot["minimum_suppliers"])):
            return False
        if lot["maximum_suppliers"] and len(sellers) > int(lot["maximum_suppliers"]):
            return False
    return True


def tenderers_kept(case, award, supplied):
    return all(
        t["capacity"] is None
        or sum(q for seller, _, q in supplied if seller == t["tenderer"]) <= F(t["capacity"])
        for t in case["tenderers"]
    )


def partners_kept(case, award, supplied):
    for one, other in itertools.combinations([*case["bids"], *case["packages"]], 2):
        same = one["exclusive"] and one["exclusive"] == other["exclusive"]
        if same and one["tenderer"] == other["tenderer"] and {one["bid"], other["bid"]} <= {*award}:
            return False
    return all(
        name in award for p in case["packages"] if p["bid"] in award for name in p["requires"]
    )


def of_lots(supplied, rule, among):
    return sum(
        q
        for seller, at, q in supplied
        if seller in among and (rule["lots"] is None or at in rule["lots"])
    )


def whole(case, supplied, rule):
    if rule["of"] == "awarded":
        return of_lots(supplied, rule, {t["tenderer"] for t in case["tenderers"]})
    lots = case["lots"] if rule["lots"] is None else [lot_of(case, n) for n in rule["lots"]]
    return sum(F(lot["demand"]) for lot in lots)


def caps_kept(case, award, supplied):
    for rule in case["owner_caps"]:
        most = F(rule["quantity"] or 0)
        if rule["share"] is not None:
            most = F(rule["share"]) * whole(case, supplied, rule)
        for owner in {owner for t in case["tenderers"] for owner in t["owners"]}:
            firms = {t["tenderer"] for t in case["tenderers"] if owner in t["owners"]}
            if of_lots(supplied, rule, firms) > most:
                return False
    return True


def reserves_kept(case, award, supplied):
    for rule in case["reserves"]:
        inside = {t["tenderer"] for t in case["tenderers"] if rule["group"] in t["groups"]}
        others = {t["tenderer"] for t in case["tenderers"]} - inside
        share, base = F(rule["share"]), whole(case, supplied, rule)
        if rule["of"] == "awarded" and of_lots(supplied, rule, inside) < share * base:
            return False
        if rule["of"] == "demanded" and of_lots(supplied, rule, others) > (1 - share) * base:
            return False
    return True


def depots_kept(case, award, supplied):
    for depot in case["depots"]:
        for week in depot["weeks"]:
            quantity, count = F(0), 0
            for lot in case["lots"]:
                for delivery in lot["deliveries"]:
                    if lot["depot"] == depot["depot"] and delivery["week"] == week["week"]:
                        here = [(s, q) for s, at, q in supplied if at == lot["lot"]]
                        quantity += F(delivery["share"]) * sum(q for _, q in here)
                        count += len({seller for seller, _ in here})
            if week["quantity"] is not None and quantity > F(week["quantity"]):
                return False
            if week["deliveries"] is not None and count > int(week["deliveries"]):
                return False
    return True
