"""Builds evaluation cases as plain JSON values, one small piece at a time."""

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate
from procurement.rules.money import plain


def line(unit_price, quantity="1", item="1", stated_total=None):
    return {
        "item": item,
        "unit_price": unit_price,
        "quantity": quantity,
        "stated_total": stated_total,
    }


def bid(name, *lines, at="2026-03-01T08:00:00Z", declared=(), responses=(), gates=(), **more):
    """A bid; a text among `lines` is the unit price of one unit of item 1.

    `responses` are pairs of a criterion and an option, or a Fraction on its step table; `more`
    holds optional parts as they stand in JSON.
    """
    return {
        "bid": name,
        "tenderer": f"Invented Farm {name}",
        "submitted_at": at,
        "revision": "1",
        "lines": [line(entry) if isinstance(entry, str) else entry for entry in lines],
        "declared": [dict(zip(("item", "parameter", "value"), d, strict=True)) for d in declared],
        "responses": [response(*pair) for pair in responses],
        "gates": [
            dict(zip(("criterion", "passed", "reason", "source"), g, strict=True)) for g in gates
        ],
    } | more


def response(criterion, answer):
    """An answer: an option, or a Fraction on a step table."""
    if isinstance(answer, str):
        return {"criterion": criterion, "option": answer}
    return {"criterion": criterion, "option": None, "value": plain(answer)}


def limit(parameter, kind, **bounds):
    empty = {"minimum": None, "maximum": None, "equals": None}
    known = {"parameter": parameter, "name": parameter.title(), "unit": "%", "kind": kind}
    return known | empty | bounds | {"source": "EAS 2"}


def item(name="1", quantity="1", specification=()):
    return {
        "item": name,
        "commodity": "maize",
        "description": "White maize",
        "quantity": quantity,
        "unit": "t",
        "specification": list(specification),
    }


def gate(name="registered"):
    return {"criterion": name, "title": name, "kind": "gate", "source": "section 28", "options": []}


def quality(name, *values):
    """A quality criterion whose options are named by their values."""
    options = [{"option": v, "label": f"worth {v}", "value": v} for v in values]
    return {
        "criterion": name,
        "title": name.title(),
        "kind": "quality",
        "source": "notice 4.2",
        "options": options,
    }


def points(name, *values):
    """A points criterion whose options are named by their values."""
    return quality(name, *values) | {"kind": "points"}


def money(name, *values, **more):
    """A criterion whose options are amounts of money and named by them."""
    return quality(name, *values) | {"kind": "money"} | more


def table(name, kind, *bands, edge="lower", **more):
    """A criterion with a step table of (up_to, value)."""
    rows = [{"up_to": up_to, "value": value} for up_to, value in bands]
    steps = {"unit": "days", "edge": edge, "bands": rows}
    return quality(name) | {"kind": kind, "steps": steps} | more


def rated(name, weight, combine="mean", highest="10", minimum=None):
    """A criterion that evaluators rate with marks."""
    rating = {"highest_mark": highest, "weight": weight, "combine": combine, "minimum": minimum}
    return quality(name) | {"kind": "rated", "rating": rating}


def marks(criterion, *values):
    """The marks of evaluators e0, e1 ... on one criterion."""
    return [
        {"criterion": criterion, "evaluator": f"e{n}", "mark": value, "reason": "As tasted"}
        for n, value in enumerate(values)
    ]


def component(name, per="lot"):
    return {"component": name, "title": name.title(), "per": per, "source": "notice 4.1"}


def addition(name, amount, item=None):
    return {"component": name, "item": item, "amount": amount, "reason": "By the table"}


def group(name, worth="0"):
    return {"group": name, "title": name.title(), "points": worth, "source": "notice 5"}


def member(name):
    return {"group": name, "evidence": "Certificate 7"}


def preference(margin, base="price", components=(), way="added_to_others", of="domestic"):
    return {
        "group": of,
        "margin": margin,
        "base": base,
        "components": list(components),
        "way": way,
        "source": "notice 5.2",
    }


def matching(name, of, band, share, takers="next_in_rank"):
    return {
        "matching": name,
        "group": of,
        "band": band,
        "share": share,
        "takers": takers,
        "source": "notice 6",
    }


def answer(name, agrees=True):
    return {"matching": name, "agrees": agrees}


def rate(currency, units, worth, date="2026-03-02"):
    return {
        "currency": currency,
        "units": units,
        "worth": worth,
        "date": date,
        "source": "The central bank's published mid-rate",
    }


def price_points(weight, total, lowest=None, highest=None):
    return {"weight": weight, "total": total, "lowest": lowest, "highest": highest}


def case_json(*bids, **changes):
    return {
        "format": "musika-evaluation-case/2",
        "terms_hash": "ab" * 32,
        "tender": "T-1",
        "lot": "1",
        "method": "lowest_price",
        "currency": "USD",
        "items": [item()],
        "criteria": [],
        "bounds": {"reserve_price": None, "minimum_price": None},
        "rounding": {"decimals": "2", "mode": "half-up"},
        "partial": None,
        "abnormally_low": [],
        "tie_break": ["earliest_submission", "draw"],
        "draw_seed": None,
        "bids": list(bids),
    } | changes


def case(*bids, **changes):
    return from_json(case_json(*bids, **changes))


def result(*bids, **changes):
    return evaluate(case(*bids, **changes))


def by_name(outcome):
    return {found.bid: found for found in outcome.bids}


def ranks(outcome):
    return {found.bid: found.rank for found in outcome.bids}


def failures(found):
    return [(g.kind, g.name) for g in found.gates if not g.passed]
