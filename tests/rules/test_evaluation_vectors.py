"""Golden vectors: outcomes worked out by hand, and the digests that must not move."""

import json
from pathlib import Path

import pytest

from procurement.rules.canonical import sha256_hex
from procurement.rules.case import case_digest, from_json, terms_digest
from procurement.rules.evaluation import evaluate
from procurement.rules.money import plain
from tests.reference import evaluation_twin as twin

FOLDER = Path(__file__).parents[1] / "vectors" / "evaluation"
VECTORS = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=VECTORS, ids=lambda path: path.stem)
def vector(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def _told(found):
    value = found.evaluated_price or found.points
    return {
        "bid": found.bid,
        "rank": None if found.rank is None else str(found.rank),
        "price": found.price and plain(found.price.exact),
        "value": value and plain(value.exact),
        "failed": [gate.name for gate in found.gates if not gate.passed],
        "flags": [flag.test for flag in found.flags],
        "corrected": [correction.item for correction in found.corrections],
    }


def test_the_outcome_is_the_one_worked_out_by_hand(vector):
    found = evaluate(from_json(vector["case"]))
    assert list(found.winners) == vector["expected"]["winners"]
    assert [_told(entry) for entry in found.bids] == vector["expected"]["bids"]


def _invitation(one):
    return f"{one.matching} {one.bid} {one.answer} {plain(one.limit.exact)}"


def _portion(one):
    return f"{one.bid} {one.item} {plain(one.quantity)} {one.why}"


def _weight(one):
    passing = " ".join((*one.below, *one.above))
    return f"{one.part} {plain(one.lowest.exact)} {plain(one.highest.exact)} {passing}"


@pytest.mark.parametrize(
    ("part", "tell"),
    [("invitations", _invitation), ("portions", _portion), ("weights", _weight)],
)
def test_what_else_was_worked_out_by_hand_is_found(vector, part, tell):
    found = evaluate(from_json(vector["case"]))
    expected = vector["expected"].get(part)
    if part == "weights" and expected is None:
        return
    assert [tell(one) for one in getattr(found, part)] == (expected or [])


def test_the_digests_have_not_moved(vector):
    case = from_json(vector["case"])
    assert vector["digests"] == {
        "case": case_digest(case),
        "terms": terms_digest(case),
        "result": sha256_hex(evaluate(case).to_bytes()),
    }


def test_the_literal_twin_ranks_alike(vector):
    expected = {entry["bid"]: entry["rank"] for entry in vector["expected"]["bids"]}
    if vector["case"].get("stage") == "technical":
        # Without prices nobody is ranked; the twin tells who passed.
        failed = {entry["bid"]: bool(entry["failed"]) for entry in vector["expected"]["bids"]}
        for bid in vector["case"]["bids"]:
            assert twin.qualified(vector["case"], bid) is not failed[bid["bid"]]
        return
    found = twin.ranks(vector["case"])
    assert {name: rank and str(rank) for name, rank in found.items()} == expected


def test_there_are_vectors():
    assert len(VECTORS) >= 35
