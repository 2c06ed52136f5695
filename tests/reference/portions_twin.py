"""Who matches the first and who supplies what, told a second time from the JSON of the case.

Only whole numbers of steps are dealt, one step after the other, as one would deal cards.
"""

from fractions import Fraction as F

from tests.reference import evaluation_twin as twin


def order(case):
    """The names of the qualified bids by rank, and those of the first rank."""
    ranks = {name: rank for name, rank in twin.ranks(case).items() if rank is not None}
    return sorted(ranks, key=lambda name: (ranks[name], name)), [n for n in ranks if ranks[n] == 1]


def invited(case):
    """The pairs of rule and bid that are invited, each with its answer (None: open)."""
    names, first = order(case)
    bids = {bid["bid"]: bid for bid in case["bids"]}
    found = {}
    for rule in case.get("matching") or []:
        if len(first) != 1 or _member(bids[first[0]], rule["group"]):
            continue
        limit = twin.value(case, bids[first[0]]) * (1 + F(rule["band"]))
        for name in names:
            inside = twin.value(case, bids[name]) <= limit
            if not (inside and _member(bids[name], rule["group"])):
                continue
            answer = _answer(bids[name], rule["matching"])
            found[rule["matching"], name] = answer
            if rule["takers"] == "next_in_rank" and answer is not False:
                break
    return found


def portions(case):
    """The quantity of each item for each bid; None while an invitation is open."""
    names, first = order(case)
    if not case.get("matching") or len(first) != 1:
        return {}
    answers = invited(case)
    if None in answers.values():
        return {}
    found = {}
    for item in case["items"]:
        left, quantum = F(item["quantity"]), F(item["quantum"])
        for rule in case["matching"]:
            takers = [n for n in names if answers.get((rule["matching"], n))]
            dealt = 0
            while takers and (dealt + 1) * quantum <= F(rule["share"]) * F(item["quantity"]):
                key = takers[dealt % len(takers)], item["item"], rule["matching"]
                found[key] = found.get(key, F(0)) + quantum
                dealt, left = dealt + 1, left - quantum
        found[first[0], item["item"], "first"] = left
    return found


def _member(bid, group):
    return group in {row["group"] for row in bid.get("groups") or []}


def _answer(bid, rule):
    for row in bid.get("answers") or []:
        if row["matching"] == rule:
            return row["agrees"]
    return None
