"""What is demanded and what counts: requirements, award criteria, descriptive traits."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from procurement.ocds.facts import Section
from procurement.ocds.names import (
    answer_id,
    criterion_id,
    item_id,
    limit_id,
    price_id,
    quality_id,
)
from procurement.ocds.values import number, without_empty

GATE: Final = "gate"
SCORED: Final = ("points", "quality", "money", "rated")
PRICE_RULE: Final = {
    "fixed_bounds_points": "linearRange",
    "relative_points": "lowestBest",
    "relative_points_linear": "linearRange",
}
Terms = Mapping[str, Any]


def criteria(terms: Terms) -> list[Section]:
    """`tender.criteria`: quality limits of each item, then the criteria of each lot."""
    found: list[Section] = []
    for lot in terms["lots"]:
        found += _limits(lot)
        found += [_criterion(lot["lot"], row) for row in lot["criteria"]]
    return found


def _limits(lot: Terms) -> Iterator[Section]:
    for item in lot["items"]:
        if item.get("specification"):
            key = quality_id(lot["lot"], item["item"])
            rows = [_limit(lot["lot"], item["item"], r) for r in item["specification"]]
            yield {
                "id": key,
                "title": f"Quality of {item['description']}",
                "relatesToTenderer": False,
                "relatedItem": item_id(lot["lot"], item["item"]),
                "relatedLots": [str(lot["lot"])],
                "requirementGroups": [{"id": f"{key}-all", "requirements": rows}],
            }


def _limit(lot: int, item: int, row: Terms) -> Section:
    words = f"{row['unit']}; {row['source']}" if row.get("unit") else row["source"]
    found: Section = {
        "id": limit_id(lot, item, row["parameter"]),
        "title": row["name"],
        "description": words,
    }
    if row["kind"] == "equals":
        return found | {"dataType": "string", "expectedValue": row["equals"]}
    bounds = (("minValue", "minimum"), ("maxValue", "maximum"))
    return found | {
        "dataType": "number",
        **{ours: number(row[name]) for ours, name in bounds if row.get(name) is not None},
    }


def _criterion(lot: int, row: Terms) -> Section:
    """A gate expects yes; any other criterion asks which of its options is offered."""
    key = criterion_id(lot, row["criterion"])
    requirement: Section = {
        "id": answer_id(lot, row["criterion"]),
        "title": row["title"],
        "dataType": "string",
    }
    if row["kind"] == GATE:
        requirement |= {"dataType": "boolean", "expectedValue": True}
    else:
        labels = "; ".join(option["label"] for option in row["options"])
        requirement["description"] = f"One of: {labels}" if labels else None
    return {
        "id": key,
        "title": row["title"],
        "description": row.get("source"),
        "relatesToTenderer": row["kind"] == GATE,
        "relatedLots": [str(lot)],
        "requirementGroups": [{"id": f"{key}-all", "requirements": [requirement]}],
    }


def award_criteria(lot: Terms) -> Section:
    """What the lot is ranked by, the price first, with weights where points are given."""
    rows = [row for row in lot["criteria"] if row["kind"] in SCORED]
    points = lot.get("points") or {}
    return {"criteria": [_price(lot, points), *(_scored(lot["lot"], row) for row in rows)]}


def _price(lot: Terms, points: Terms) -> Section:
    rule = PRICE_RULE.get(lot["evaluation_method"], "lowestBest")
    method = str(lot["evaluation_method"]).replace("_", " ")
    found: Section = {
        "id": price_id(lot["lot"]),
        "type": "cost" if lot["evaluation_method"] == "lowest_evaluated_price" else "price",
        "name": "Price",
        "scoringRule": rule,
        "scoringFormula": f"By the published method “{method}”, exact, rounded after ranking.",
    }
    return found | _weight(points.get("weight"))


def _weight(weight: str | None) -> Section:
    if weight is None:
        return {}
    exact = number(weight)
    return {"maximumScore": exact, "numbers": [{"number": exact, "weight": "pointsExact"}]}


def _scored(lot: int, row: Terms) -> Section:
    rating = row.get("rating") or {}
    most = max((number(option["value"]) for option in row["options"]), default=None)
    weight = rating.get("weight")
    if weight is None and row["kind"] == "points" and most is not None:
        weight = str(most)
    labels = "; ".join(f"{option['label']}: {option['value']}" for option in row["options"])
    found: Section = {
        "id": criterion_id(lot, row["criterion"]),
        "type": "cost" if row["kind"] == "money" else "quality",
        "name": row["title"],
        "description": labels,
        "scoringRule": "panel" if row["kind"] == "rated" else "bands",
        "relatedRequirement": answer_id(lot, row["criterion"]),
    }
    return found | _weight(weight)


def traits(item: Terms) -> list[Section]:
    """Descriptive traits of an item: our commodity code and the limits in words."""
    found = [{"id": "commodity", "name": "Commodity code", "value": item.get("commodity")}]
    kept: list[Section] = [row for row in found if without_empty(row).get("value")]
    return kept
