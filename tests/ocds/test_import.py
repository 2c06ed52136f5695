"""Open data comes in strictly: a process whole or not at all, and nothing of anybody else's."""

import gzip
import io
import json

import pytest

from marketplace.accounts.models import Organization
from marketplace.ledger.models import Entry
from procurement.management.ocds import main
from procurement.models import Award, Bid, OcdsProcess, OcdsSource, Tender
from procurement.ocds import values
from procurement.operations import history, history_ocds, ocds
from procurement.rules.history import reading
from procurement.rules.history.errors import FileUnreadable
from procurement.rules.history.report import Kind
from tests.factories import START
from tests.ocds.checking import check
from tests.ocds.offline import folder

pytestmark = pytest.mark.django_db


def process(number="1", **changes):
    base = {
        "ocid": f"ocds-zzzzzz-{number}",
        "id": f"{number}-1",
        "date": "2024-05-01T10:00:00Z",
        "tag": ["tender", "award"],
        "initiationType": "tender",
        "parties": [
            {"id": "b", "name": "Board of Kwekwe", "roles": ["buyer"]},
            {"id": "s", "name": "Acme Seeds", "roles": ["supplier", "tenderer"]},
        ],
        "buyer": {"id": "b", "name": "Board of Kwekwe"},
        "tender": {
            "id": number,
            "title": "Seed maize",
            "status": "complete",
            "tenderPeriod": {"endDate": "2024-04-01T10:00:00Z"},
            "items": [{"id": "1", "description": "Seed maize", "quantity": 4}],
        },
        "bids": {
            "details": [
                {
                    "id": "x",
                    "status": "valid",
                    "tenderers": [{"id": "s", "name": "Acme Seeds"}],
                    "value": {"amount": 1000.5, "currency": "USD"},
                }
            ]
        },
        "awards": [
            {
                "id": "a",
                "status": "active",
                "date": "2024-05-01T10:00:00Z",
                "value": {"amount": 1000.5, "currency": "USD"},
                "suppliers": [{"id": "s", "name": "Acme Seeds"}],
            }
        ],
    }
    return base | changes


def package(*releases, **more):
    return json.dumps({"uri": "https://example.org/1", **more, "releases": list(releases)})


def bring(text, source="abroad", **options):
    raw = text if isinstance(text, bytes) else text.encode()
    lines = []
    summary = history_ocds.import_file(
        file=io.BytesIO(raw),
        filename="x.json",
        source=source,
        now=START,
        note=lines.append,
        **options,
    )
    return summary, lines


def refusals(text):
    summary, lines = bring(text)
    assert summary.added == 0 == Tender.objects.count()
    return [f"{line.column}: {line.why}" for line in lines if line.kind is Kind.REFUSED]


def test_a_process_of_another_publisher_becomes_a_past_tender():
    summary, _ = bring(package(process()))
    assert (summary.added, summary.bids_added) == (1, 1)
    award = Award.objects.get()
    assert (str(award.price), award.supplier.name) == ("1000.5", "Acme Seeds")
    assert str(Bid.objects.get().lines.get().unit_price) == "250.125"


def test_a_second_run_adds_nothing():
    bring(package(process()))
    entries = Entry.objects.count()
    summary, _ = bring(package(process()))
    assert (summary.added, summary.already_there, summary.differing) == (0, 1, 0)
    assert Entry.objects.count() == entries


def test_other_content_under_a_known_ocid_is_told_and_changes_nothing():
    bring(package(process()))
    changed = process(tender=process()["tender"] | {"title": "Something else"})
    summary, lines = bring(package(changed), source="other")
    assert (summary.added, summary.differing) == (0, 1)
    assert lines[0].kind is Kind.DIFFERS
    assert Tender.objects.get().title == "Seed maize"


def test_releases_out_of_order_and_far_apart_are_merged_by_their_dates():
    late = {"tender": {"id": "1", "status": "cancelled"}, "date": "2024-06-01T10:00:00Z"}
    later = {key: process()[key] for key in ("ocid", "initiationType")} | late
    texts = [json.dumps(later | {"id": "1-2", "tag": ["tenderCancellation"]})]
    texts += [json.dumps(process("2")), json.dumps(process())]
    summary, _ = bring("\n".join(texts))
    assert summary.added == 2
    found = OcdsSource.objects.get(ocid="ocds-zzzzzz-1").tender
    assert (found.title, found.cancelled_at is not None) == ("Seed maize", True)


def test_an_offset_does_not_upset_the_order():
    first = process(date="2024-05-01T23:30:00+00:00")
    second = process(id="1-2", date="2024-05-02T00:30:00+02:00", language="sn")
    bring(package(first, second | {"tag": ["award"]}))
    # Half past midnight at +02:00 is before half past eleven at UTC.
    assert values.loads(OcdsSource.objects.get().text)["date"] == "2024-05-01T23:30:00.000000Z"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (package(process()).encode("utf-16"), "UTF-8"),
        (package(process()).encode() + b"\xff", "UTF-8"),
        (package(process()).replace("Seed", "S\x00ed"), "NUL"),
        (package(process())[:-40], "ends in the middle"),
        ("", "empty"),
        ("<html>", "Neither an object nor a list"),
        ('{"releases": [{"ocid": nope}]}', "not JSON"),
        ('{"uri": "a", "uri": "b", "releases": []}', "twice"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(text, words):
    with pytest.raises(FileUnreadable, match=words):
        bring(text)
    assert Tender.objects.count() == Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (package(process()).replace('"Seed maize"', '"S\\u0000d"', 1), "NUL"),
        (package(process()).replace('"Seed maize"', '"S\\ud800"', 1), "half a character"),
        (package(process()).replace('"id": "1-1"', '"id": "1-1", "id": "2"'), "“id” twice"),
        (package(process()).replace("1000.5", '"1000.5"', 1), "text (“1000.5”) where a number"),
        (package(process()).replace("1000.5", "NaN", 1), "no number"),
        (package(process()).replace("1000.5", "1e400", 1), "more than 40 digits"),
        (package(process(date="yesterday")), "not an instant"),
        (package(process(ocid="zz-1")), "not an ocid"),
        (package(process(tag=None, tender=[])), "a list where an object belongs"),
        (package({"id": "1"}), "no ocid"),
        (package(process(), process(language="sn")), "twice with different content"),
        (package(process(buyer=None, tender={"id": "1", "status": "complete"})), "names no buyer"),
    ],
)
def test_a_record_that_cannot_be_taken_is_refused_with_its_place(text, words):
    assert any(words in line for line in refusals(text)), refusals(text)


def test_one_bad_release_keeps_its_whole_process_out_and_no_other():
    bad = json.dumps(process(id="1-2")).replace('"tag"', '"tag": [], "tag"')
    summary, lines = bring("\n".join([json.dumps(process()), bad, json.dumps(process("2"))]))
    assert (summary.added, summary.refused) == (1, 1)
    assert OcdsSource.objects.get().ocid == "ocds-zzzzzz-2"
    assert "line 2" in lines[0].column


def test_unknown_extensions_and_fields_are_left_out_and_told():
    text = package(process(colour="red"), extensions=["https://example.org/colours.json"])
    summary, lines = bring(text)
    told = " ".join(f"{line.column} {line.why}" for line in lines)
    assert summary.added == 1
    assert "colours.json" in told and "/colour is no field" in told
    assert "colour" not in values.loads(OcdsSource.objects.get().text)


def test_what_reaches_a_person_is_not_kept():
    one = process()
    one["parties"][1]["contactPoint"] = {"name": "Ann", "telephone": "+263771234567"}
    bring(package(one))
    kept = OcdsSource.objects.get().text + "".join(Entry.objects.values_list("body", flat=True))
    assert "263771234567" not in kept and "Ann" not in kept


def test_a_tender_that_still_runs_is_not_past():
    one = process()
    one["tender"] |= {"status": "active", "tenderPeriod": {"endDate": "2030-01-01T00:00:00Z"}}
    assert "no past tender yet" in refusals(package(one))[0]


def test_nothing_reaches_an_organisation_that_is_registered_here():
    own = Organization.objects.create(
        kind="company", name="Acme Seeds", registration_number="s", created_at=START
    )
    bring(package(process()))
    bid = Bid.objects.get()
    assert bid.tenderer.pk != own.pk and bid.tenderer.historical_source == "abroad"
    own.refresh_from_db()
    assert own.historical_source == "" and own.bids.count() == 0


def test_a_dry_run_writes_nothing():
    summary, _ = bring(package(process()), dry_run=True)
    assert summary.processes == 1 and Tender.objects.count() == 0


def test_an_imported_process_is_published_under_its_own_ocid():
    bring(package(process()))
    ocds.publish(now=START)
    row = OcdsProcess.objects.get()
    found = values.loads(row.compiled)
    assert (row.ocid, found["tender"]["title"]) == ("ocds-zzzzzz-1", "Seed maize")
    assert row.releases.get().tags == "tender,award"


@pytest.mark.parametrize("depth", [200, 50_000])
def test_a_record_that_is_nested_without_end_is_refused(depth):
    one = process(tender={"id": "1", "deliveryLocations": [{"geometry": {"coordinates": "@"}}]})
    text = package(one).replace('"@"', "[" * depth + "]" * depth)
    assert refusals(text)


def test_the_command_says_what_was_done_and_what_was_not(tmp_path, capsys):
    file, report = tmp_path / "x.json.gz", tmp_path / "report.csv"
    bad = process("2", date="yesterday")
    file.write_bytes(gzip.compress(package(process(), bad).encode()))
    status = main([str(file), "--source", "abroad", "--report", str(report)])
    assert status == 1 and "Added: 1 past tenders" in capsys.readouterr().out
    assert "not an instant" in report.read_text(encoding="utf-8-sig")
    assert main([str(file), "--source", "Not a name"]) == 2
    assert main([str(tmp_path / "none"), "--source", "abroad"]) == 2
    assert "none" in capsys.readouterr().err


def test_a_file_of_past_tenders_is_published_too(tmp_path):
    text = "No,Title,Buyer,Currency,Date,Bidder,Price,Won\n"
    text += "1,Maize,Board,USD,2024-03-01,Acme,100,yes\n1,Maize,Board,USD,2024-03-01,Bema,120,\n"
    imported_flat(text)
    ocds.publish(now=START)
    whole = values.loads(OcdsProcess.objects.get().compiled)
    assert [bid["status"] for bid in whole["bids"]["details"]] == ["valid", "valid"]
    assert whole["awards"][0]["suppliers"][0]["name"] == "Acme"
    assert whole["tender"]["status"] == "complete"
    if folder():
        file = tmp_path / "x.jsonl"
        file.write_text(OcdsProcess.objects.get().releases.get().text)
        assert check(file)["found"] == {}


def imported_flat(text):
    mapping = """
format = "musika-history-mapping/1"
source = "old"
[tender]
key = ["No"]
title = "Title"
buyer = "Buyer"
currency = "Currency"
[date]
column = "Date"
format = "%Y-%m-%d"
utc_offset = "+02:00"
[bid]
tenderer = "Bidder"
unit_price = "Price"
winner = { column = "Won", values = ["yes"] }
"""
    history.import_file(
        file=io.BytesIO(text.encode()),
        filename="x.csv",
        mapping=reading.parse(mapping.encode()),
        mapping_text=mapping,
        now=START,
    )
