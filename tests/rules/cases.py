"""Builds evaluation cases as plain JSON values, one small piece at a time."""

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate


def line(unit_price, quantity="1", item="1", stated_total=None):
    return {
        "item": item,
        "unit_price": unit_price,
        "quantity": quantity,
        "stated_total": stated_total,
    }


def bid(name, *lines, at="2026-03-01T08:00:00Z", declared=(), responses=(), gates=()):
    """A bid; a text among `lines` is the unit price of one unit of item 1."""
    return {
        "bid": name,
        "tenderer": f"Invented Farm {name}",
        "submitted_at": at,
        "revision": "1",
        "lines": [line(entry) if isinstance(entry, str) else entry for entry in lines],
        "declared": [dict(zip(("item", "parameter", "value"), d, strict=True)) for d in declared],
        "responses": [{"criterion": c, "option": o} for c, o in responses],
        "gates": [
            dict(zip(("criterion", "passed", "reason", "source"), g, strict=True)) for g in gates
        ],
    }


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


def case_json(*bids, **changes):
    return {
        "format": "musika-evaluation-case/1",
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
