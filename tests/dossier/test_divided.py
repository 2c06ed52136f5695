"""An allocation travels in the dossier, and is checked again exactly from what lies there."""

import hashlib
import json
import random
from decimal import Decimal

import pytest

from marketplace.ledger import queries
from procurement.operations import allocations, part_letters
from procurement.rules.canonical import canonical
from tests.divided import divided_at
from tests.dossier.edits import DIVIDED, unpack
from tests.dossier.support import dossier
from tests.dossier.test_tampering import statuses
from tests.dossier.test_verifier import checks
from tests.factories import Market

pytestmark = pytest.mark.django_db


def test_an_honest_dossier_passes_and_nothing_is_skipped(divided, tmp_path):
    raw, sign = divided
    report = statuses(raw, tmp_path / "honest.zip", sign.key)
    assert {status for status, _, _ in report.checks()} == {"PASS"}, report.checks()
    assert "and 1 allocations" in str(report.checks())


@pytest.mark.parametrize("name", DIVIDED)
def test_an_edit_of_the_allocation_is_caught(name, divided, tmp_path):
    raw, sign = divided
    edited = DIVIDED[name](unpack(raw), random.Random(name), sign)
    report = statuses(edited, tmp_path / "edited.zip", sign.key)
    assert edited != raw and report.faults, report.checks()


@pytest.mark.parametrize("stage", ["evaluated", "confirmed", "standstill"])
def test_everybodys_dossier_passes_at_every_stage(stage, tmp_path):
    path = dossier(divided_at(stage, Market()), tmp_path / "dossier.zip", "public")
    found = checks(path, "--key", queries.verifier_key())
    assert "FAIL" not in {status for status, _ in found.values()}, found
    told = [name for name in unpack(path.read_bytes()) if name.startswith("allocation/")]
    assert bool(told) == (stage == "standstill")


def cheat(monkeypatch, change):
    """The operator's own server awards otherwise, so that every hash and signature fits."""
    honest = allocations._solved

    def cheating(row):
        result = json.loads(honest(row))
        change(result)
        return canonical(result).decode()

    monkeypatch.setattr(allocations, "_solved", cheating)
    monkeypatch.setattr(part_letters, "issue", lambda *_: [])


def more_than_the_cap(result):
    first, second = result["awards"]
    first["lines"][0]["quantity"], second["lines"][0]["quantity"] = "80", "20"


def another_total(result):
    result["cost"] = dict.fromkeys(result["cost"], "1")


@pytest.mark.parametrize("change", [more_than_the_cap, another_total])
def test_an_operator_who_awards_against_the_rules_is_found_out(change, monkeypatch, tmp_path):
    cheat(monkeypatch, change)
    path = dossier(divided_at("standstill", Market()), tmp_path / "dossier.zip", "public")
    status, detail = checks(path, "--key", queries.verifier_key())["evaluations recompute"]
    assert status == "FAIL" and "allocation" in detail


def test_the_dossier_holds_the_bytes_that_the_ledger_names(divided):
    parts = unpack(divided[0])
    told = [json.loads(line)["body"] for line in parts["history.jsonl"].splitlines()[1:]]
    [body] = [b for b in told if b and b.get("event") == "AllocationDecided"]
    result = parts[f"allocation/{body['allocation']}-result.json"]
    assert hashlib.sha256(result).hexdigest() == body["result_digest"]
    given = [Decimal(b["quantity"]) for b in told if b and b.get("event") == "AwardDecided"]
    assert sum(given) == 200 - sum(Decimal(lot["unmet"]) for lot in json.loads(result)["lots"])
