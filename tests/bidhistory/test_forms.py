"""The four forms read back with the programs that people use, and the ZIP around them."""

import csv
import hashlib
import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pandas
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.ledger import queries
from procurement.bidhistory import columns, formulas, tables, write
from procurement.bidhistory.slices import Slice
from procurement.dossier.verifier.notes import signed_object
from procurement.models import Bid, BidLine, Tender
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db
FORMS = tuple(tables.FORMS)
EVIL = "=cmd|' /C calc'!A0;\t+1;\"a\nb\\,\u00e9_x0041_"


@pytest.fixture
def opened(market):
    tender = tender_at("opened", market)
    Tender.objects.filter(pk=tender.pk).update(title=EVIL)
    return tender


def made(form, chosen=Slice()):  # noqa: B008 - a frozen value
    out = io.BytesIO()
    write.write(out, chosen, form=form, now=AFTER)
    return zipfile.ZipFile(out)


def table(form):
    return made(form).read(f"bids.{form}")


def manifest(found):
    return json.loads(found.read("manifest.json"))


def test_csv_is_read_by_the_csv_module(opened):
    rows = list(csv.DictReader(io.StringIO(table("csv").decode(), newline="")))
    assert [row["unit_price"] for row in rows] == ["310", "300", "320"]
    assert tuple(rows[0]) == columns.NAMES
    assert formulas.unguard(rows[0]["title"]) == EVIL


def test_csv_has_no_cell_that_a_spreadsheet_would_run(opened):
    for row in csv.reader(io.StringIO(table("csv").decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


def test_json_lines_have_types_and_the_text_as_it_was(opened):
    rows = [json.loads(line) for line in table("jsonl").splitlines()]
    assert [row["unit_price"] for row in rows] == ["310", "300", "320"]
    assert (rows[0]["title"], rows[0]["lot"], rows[0]["awarded"]) == (EVIL, 1, False)
    assert rows[0]["stated_total"] is None
    assert rows[0]["failure"] == ""


def test_xlsx_holds_text_and_no_formula(opened):
    sheet = openpyxl.load_workbook(io.BytesIO(table("xlsx")))["bids"]
    head, *rows = sheet.iter_rows()
    assert tuple(cell.value for cell in head) == columns.NAMES
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    found = dict(zip(columns.NAMES, (cell.value for cell in rows[0]), strict=True))
    assert (found["unit_price"], found["lot"], found["awarded"]) == ("310", 1, False)
    assert openpyxl.utils.escape.unescape(found["title"]) == EVIL


def test_xlsx_is_read_by_pandas(opened):
    frame = pandas.read_excel(io.BytesIO(table("xlsx")), dtype=str)
    assert list(frame["unit_price"]) == ["310", "300", "320"]


def test_parquet_has_exact_types(opened):
    BidLine.objects.filter(unit_price="310").update(unit_price="310.123456789012")
    found = pyarrow.parquet.read_table(pa.BufferReader(table("parquet")))
    assert found.schema.field("unit_price").type == pa.decimal128(38, 12)
    assert found.schema.field("submitted_at").type == pa.timestamp("us", tz="UTC")
    assert found["unit_price"].to_pylist()[0] == Decimal("310.123456789012")
    assert found["title"].to_pylist() == [EVIL] * 3
    assert found["stated_total"].to_pylist() == [None] * 3


def test_parquet_is_read_by_pandas(opened):
    frame = pandas.read_parquet(io.BytesIO(table("parquet")))
    assert str(frame["opened_at"].dtype) == "datetime64[us, UTC]"
    assert list(frame["tender"]) == [opened.reference] * 3


def test_a_number_that_parquet_cannot_hold_is_refused_not_rounded(opened):
    BidLine.objects.filter(unit_price="310").update(unit_price="0.1234567890123")
    with pytest.raises(tables.DoesNotFit) as refused:
        made("parquet")
    assert "CSV" in refused.value.remedy


def test_a_text_that_a_spreadsheet_cannot_hold_is_refused_not_cut(opened):
    Bid.objects.update(failure="x" * 40_000)
    with pytest.raises(tables.DoesNotFit):
        made("xlsx")


def test_more_rows_than_a_sheet_holds_are_refused(opened, monkeypatch):
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    with pytest.raises(tables.DoesNotFit) as refused:
        made("xlsx")
    assert "shorter period" in refused.value.remedy


def test_a_file_that_the_zip_cannot_hold_is_refused(opened, monkeypatch):
    monkeypatch.setattr(write, "MOST_BYTES", 100)
    with pytest.raises(tables.DoesNotFit):
        made("csv")


@pytest.mark.parametrize("form", FORMS)
def test_the_manifest_tells_rows_slice_and_the_hash_of_the_table(opened, form):
    found = made(form, Slice(tender=opened.reference))
    told = manifest(found)
    assert (told["rows"], told["slice"]["tender"]) == (3, opened.reference)
    [row] = [row for row in told["files"] if row["path"] == f"bids.{form}"]
    assert row["sha256"] == hashlib.sha256(found.read(f"bids.{form}")).hexdigest()
    assert told["checkpoint"] == queries.latest_checkpoint().note
    signed_object(told, queries.verifier_key())


def test_every_form_of_a_slice_has_the_same_digest_of_leaves(opened):
    assert len({manifest(made(form))["leaves_digest"] for form in FORMS}) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_same_slice_at_the_same_time_is_the_same_bytes(opened, form):
    assert table(form) == table(form)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_slice_is_a_table_without_rows(market, form):
    assert manifest(made(form))["rows"] == 0


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_any_text_comes_back_from_every_form(opened, text):
    Tender.objects.filter(pk=opened.pk).update(title=text)
    row = next(csv.DictReader(io.StringIO(table("csv").decode(), newline="")))
    assert formulas.unguard(row["title"]) == text
    assert json.loads(table("jsonl").split(b"\n")[0])["title"] == text
    found = pyarrow.parquet.read_table(pa.BufferReader(table("parquet")))
    assert found["title"].to_pylist()[0] == text
