"""The tables in docs/reference/ are those of the code."""

from pathlib import Path

import pytest
from django.urls import get_resolver

from marketplace import actions, authorisation
from procurement.rules import visibility

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    "name, module",
    [
        ("visibility.md", visibility),
        ("authorisation.md", authorisation),
        ("actions.md", actions),
    ],
)
def test_the_generated_table_is_current(name, module):
    assert (FOLDER / name).read_text() == module.reference(), (
        f"run python -m {module.__name__} > docs/reference/{name}"
    )


def test_each_page_that_acts_is_in_the_table_of_actions_and_none_twice():
    pages = {row.name for row in authorisation.rows() if row.method == "PAGE"}
    acting = {row.name for row in authorisation.rows() if row.shown.act} | _taking_post()
    known = {*actions.table(), *actions.WITHOUT}
    assert acting & pages - known == set(), "add a line to marketplace/actions.py"
    assert known - pages == set()
    assert actions.table().keys() & actions.WITHOUT.keys() == set()


def _taking_post() -> set[str]:
    """Views that Django's own decorators let take POST."""
    return {each.name for each in _patterns(get_resolver().url_patterns) if _takes(each.callback)}


def _patterns(rows):
    for row in rows:
        yield from _patterns(row.url_patterns) if hasattr(row, "url_patterns") else [row]


def _takes(view) -> bool:
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list) and "POST" in cell.cell_contents:
                return True
        view = getattr(view, "__wrapped__", None)
    return False
