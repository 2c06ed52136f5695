"""The tables in docs/reference/ are those of the code."""

from pathlib import Path

import pytest

from marketplace import authorisation
from procurement.rules import visibility

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    "name, module", [("visibility.md", visibility), ("authorisation.md", authorisation)]
)
def test_the_generated_table_is_current(name, module):
    assert (FOLDER / name).read_text() == module.reference(), (
        f"run python -m {module.__name__} > docs/reference/{name}"
    )
