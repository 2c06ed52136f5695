"""Small allocation cases for tests: everything invented, everything overridable."""

from procurement.rules.allocation.case import from_json

AT = "2026-03-01T08:00:00Z"


def lot(name="1", demand="10", quantum="1", unmet_penalty="100", **changes):
    return {
        "lot": name,
        "commodity": "maize",
        "quantum": quantum,
        "demand": demand,
        "unmet_penalty": unmet_penalty,
        "minimum_suppliers": "0",
        "maximum_suppliers": None,
        "depot": None,
        "deliveries": [],
    } | changes


def tenderer(name, owners=None, groups=(), capacity=None):
    return {
        "tenderer": name,
        "owners": owners or [f"owner of {name}"],
        "groups": list(groups),
        "capacity": capacity,
    }


def bid(name, price="10", maximum="10", **changes):
    return {
        "bid": name,
        "tenderer": f"t{name}",
        "lot": "1",
        "submitted_at": AT,
        "minimum": "0",
        "maximum": maximum,
        "discount": "all_units",
        "tiers": [{"starts_at": "0", "unit_price": price}],
        "transport": "0",
        "quality": "0",
        "exclusive": None,
    } | changes


def package(name, price, lines, **changes):
    return {
        "bid": name,
        "tenderer": f"t{name}",
        "submitted_at": AT,
        "lines": [{"lot": at, "quantity": quantity} for at, quantity in lines],
        "price": price,
        "transport": "0",
        "quality": "0",
        "exclusive": None,
        "requires": [],
    } | changes


def tiers(*pairs):
    return [{"starts_at": start, "unit_price": price} for start, price in pairs]


def cap(name="one owner", quantity=None, share=None, of=None, lots=None):
    return {"cap": name, "lots": lots, "quantity": quantity, "share": share, "of": of}


def reserve(name="smallholders", share="0.3", of="demanded", group="smallholder", lots=None):
    return {"reserve": name, "group": group, "lots": lots, "share": share, "of": of}


def depot(name="D", *weeks):
    """Weeks as (week, quantity, deliveries)."""
    listed = [{"week": w, "quantity": q, "deliveries": d} for w, q, d in weeks]
    return {"depot": name, "weeks": listed}


def case_json(*offers, **changes):
    """A case whose tenderers are those of the offers, unless given."""
    names = {offer["tenderer"] for offer in offers}
    case = {
        "format": "musika-allocation-case/1",
        "terms_hash": "ab" * 32,
        "tender": "T-1",
        "currency": "USD",
        "unit": "t",
        "rounding": {"decimals": "2", "mode": "half-up"},
        "tie_break": "earliest_submission",
        "budget": None,
        "lots": [lot()],
        "depots": [],
        "owner_caps": [],
        "reserves": [],
        "tenderers": [tenderer(name) for name in sorted(names)],
        "bids": [offer for offer in offers if "tiers" in offer],
        "packages": [offer for offer in offers if "price" in offer],
    }
    given = changes.pop("tenderers", [])
    taken = {t["tenderer"] for t in given}
    case["tenderers"] = [t for t in case["tenderers"] if t["tenderer"] not in taken] + given
    return case | changes


def case(*offers, **changes):
    return from_json(case_json(*offers, **changes))
