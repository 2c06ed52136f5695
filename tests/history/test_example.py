"""The example of docs/reference/history-import.md does what the page says."""

import re
from pathlib import Path

import pytest

from procurement.management.history import main
from procurement.models import BidLine, Tender

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[2] / "docs/reference/history-import.md"


def block(kind: str) -> str:
    return re.search(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1]


def test_the_example_prints_what_the_page_shows(tmp_path, capsys):
    (tmp_path / "maize.csv").write_bytes(block("csv").encode("latin-1"))
    (tmp_path / "maize.toml").write_text(block("toml"), encoding="utf-8")
    given = [str(tmp_path / "maize.csv"), "--mapping", str(tmp_path / "maize.toml")]
    assert main(given) == 1
    assert capsys.readouterr().out == block("text")
    tender = Tender.objects.get(reference="H-depots-2019-17")
    assert (tender.title, str(tender.lots.get().reserve_price)) == ("White maize, Gwanda", "37200")
    assert "298.755" in {str(line.unit_price) for line in BidLine.objects.all()}


def test_the_page_names_every_key_of_a_mapping():
    from procurement.rules.history import reading

    page = PAGE.read_text(encoding="utf-8")
    parts = (reading._FILE, reading._TENDER, reading._DATE, reading._BID)
    missing = [key for part in parts for key in part if f"`{key}`" not in page]
    assert not missing
