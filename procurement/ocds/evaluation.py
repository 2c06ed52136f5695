"""The confirmed evaluation of a lot: status, rank, scores and the finding on each requirement.

Fields of our own extension bidEvaluation; every number is one of the published result.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from procurement.ocds.bids import statistic
from procurement.ocds.facts import Process, Section
from procurement.ocds.names import answer_id, bid_id, criterion_id, limit_id, price_id
from procurement.ocds.values import instant, number

PRICE_POINTS: Final = "price points"
Terms = Mapping[str, Any]


def of_lot(process: Process, lot: int) -> Section:
    """`bids` of the lot after its evaluation; empty where nothing was confirmed."""
    if lot not in process.results:
        return {}
    result, at = process.results[lot]
    details = [_detail(process, lot, row, result, at) for row in result["bids"]]
    return {"details": details, "statistics": _figures(process, lot, result)}


def _detail(process: Process, lot: int, row: Terms, result: Terms, at: datetime) -> Section:
    qualified = bool(row["qualified"])
    found: Section = {
        "id": bid_id(row["bid"], lot),
        "status": "valid" if qualified else "disqualified",
        "evaluations": [_evaluation(process, lot, row, result, at)],
    }
    if row["rank"] is not None:
        found |= {"hasRank": True, "rank": int(row["rank"])}
    return found


def _evaluation(process: Process, lot: int, row: Terms, result: Terms, at: datetime) -> Section:
    points = row["points"]
    return {
        "id": f"{bid_id(row['bid'], lot)}-evaluation",
        "stage": "combined",
        "relatedLot": str(lot),
        "date": instant(at),
        "outcome": "passed" if row["qualified"] else "failed",
        "rationale": _why(row),
        "totalScore": _shown(points["decimal"]) if points else None,
        "maximumScore": _most(process, lot),
        "ruleVersion": f"musika-evaluation/{result['engine']}",
        "inputsDigest": f"sha256:{result['case_digest']}",
        "requirementResults": list(_findings(process, lot, row)),
        "scores": list(_scores(process, lot, row)),
    }


def _why(row: Terms) -> str:
    failed = [g["reason"] or g["name"] for g in row["gates"] if not g["passed"]]
    return "; ".join(failed) if failed else (row["behind"] or {}).get("words", "")


def _most(process: Process, lot: int) -> Any:
    points = _terms(process, lot).get("points") or {}
    return number(points["total"]) if points.get("total") else None


def _terms(process: Process, lot: int) -> Terms:
    found: Terms = next(row for row in process.terms["lots"] if row["lot"] == lot)
    return found


def _shown(text: str) -> int | Decimal:
    """A decimal of the result; where it goes on (…) it is cut there, as the result shows it."""
    return number(text.rstrip("…"))


def _findings(process: Process, lot: int, row: Terms) -> Iterator[Section]:
    known = _requirements(process, lot)
    for gate in row["gates"]:
        kind, name = gate["kind"], gate["name"]
        key = limit_id(lot, gate["item"], name) if kind == "specification" else ""
        if kind in ("criterion", "response", "rated"):
            key = answer_id(lot, name)
        if key in known:
            outcome = "passed" if gate["passed"] else "failed"
            yield {
                "id": key,
                "requirement": {"id": key},
                "outcome": outcome,
                "rationale": gate["reason"],
            }


def _requirements(process: Process, lot: int) -> set[str]:
    terms = _terms(process, lot)
    found = {answer_id(lot, row["criterion"]) for row in terms["criteria"]}
    for item in terms["items"]:
        limits = item.get("specification") or []
        found |= {limit_id(lot, item["item"], limit["parameter"]) for limit in limits}
    return found


def _scores(process: Process, lot: int, row: Terms) -> Iterator[Section]:
    """The price, then each step of the working that gives points to a criterion."""
    values = {step["label"]: step for step in row["working"]}
    earned = values.get(PRICE_POINTS)
    yield {
        "id": price_id(lot),
        "relatedCriterion": price_id(lot),
        "input": _shown(row["price"]["decimal"]) if row["price"] else None,
        "score": _shown(earned["value"]["decimal"]) if earned else None,
        "rationale": earned["formula"] if earned else _ranked_by(row),
    }
    for criterion in _terms(process, lot)["criteria"]:
        step = _step(values, str(criterion["criterion"]))
        if step and criterion["kind"] != "gate":
            key = criterion_id(lot, criterion["criterion"])
            score = _shown(step["value"]["decimal"])
            yield {
                "id": key,
                "relatedCriterion": key,
                "score": score,
                "rationale": step["formula"],
            }


def _step(values: Mapping[str, Terms], name: str) -> Terms | None:
    return values.get(name) or values.get(f"band of {name}")


def _ranked_by(row: Terms) -> str:
    worth = row["evaluated_price"]
    return f"Ranked by an evaluated price of {worth['shown']}." if worth else ""


def _figures(process: Process, lot: int, result: Terms) -> list[Section]:
    name = str(lot)
    good = [row for row in result["bids"] if row["qualified"]]
    prices = [_shown(row["price"]["decimal"]) for row in good if row["price"]]
    found = [
        statistic("validBids", name, len(good)),
        statistic("disqualifiedBids", name, len(result["bids"]) - len(good)),
    ]
    if prices:
        found += [
            statistic("lowestValidBidValue", name, min(prices), process.currency),
            statistic("highestValidBidValue", name, max(prices), process.currency),
        ]
    return found
