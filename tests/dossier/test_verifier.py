"""The verifier as one file, the dossier at every stage, and what a reader of it may see."""

import ast
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from marketplace.ledger import queries
from procurement.dossier import build, write
from procurement.dossier.verifier import main
from procurement.models import EngineSource
from tests.dossier.support import dossier
from tests.factories import Market, tender_at

pytestmark = pytest.mark.django_db
FOUND = (Path.home() / ".pyenv/versions").glob("3.*/bin/python")
PYTHONS = sorted(path for path in FOUND if int(path.parts[-3].split(".")[1]) >= 9)
STAGES = ("opened", "evaluated", "recommended", "standstill", "contracted", "delivered")


def checks(path, *words):
    report = main.verify(str(path), main.options([str(path), *words]))
    return {name: (status, detail) for status, name, detail in report.checks()}


@pytest.mark.parametrize("reader", ["auditor", "public"])
@pytest.mark.parametrize("stage", STAGES)
def test_an_honest_dossier_passes_at_every_stage(stage, reader, tmp_path):
    path = dossier(tender_at(stage, Market()), tmp_path / "dossier.zip", reader)
    found = checks(path, "--key", queries.verifier_key())
    assert "FAIL" not in {status for status, _ in found.values()}, found


@pytest.mark.parametrize("honest", [True, False])
def test_an_amendment_may_not_change_what_bids_answer(amendments_made, honest, tmp_path):
    path = tmp_path / "dossier.zip"
    raw, sign = amendments_made[honest]
    path.write_bytes(raw)
    found = checks(path, "--key", sign.key)
    failed = {name for name, (status, _) in found.items() if status != "PASS"}
    assert failed == (set() if honest else {"terms are as published"}), found


def test_before_the_opening_there_is_none():
    tender = tender_at("closed", Market())
    with pytest.raises(write.NotOpenedYet, match="who has bid"):
        write.check_ready(tender)


def test_the_same_record_gives_the_same_bytes(tmp_path):
    tender = tender_at("evaluated", Market())
    one, two = (dossier(tender, tmp_path / f"{n}.zip").read_bytes() for n in (1, 2))
    assert one == two


def test_everybodys_dossier_keeps_findings_and_letters_to_itself(tmp_path):
    tender = tender_at("standstill", Market())
    path = dossier(tender, tmp_path / "dossier.zip", "public")
    with zipfile.ZipFile(path) as file:
        letters = json.loads(file.read("letters.json"))
        history = file.read("history.jsonl").decode()
    assert letters and all("text" not in letter for letter in letters)
    assert "Olga Officer" not in history and '"event":"GateDecided"' not in history


def lines_of_code(source):
    """Lines that hold a statement; what explains them is welcome and does not count."""
    tree, found = ast.parse(source), set()
    for node in ast.walk(tree):
        explains = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and not explains:
            ends = node.body[0].lineno - 1 if hasattr(node, "body") else node.end_lineno
            found |= set(range(node.lineno, max(ends, node.lineno) + 1))
    return len(found)


def test_the_verifier_is_one_file_of_at_most_700_lines_for_python_3_9():
    source = build.verifier().decode()
    assert lines_of_code(source) <= 700
    tree = ast.parse(source, feature_version=(3, 9))
    roots = {
        a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    }
    named = {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert roots | named <= set(sys.stdlib_module_names)


@pytest.mark.skipif(not PYTHONS, reason="No other Python is installed under ~/.pyenv")
def test_the_file_in_the_zip_runs_on_every_python_that_is_here(awarded, tmp_path):
    raw, sign = awarded
    (tmp_path / "d.zip").write_bytes(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        (tmp_path / "verify.py").write_bytes(file.read("verify.py"))
    for python in PYTHONS:
        words = [python, "verify.py", "d.zip", "--key", sign.key, "--python", sys.executable]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (python, done.stdout, done.stderr)
        assert "PASS evaluations recompute" in done.stdout, python


def test_without_a_key_the_engine_of_the_file_is_not_run(awarded, tmp_path):
    raw, _ = awarded
    (tmp_path / "d.zip").write_bytes(raw)
    found = checks(tmp_path / "d.zip")
    assert found["evaluations recompute"][0] == "SKIP"
    assert found["key is the published one"][0] == "SKIP"


def test_another_key_than_the_trusted_one_fails(awarded, tmp_path):
    raw, sign = awarded
    (tmp_path / "d.zip").write_bytes(raw)
    other = type(sign)(sign.name, b"\x09" * 32)
    assert checks(tmp_path / "d.zip", "--key", other.key)["key is the published one"][0] == "FAIL"


def test_what_is_no_zip_is_one_clear_line(tmp_path, capsys):
    (tmp_path / "d.zip").write_bytes(b"PK nonsense")
    assert main.main([str(tmp_path / "d.zip")]) == 1
    assert "FAIL package is in the permitted form" in capsys.readouterr().out
    assert main.main([str(tmp_path / "none.zip")]) == 2


def test_the_report_is_for_programs_as_well(awarded, tmp_path, capsys):
    raw, sign = awarded
    (tmp_path / "d.zip").write_bytes(raw)
    assert main.main([str(tmp_path / "d.zip"), "--key", sign.key, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] and {row["status"] for row in told["checks"]} == {"PASS"}


def test_the_engine_is_kept_with_the_publication():
    tender_at("open", Market())
    files = json.loads(EngineSource.objects.get().files)
    assert "procurement/rules/evaluation.py" in files and "procurement/rules/recompute.py" in files
