"""The house rules that a ruler can check."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("marketplace", "procurement", "produce", "api")


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def functions() -> list[tuple[str, int]]:
    named = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                named.append((f"{path.relative_to(ROOT)}:{node.name}", length))
    return named


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_is_longer_than_400_lines():
    long = [p for p in sources() if len(p.read_text().splitlines()) > 400]
    assert long == []


def test_no_function_is_longer_than_60_lines():
    assert [name for name, length in functions() if length > 60] == []


def test_half_of_all_functions_have_at_most_ten_lines():
    assert statistics.median(length for _, length in functions()) <= 10


def test_the_readme_has_at_most_120_lines():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_no_file_names_a_registry_of_packages():
    # Written in two halves so that this file does not name one itself.
    hosts = re.compile(r"(pypi|registry\.npmjs|pythonhosted|deb\.debian)" + r"\.(org|com)")
    naming = [
        path.relative_to(ROOT)
        for path in tracked()
        if path.suffix not in {".png", ".ico", ".pdf"}
        and path.exists()
        and hosts.search(path.read_text(errors="ignore"))
    ]
    assert naming == []


def test_marketplace_itself_imports_nothing():
    assert (ROOT / "marketplace" / "__init__.py").read_text() == ""


def test_only_the_clock_module_reads_the_clock():
    reading = re.compile(r"timezone\.now\(|datetime\.now\(|date\.today\(|time\.time\(")
    found = {str(p.relative_to(ROOT)) for p in sources() if reading.search(p.read_text())}
    # Rate limits count seconds of the machine, which decide nothing about a procurement.
    assert found <= {"marketplace/clock.py", "api/throttles.py"}
