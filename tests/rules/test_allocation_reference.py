"""The reference page, the schemas and the golden vectors say what the optimiser does."""

import json
import re
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from procurement.rules.allocate import main
from procurement.rules.allocation import facts, result
from procurement.rules.allocation.case import digests, from_json, read_case, to_json
from procurement.rules.allocation.engine import allocate
from procurement.rules.money import plain
from tests.reference import allocation_twin as twin

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "allocation.md").read_text(encoding="utf-8")
CASE = json.loads((REFERENCE / "allocation-case.schema.json").read_text(encoding="utf-8"))
RESULT = json.loads((REFERENCE / "allocation-result.schema.json").read_text(encoding="utf-8"))
VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "allocation").glob("*.json"))
CASE_KINDS = (
    *(facts.Case, facts.Lot, facts.Delivery, facts.Depot, facts.DepotWeek, facts.OwnerCap),
    *(facts.Reserve, facts.Tenderer, facts.Bid, facts.Tier, facts.Package, facts.PackageLine),
)
RESULT_PARTS = {
    "solver": result.SolverUsed,
    "lot_quantity": result.LotQuantity,
    "taken": result.Taken,
    "awarded": result.Awarded,
    "lot": result.LotResult,
    "change": result.Change,
    "tenderer": result.TendererResult,
    "owner": result.OwnerResult,
    "reserve": result.ReserveResult,
    "depot": result.DepotResult,
    "reason": result.Reason,
    "step": result.Step,
    "greedy": result.Greedy,
    "policy": result.Policy,
    "runner_up": result.RunnerUp,
}


def _block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


def _names(kind):
    return [field.name for field in fields(kind)]


def _errors(schema, value):
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def _printed(tmp_path, capfdbinary, *arguments):
    path = tmp_path / "case.json"
    path.write_text(_block("json"), encoding="utf-8")
    assert main([str(path), *arguments]) == 0
    return capfdbinary.readouterr().out.decode()


@pytest.fixture(params=VECTORS, ids=lambda path: path.stem)
def vector(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def test_the_award_is_the_one_worked_out_by_hand(vector):
    found = allocate(from_json(vector["case"]))
    taken = {a.bid: "1" if a.kind == "package" else plain(a.lines[0].quantity)
             for a in found.awards}  # fmt: skip
    assert {"cost": plain(found.cost.exact), "awards": taken} == vector["expected"]
    assert (found.status, found.tie_break) == ("optimal", "settled")


def test_trying_all_awards_finds_the_same(vector):
    cost, award = twin.best(vector["case"])
    assert plain(cost) == vector["expected"]["cost"]
    assert {name: plain(taken) for name, taken in award.items()} == vector["expected"]["awards"]


def test_the_digests_have_not_moved(vector):
    case, terms = digests(from_json(vector["case"]))
    assert vector["digests"] == {"case": case, "terms": terms}


def test_every_vector_and_its_result_meet_their_schemas(vector):
    case = from_json(vector["case"])
    assert _errors(CASE, vector["case"]) == []
    assert _errors(RESULT, json.loads(json.dumps(allocate(case).to_json()))) == []


def test_a_result_that_stopped_at_a_gap_meets_its_schema():
    found = allocate(read_case(_block("json")), gap=Fraction(1, 2))
    assert _errors(RESULT, json.loads(json.dumps(found.to_json()))) == []


def test_there_are_vectors():
    assert len(VECTORS) >= 10


@pytest.mark.parametrize("schema", [CASE, RESULT], ids=["case", "result"])
def test_a_schema_is_itself_sound(schema):
    Draft202012Validator.check_schema(schema)


def test_the_example_gives_what_the_page_shows(tmp_path, capfdbinary):
    assert _printed(tmp_path, capfdbinary, "--format", "text") == _block("text", 0)


def test_the_example_gives_the_explanation_that_the_page_shows(tmp_path, capfdbinary):
    assert _printed(tmp_path, capfdbinary, "--explain", "Trader") == _block("text", 1)


@pytest.mark.parametrize("name", sorted(RESULT_PARTS))
def test_the_result_schema_has_the_keys_of_the_results(name):
    part = RESULT["$defs"][name]
    assert part["required"] == list(part["properties"]) == _names(RESULT_PARTS[name])
    assert part["additionalProperties"] is False


def test_the_schemas_have_the_keys_of_the_whole_documents():
    assert list(CASE["properties"]) == ["format", *_names(facts.Case)]
    assert RESULT["required"] == ["format", *_names(result.Result)]
    assert RESULT["properties"]["status"]["enum"] == list(result.STATUSES)


def test_the_schema_refuses_a_number_that_the_engine_refuses():
    case = json.loads(_block("json"))
    assert _errors(CASE, case) == []
    case["lots"][0]["demand"] = 10.5
    assert _errors(CASE, case)


@pytest.mark.parametrize("kind", [*CASE_KINDS, *RESULT_PARTS.values(), result.Result])
def test_the_page_names_every_field(kind):
    for name in _names(kind):
        assert re.search(rf"`([a-z_]+\[\]\.)*{name}`", PAGE), name


def test_the_case_keeps_its_bytes_when_it_is_written_and_read_again(vector):
    assert to_json(from_json(vector["case"])) == vector["case"]
