"""A slow, literal twin of the price adjustment: it walks the case's own text, step by step.

It shares no code with the engine. Steps begun are counted one by one, money in the last decimal
one by one near the end, and bands are searched in the order in which they are written.
"""

from fractions import Fraction as F

POUND = F("0.45359237")
KG = {"kg": F(1), "t": F(1000), "quintal": F(100), "lb": POUND, "bu": 56 * POUND, "litre": F(1)}
REJECTED = ("reject", F(0), F(0), {})


def pay(case):
    """Outcome, paid weight, price paid, and the rounded payments by currency."""
    steps, load = case["schedule"]["steps"], case["load"]
    if any(_refused(parameter, steps, load) for parameter in _parameters(steps)):
        return REJECTED
    price, currency, per = _price(steps, load)
    applied = [s for s in steps if _applies(s, steps, load)]
    weight = _weight(applied, load)
    counted = weight * KG[load.get("unit", "kg")] / KG[per]
    owed = {currency: F(0)}
    unit_price = price
    for step in applied:
        change, in_currency = _change(step, price, currency, per, case["schedule"], load)
        if in_currency == currency:
            unit_price += change
        elif in_currency:
            owed[in_currency] = owed.get(in_currency, F(0)) + counted * change
    unit_price = max(unit_price, F(0))
    main = counted * unit_price
    shares = [s for s in steps if s["effect"] == "currency_share_percent"]
    for share in shares or [{"value": "100", "unit": currency}]:
        rates = {r["currency"]: F(r["rate"]) for r in load.get("rates", ())} | {currency: F(1)}
        part = main * F(share["value"]) / 100 / rates[share["unit"]]
        owed[share["unit"]] = owed.get(share["unit"], F(0)) + part
    mode, decimals = load["rounding"]["mode"], load["rounding"]["decimals"]
    paid = {c: _round(x, mode, decimals) for c, x in owed.items()}
    full = F(load["net_weight"]) * KG[load.get("unit", "kg")] / KG[per] * price
    bonus = any(s.get("delivered_by") for s in applied)
    same = weight == F(load["net_weight"]) and main == full and not bonus
    return ("accept" if same else "adjusted", weight, unit_price, paid)


def _parameters(steps):
    return sorted({s["parameter"] for s in steps if "parameter" in s})


def _value(parameter, steps, load):
    value = next(F(m["value"]) for m in load["measured"] if m["parameter"] == parameter)
    if not any(s.get("relative_to_limit") for s in steps if s.get("parameter") == parameter):
        return value
    limit = next(x for x in load["limits"] if x["parameter"] == parameter)
    if limit["direction"] == "lower_is_better":
        return value - F(limit["limit"])
    return F(limit["limit"]) - value


def _inside(step, value):
    if "above" in step and not value > F(step["above"]):
        return False
    if "from" in step and not value >= F(step["from"]):
        return False
    if "below" in step and not value < F(step["below"]):
        return False
    return not ("up_to" in step and not value <= F(step["up_to"]))


def _refused(parameter, steps, load):
    own = [s for s in steps if s.get("parameter") == parameter]
    value = _value(parameter, steps, load)
    inside = [s for s in own if _inside(s, value)]
    if any(s["effect"] == "reject" for s in inside):
        return True
    if inside:
        return False
    # Only test weight is better when it is more; below its last band stands no price.
    if parameter == "TEST_WEIGHT":
        return True
    return any(value > F(s.get("above", s.get("from", "-1"))) for s in own)


def _applies(step, steps, load):
    if "delivered_by" in step and load["delivered_on"] > step["delivered_by"]:
        return False
    return "parameter" not in step or _inside(step, _value(step["parameter"], steps, load))


def _times(step, load, steps):
    if step.get("per", "once") == "once":
        return F(1)
    start = F(step.get("above", step.get("from", "0")))
    value = _value(step["parameter"], steps, load)
    if step["per"] == "point":
        return value - start
    count = 0
    while start < value:
        start += F(step["step_size"])
        count += 1
    return F(count)


def _price(steps, load):
    for step in steps:
        if step["effect"] == "base_price":
            currency, per = step["unit"].split("/")
            return F(step["value"]), currency, per
    price = load["price"]
    return F(price["amount"]), price["currency"], price["per"]


def _weight(applied, load):
    weight = F(load["net_weight"])
    for step in applied:
        if step["effect"] == "dry_matter_weight":
            moisture = _value("MOISTURE", applied, load)
            weight = weight * (100 - moisture) / (100 - F(step["value"]))
    percent = F(0)
    for step in applied:
        if step["effect"] == "weight_deduction_percent":
            percent += F(step["value"]) * _times(step, load, applied)
    return weight - weight * min(percent, F(100)) / 100


def _change(step, price, currency, per, schedule, load):
    kind = step["effect"]
    if kind == "price_deduction_percent":
        change = -price * F(step["value"]) / 100 * _times(step, load, [step])
        return _round(change, schedule["rounding"], schedule["rounding_decimals"]), currency
    if kind not in ("price_deduction", "price_bonus"):
        return F(0), ""
    own, counted = step["unit"].split("/")
    change = F(step["value"]) * _times(step, load, [step]) * KG[per] / KG[counted]
    if kind == "price_deduction":
        change = -change
    return _round(change, schedule["rounding"], schedule["rounding_decimals"]), own


def _round(value, mode, decimals):
    if mode == "not_stated":
        return value
    unit = F(1, 10**decimals)
    down = abs(value) // unit * unit
    rest = abs(value) - down
    up = rest > unit / 2 or (rest == unit / 2 and (mode == "half_up" or (down / unit) % 2 == 1))
    found = down + unit if up and mode != "truncate" else down
    return found if value >= 0 else -found
