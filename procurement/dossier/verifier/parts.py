"""Lots that are awarded in parts: the allocation against bids, evaluations and awards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from procurement.dossier.verifier.base import Body, Broken, canonical, sha, strict


def allocations(kept: list[Any]) -> list[Body]:
    """Every allocation whose case is told, once each."""
    found = {body["allocation"]: body for _, _, body in kept if "allocation_case" in body}
    return list(found.values())


def bind_allocation(dossier: Any, body: Body) -> None:
    """Case and result lie beside the history as it tells them."""
    stem = f"allocation/{body['allocation']}"
    if sha(canonical(body["allocation_case"])) != body["case_digest"]:
        raise Broken(f"{stem}: the recorded case does not have the recorded digest")
    dossier.bind(f"{stem}-case.json", body["case_digest"])
    dossier.bind(f"{stem}-result.json", body["result_digest"])


def allocation_job(dossier: Any, body: Body) -> Body:
    """What the engine needs to say which case is due, and whether the result is right."""
    due = {str(lot["lot"]) for lot in dossier.terms["lots"] if lot.get("division")}
    judged = {}
    for told in dossier.cases:
        if str(told["lot"]) in due:
            result = strict(dossier.package.read(f"evaluation/lot-{told['lot']}-result.json"))
            judged[told["lot"]] = {"bids": told["case"]["bids"], "results": result["bids"]}
    offers = {b["bid"]: {n: b.get(n) for n in ("parts", "capacity")} for b in dossier.opened}
    groups = {t["tenderer"]: t["groups"] for t in body["allocation_case"]["tenderers"]}
    path = f"allocation/{body['allocation']}-result.json"
    return {
        "judged": [{"lot": lot, **judged[lot]} for lot in sorted(judged)],
        "offers": {bid: offer for bid, offer in offers.items() if offer["parts"]},
        "groups": groups,
        "fallen": body.get("fallen", []),
        "result": strict(dossier.package.read(path)),
    }


def check_answers(bodies: list[Body], answers: list[Body]) -> None:
    for body, answer in zip(bodies, answers):
        place = f"allocation {body['allocation']}"
        if "error" in answer:
            raise Broken(f"{place}: {answer['error']}")
        if answer["case"] != body["case_digest"]:
            raise Broken(f"{place}: its case is not that of the evaluations and the bids")
        if answer["faults"]:
            raise Broken(f"{place}: {answer['faults'][0]}")


def check_parts(dossier: Any, decided: list[Body]) -> None:
    """The parts that were awarded are those of the allocation, all of them and no others."""
    told = dossier.history.bodies("AllocationDecided")
    for allocation in sorted({body["allocation"] for body in decided}):
        if allocation not in [body["allocation"] for _, body in told]:
            raise Broken(f"allocation {allocation}: it was never decided")
        result = strict(dossier.package.read(f"allocation/{allocation}-result.json"))
        due = {
            (int(line["lot"]), row["bid"].rpartition("-L")[0]): Decimal(line["quantity"])
            for row in result["awards"]
            for line in row["lines"]
        }
        own = [body for body in decided if body["allocation"] == allocation]
        given = {(b["lot"], b["bid"]): Decimal(b["quantity"]) for b in own}
        if given != due or len(own) != len(due):
            raise Broken(f"allocation {allocation}: other parts were awarded than it gives")
        for body in own:
            _check_price(dossier, body)


def _check_price(dossier: Any, body: Body) -> None:
    opened = next(b for b in dossier.opened if b["bid"] == body["bid"])
    [price] = [Decimal(x["unit_price"]) for x in opened["lines"] if x["lot"] == body["lot"]]
    if Decimal(body["price"]) != price * Decimal(body["quantity"]):
        raise Broken(f"lot {body['lot']}: a part is awarded at another price than was offered")
    if opened["tenderer"] != body["supplier"]:
        raise Broken(f"lot {body['lot']}: a part is awarded to another than who bid")


def ranges(row: Body) -> list[Any]:
    """How much a bid offers of divided lots, in one form."""
    parts = [[p["lot"], *(Decimal(p[n]) for n in ("minimum", "maximum"))] for p in _parts(row)]
    capacity = row.get("capacity")
    return [sorted(parts), None if capacity is None else Decimal(capacity)]


def _parts(row: Body) -> list[Body]:
    return list(row.get("parts") or [])
