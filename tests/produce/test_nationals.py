"""National tables: proposed with their source, confirmed by another, written into the record."""

import csv
import io
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.errors import Conflict, Invalid, MusikaError, NotFound, NotPermitted
from marketplace.ledger.models import Entry
from produce.models import Grade, Standard, StandardProposal
from produce.operations import catalogue, nationals
from produce.operations.catalogue import DATA
from produce.queries import grade_table
from produce.rules.reading import BadDataFile
from produce.rules.standardcsv import COLUMNS, csv_to_json, write_csv
from produce.rules.standardfile import read_standard
from produce.standardforms import standard_form
from tests.factories import START, content, item, tender_at

pytestmark = pytest.mark.django_db
FILES = sorted((DATA / "standards").glob("*.json"))


def form(**changes):
    base = json.loads((DATA / "standards" / "zw_gmb_intake_2018.json").read_text("utf-8"))
    named = {"code": "ZWS_MAIZE", "edition": "2027", "valid_from": "2026-01-01"}
    return {**base, **named, **changes}


def proposed(market, **changes):
    data = json.dumps(form(**changes)).encode()
    said = {"reason": "Gazetted, invented notice 12.", "by": market.officer, "now": START}
    return nationals.propose(data=data, **said)


def confirmed(market, **changes):
    row = proposed(market, **changes)
    return nationals.confirm(proposal=row, by=market.approver, now=START)


def test_a_table_counts_once_an_approver_has_confirmed_it(market):
    row = proposed(market)
    assert not Standard.objects.filter(code="ZWS_MAIZE").exists()
    nationals.confirm(proposal=row, by=market.approver, now=START)
    table = grade_table(Standard.objects.filter(code="ZWS_MAIZE").first())
    assert table and table[0].limits


def test_each_step_is_in_the_public_record_with_the_hash_of_the_table(market):
    row = confirmed(market)
    entries = Entry.objects.filter(subject="standard:ZWS_MAIZE").order_by("sequence")
    assert [entry.event for entry in entries] == ["StandardProposed", "StandardConfirmed"]
    assert row.sha256 in str(entries.last().body) and entries.last().visibility == "public"


def test_a_second_load_of_the_project_leaves_it_alone(market):
    confirmed(market)
    catalogue.load(now=START)
    assert Standard.objects.filter(code="ZWS_MAIZE").exists()


def test_nobody_confirms_what_he_proposed_and_not_everybody_may_propose(market):
    row = proposed(market)
    with pytest.raises(NotPermitted):
        nationals.confirm(proposal=row, by=market.officer, now=START)
    for other in (market.tenderers[0][0], market.approver):
        with pytest.raises(NotPermitted):
            nationals.propose(data=b"{}", reason="x", by=other, now=START)


def test_a_declined_proposal_changes_nothing_and_is_answered_once(market):
    row = nationals.decline(proposal=proposed(market), by=market.officer, now=START)
    assert not Standard.objects.filter(code="ZWS_MAIZE").exists()
    with pytest.raises(NotFound):
        nationals.confirm(proposal=row, by=market.approver, now=START)


def test_an_edition_waits_once(market):
    proposed(market)
    with pytest.raises(Conflict):
        proposed(market)


def test_a_correction_changes_the_limit_and_no_tender_that_demands_it(market):
    confirmed(market)
    before = Grade.objects.get(standard__code="ZWS_MAIZE", standard__commodity__code="MAIZE_GRAIN")
    demanded = item(standard="ZWS_MAIZE", edition="2027", grade=before.code)
    tender = tender_at("open", market, prices=(), lots=lots(demanded))
    parameters = form()["parameters"]
    parameters[0]["limits"][0] |= {"maximum": "9.75"}
    confirmed(market, parameters=parameters)
    assert str(before.limits.get(parameter__position=1).maximum) == "9.75"
    asked = tender.lots.get().items.get().specification.limits.get(position=1)
    assert str(asked.maximum) != "9.75"


def lots(demanded):
    return (replace(content().lots[0], items=(demanded,)),)


def test_a_grade_that_is_demanded_cannot_be_dropped(market):
    confirmed(market)
    grade = Grade.objects.filter(standard__code="ZWS_MAIZE").first()
    demanded = item(standard="ZWS_MAIZE", edition="2027", grade=grade.code)
    tender_at("draft", market, lots=lots(demanded))
    text = json.dumps(form()).replace(f'"{grade.code}"', '"OTHER"')
    row = nationals.propose(data=text.encode(), reason="x", by=market.officer, now=START)
    with pytest.raises(nationals.StillUsed):
        nationals.confirm(proposal=row, by=market.approver, now=START)
    assert StandardProposal.objects.get(pk=row.pk).confirmed_at is None


REFUSED = [
    (b"", BadDataFile),
    (b"{", BadDataFile),
    (b"\xff\xfe", Invalid),
    (b"a,b\n1,2\n", BadDataFile),
    (b"{}" + b" " * nationals.MOST_BYTES, Invalid),
    (b'{"a": "\x00"}', Invalid),
    (json.dumps(form(code="EAS2", edition="2011 to 2017 values")).encode(), nationals.OneOfOurs),
    (json.dumps(form()).replace("MAIZE_GRAIN", "GOLD").encode(), catalogue.UnknownCommodity),
    (json.dumps(form(valid_to="2025-01-01")).encode(), BadDataFile),
]


@pytest.mark.parametrize(("data", "error"), REFUSED)
def test_what_cannot_be_a_table_is_refused_and_nothing_is_written(market, data, error):
    with pytest.raises(error) as refusal:
        nationals.propose(data=data, reason="x", by=market.officer, now=START)
    assert refusal.value.where and not StandardProposal.objects.exists()


def test_a_table_without_a_reason_is_refused(market):
    with pytest.raises(Invalid, match="why"):
        nationals.propose(
            data=json.dumps(form()).encode(), reason=" ", by=market.officer, now=START
        )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_survives_the_way_through_csv(path):
    text = Path(path).read_text(encoding="utf-8")
    table = csv_to_json(write_csv(json.loads(text)), "t")
    assert read_standard(table, "t") == read_standard(text, "t")


def test_what_is_downloaded_can_be_proposed_again(market):
    for row in Standard.objects.select_related("commodity"):
        text = json.dumps(standard_form(row))
        entry = read_standard(text, "t")
        assert entry.code == row.code
        assert read_standard(csv_to_json(write_csv(json.loads(text)), "t"), "t") == entry


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(st.lists(st.text(max_size=8), max_size=30), max_size=4))
def test_no_csv_whatever_is_more_than_refused(cells):
    rows = [",".join(COLUMNS), *(",".join(row) for row in cells)]
    try:
        read_standard(csv_to_json("\n".join(rows), "t"), "t")
    except MusikaError:
        return
    raise AssertionError("cells of chance made a table")


def _cell(column, value):
    """The CSV of a table with another value in one column of its first row."""
    lines = write_csv(form()).splitlines()
    row = lines[1].split(",")
    row[COLUMNS.index(column)] = value
    return "\n".join([lines[0], ",".join(row), *lines[2:]])


BOMBS = {
    "a rank of five thousand digits": lambda: _cell("grade_rank", "9" * 5000),
    "decimals of five thousand digits": lambda: _cell("decimals", "9" * 5000),
    "a number of five thousand digits": lambda: '{"format": ' + "9" * 5000 + "}",
    "a hundred thousand brackets": lambda: '{"format": ' + "[" * 100_000,
    "a null byte behind an escape": lambda: json.dumps(form(title="Ma\x00ize")),
    "half a character": lambda: json.dumps(form(title="Ma\ud800ize")),
    "sixty thousand keys": lambda: json.dumps({f"k{n}": 1 for n in range(60_000)}),
    "ninety thousand commodities": lambda: json.dumps(
        form(commodities=[f"C{n}" for n in range(90_000)])
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_table_that_is_a_bomb_is_refused_with_its_place_and_at_once(market, name):
    began = time.process_time()
    with pytest.raises(BadDataFile):
        nationals.propose(
            data=BOMBS[name]().encode("utf-8", "surrogatepass"),
            reason="x",
            by=market.officer,
            now=START,
        )
    assert time.process_time() - began < 2


NOTES = ("=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-x", "'=1", "''-1", "'tis plain", "-4.5")


@pytest.mark.parametrize("note", NOTES)
def test_no_cell_of_a_downloaded_table_is_a_formula_and_each_comes_back_as_it_was(note):
    text = write_csv(form(note=note))
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    risky = [
        c
        for c in cells
        if c[:1] in tuple("=+-@\t\r\n") and not c.lstrip("-").replace(".", "").isdigit()
    ]
    assert risky == []
    assert json.loads(csv_to_json(text, "t"))["note"] == note
