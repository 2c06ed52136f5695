"""The reference pages and schemas say what the engine does."""

import json
import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from procurement.rules import case_parts, facts, optional_facts, rating, result
from procurement.rules.case import from_json, read_case, to_json
from procurement.rules.evaluate import main
from procurement.rules.evaluation import evaluate
from procurement.rules.flags import LOW_TESTS
from procurement.rules.scoring import METHODS
from procurement.rules.ties import TIE_RULES

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "evaluation.md").read_text(encoding="utf-8")
CASE = json.loads((REFERENCE / "evaluation-case.schema.json").read_text(encoding="utf-8"))
RESULT = json.loads((REFERENCE / "evaluation-result.schema.json").read_text(encoding="utf-8"))
VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "evaluation").glob("*.json"))

CASE_PARTS = {
    "limit": facts.Limit,
    "item": facts.Item,
    "option": facts.Option,
    "criterion": facts.Criterion,
    "line": facts.Line,
    "declaration": facts.Declaration,
    "response": facts.Response,
    "finding": facts.Finding,
    "bid": facts.Bid,
    "band": optional_facts.Band,
    "steps": optional_facts.Steps,
    "rating": optional_facts.Rating,
    "component": optional_facts.Component,
    "group": optional_facts.Group,
    "preference": optional_facts.Preference,
    "matching": optional_facts.Matching,
    "rate": optional_facts.Rate,
    "nonce": optional_facts.Nonce,
    "addition": optional_facts.Addition,
    "membership": optional_facts.Membership,
    "mark": optional_facts.Mark,
    "answer": optional_facts.Answer,
}
RESULT_PARTS = {
    "amount": result.Amount,
    "gate": result.GateResult,
    "correction": result.Correction,
    "step": result.Step,
    "tie": result.Tie,
    "flag": result.Flag,
    "behind": result.Behind,
    "break_even": result.BreakEven,
    "bid": result.BidResult,
    "weight": result.WeightRange,
    "invitation": result.Invitation,
    "portion": result.Portion,
}


def _block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


def _names(kind):
    return [field.name for field in fields(kind)]


def _needed(kind):
    """The names of the fields that have no default and so cannot be left out."""
    return [field.name for field in fields(kind) if field.default is MISSING]


def _errors(schema, value):
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


def _printed(tmp_path, capfdbinary, *arguments):
    path = tmp_path / "case.json"
    path.write_text(_block("json"), encoding="utf-8")
    assert main([str(path), *arguments]) == 0
    return capfdbinary.readouterr().out.decode()


def test_the_example_gives_the_ranking_that_the_page_shows(tmp_path, capfdbinary):
    assert _printed(tmp_path, capfdbinary, "--format", "text") == _block("text", 0)


def test_the_example_gives_the_explanation_that_the_page_shows(tmp_path, capfdbinary):
    assert _printed(tmp_path, capfdbinary, "--explain", "B-2") == _block("text", 1)


@pytest.mark.parametrize("schema", [CASE, RESULT], ids=["case", "result"])
def test_a_schema_is_itself_sound(schema):
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_every_vector_and_its_result_meet_their_schemas(path):
    value = json.loads(path.read_text(encoding="utf-8"))["case"]
    case = from_json(value)
    assert _errors(CASE, value) == []
    assert _errors(CASE, to_json(case)) == []
    assert _errors(RESULT, evaluate(case).to_json()) == []


def test_the_example_and_its_result_meet_their_schemas():
    case = read_case(_block("json"))
    assert _errors(CASE, json.loads(_block("json"))) == []
    assert _errors(RESULT, evaluate(case).to_json()) == []


@pytest.mark.parametrize("name", sorted(CASE_PARTS))
def test_the_case_schema_has_the_keys_of_the_facts(name):
    part = CASE["$defs"][name]
    assert list(part["properties"]) == _names(CASE_PARTS[name])
    assert part["required"] == _needed(CASE_PARTS[name])
    assert part["additionalProperties"] is False


@pytest.mark.parametrize("name", sorted(RESULT_PARTS))
def test_the_result_schema_has_the_keys_of_the_results(name):
    part = RESULT["$defs"][name]
    assert part["required"] == list(part["properties"]) == _names(RESULT_PARTS[name])
    assert part["additionalProperties"] is False


def test_the_schemas_have_the_keys_of_the_whole_documents():
    assert list(CASE["properties"]) == ["format", *_names(facts.Case)]
    assert CASE["required"] == ["format", *_needed(facts.Case)]
    assert RESULT["required"] == ["format", *_names(result.Result)]


def test_the_schemas_know_the_same_words_as_the_engine():
    properties = CASE["properties"]
    assert properties["method"]["enum"] == list(METHODS)
    assert properties["tie_break"]["items"]["enum"] == list(TIE_RULES)
    tests = properties["abnormally_low"]["items"]["properties"]["test"]["enum"]
    assert tests == list(LOW_TESTS)
    assert CASE["$defs"]["limit"]["properties"]["kind"]["enum"] == list(facts.LIMIT_KINDS)
    assert CASE["$defs"]["criterion"]["properties"]["kind"]["enum"] == list(facts.CRITERION_KINDS)
    words = {
        ("rating", "combine"): tuple(rating.COMBINATIONS),
        ("component", "per"): optional_facts.COMPONENT_BASES,
        ("preference", "base"): optional_facts.MARGIN_BASES,
        ("preference", "way"): optional_facts.MARGIN_WAYS,
        ("matching", "takers"): optional_facts.TAKERS,
    }
    for (part, key), known in words.items():
        assert tuple(CASE["$defs"][part]["properties"][key]["enum"]) == known
    assert properties["bids"]["maxItems"] == case_parts.read.MAX_LIST


@pytest.mark.parametrize(
    ("key", "value"),
    [("unit_price", "12,5"), ("unit_price", 12.5), ("unit_price", "0"), ("quantity", "-1")],
)
def test_the_schema_refuses_the_numbers_that_the_engine_refuses(key, value):
    case = json.loads(_block("json"))
    case["bids"][0]["lines"][0][key] = value
    assert _errors(CASE, case)


WORDS = (
    *(*METHODS, *LOW_TESTS, *TIE_RULES, *rating.COMBINATIONS, *optional_facts.COMPONENT_BASES),
    *(*optional_facts.MARGIN_BASES, *optional_facts.MARGIN_WAYS, *optional_facts.TAKERS),
    *(*optional_facts.STAGES, optional_facts.LOWER, optional_facts.UPPER),
)


@pytest.mark.parametrize("word", WORDS)
def test_the_page_explains_every_word_of_the_format(word):
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize(
    "kind", [*CASE_PARTS.values(), facts.Case, facts.Bounds, facts.Rounding, facts.PricePoints]
)
def test_the_page_names_every_field_of_the_case(kind):
    for name in _names(kind):
        assert re.search(rf"`[a-z_.\[\]]*\b{name}(\[\])?`", PAGE), name


@pytest.mark.parametrize(
    "kind", [*RESULT_PARTS.values(), result.Result, result.TieGroup, result.Removal]
)
def test_the_page_names_every_field_of_the_result(kind):
    for name in _names(kind):
        assert re.search(rf"`[a-z_.\[\]]*\b{name}(\[\])?`", PAGE), name
