"""What is generated is current, and nothing is left out of it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

from api import problems, reference

SOURCES = ("marketplace", "produce", "procurement", "api")
# Not codes of refusals: the rule set of a country.
# A jurisdiction, and what only the command of the award optimiser says.
OTHERS = {"zw", "allocation-not-exact", "no-such-tenderer", "solver-missing"}
# Starts the server as a child, so none of its refusals can be an answer of the server.
OUTSIDE = Path(settings.BASE_DIR, "marketplace", "demo")


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_generated_page_is_current(name):
    path = Path(settings.BASE_DIR, "docs", "reference", name)
    assert path.read_text() == reference.PAGES[name](), "run python manage.py api_reference"


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    GENERATOR_STATS.reset()
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(tmp_path / "schema.yaml"))


def test_every_endpoint_says_who_may_call_it():
    assert [row for row in reference.endpoints() if row[2] is None] == []


def test_every_code_in_the_source_has_a_page():
    found = set()
    for package in SOURCES:
        for path in Path(settings.BASE_DIR, package).rglob("*.py"):
            if OUTSIDE in path.parents:
                continue
            found |= set(re.findall(r"\bcode ?= ?\"([a-z][a-z-]+)\"", path.read_text()))
            found |= set(re.findall(r"\bRefused\(\s*\"([a-z-]+)\"", path.read_text()))
    assert found - OTHERS - set(problems.CATALOGUE) == set()


def test_each_problem_has_a_page(client):
    page = client.get("/api/problems/bid-late")
    assert page.status_code == 200
    assert b"arrived at or after the deadline" in page.content


def test_an_unknown_problem_has_none(client):
    assert client.get("/api/problems/no-such-code").status_code == 404


def test_an_unknown_address_answers_as_a_problem(client):
    answer = client.post("/api/v1/tendres")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_interactive_page_has_nothing_inline(client):
    page = client.get("/api/docs/").content.decode()
    assert "<style" not in page and " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert "http://" not in page and "https://" not in page
