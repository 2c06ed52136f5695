"""Large files are cut without being held, and tables hold what the records hold."""

import io
import json
import tracemalloc

import pytest

from procurement.ocds import cutting, strict, tables
from procurement.ocds.cutting import Broken, parts


def cut(text):
    return [(part.name, json.loads(part.text)) for part in parts(io.BytesIO(text.encode()))]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_package_is_cut_into_its_members(indent):
    whole = {"uri": "x", "releases": [{"ocid": "a", "t": 'b"]}'}, {"ocid": "c"}], "version": "1.1"}
    found = cut(json.dumps(whole, indent=indent))
    assert found == [
        ("uri", "x"),
        ("releases", whole["releases"][0]),
        ("releases", {"ocid": "c"}),
        ("version", "1.1"),
    ]


def test_lines_of_records_are_documents_although_they_hold_releases():
    line = {"ocid": "a", "releases": [{"ocid": "a"}], "compiledRelease": {"ocid": "a"}}
    assert cut(json.dumps(line) + "\n" + json.dumps(line)) == [("document", line)] * 2


def test_a_text_that_is_split_between_two_readings_is_whole(monkeypatch):
    monkeypatch.setattr(cutting, "CHUNK", 7)
    whole = {"uri": "päckage", "records": [{"ocid": 'ocds-é\\"', "n": [1, {"a": "]"}]}] * 3}
    found = cut(json.dumps(whole, ensure_ascii=False))
    assert [value for name, value in found if name == "records"] == whole["records"]


@pytest.mark.parametrize(
    "text",
    ['{"releases": [{]}', '{"uri": "a" "b": 1}', '{"releases": [1,]}', '{"uri": 1,}', "{", "tru"],
)
def test_broken_texts_are_told_with_a_line(text):
    with pytest.raises((Broken, ValueError)):
        cut(text)


class Endless(io.RawIOBase):
    """A package of so many bytes that is made while it is read."""

    def __init__(self, size):
        one = json.dumps({"ocid": "ocds-zzzzzz-1", "id": "1", "title": "x" * 2000}).encode() + b","
        self.head, self.one, self.left = b'{"uri":"x","releases":[', one, size

    def read(self, size=-1):
        if self.head:
            found, self.head = self.head, b""
            return found
        if self.left <= 0:
            found, self.one = (b'{"ocid":"z"}]}' if self.one else b""), b""
            return found
        self.left -= len(self.one) * 100
        return self.one * 100


def test_a_package_of_any_size_is_read_in_a_small_memory():
    tracemalloc.start()
    count = sum(1 for _ in parts(Endless(15_000_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 7_000 and peak < 3_000_000


def test_a_single_release_beyond_all_measure_is_refused(monkeypatch):
    monkeypatch.setattr(cutting, "LARGEST_PART", 1000)
    monkeypatch.setattr(cutting, "CHUNK", 100)
    with pytest.raises(Broken, match="larger"):
        cut('{"uri": "x", "releases": [{"a": "' + "x" * 5000 + '"}]}')


def test_numbers_are_read_exactly():
    assert str(strict.read("0.1000000000000000055511151231257827")) == (
        "0.1000000000000000055511151231257827"
    )


def test_a_row_of_a_table_names_its_parents():
    release = {
        "ocid": "o",
        "id": "i",
        "tag": ["compiled"],
        "bids": {"details": [{"id": "b", "value": {"amount": 3}, "items": [{"id": "1.1"}]}]},
    }
    found = list(tables.rows(release))
    assert found == [
        ("records", {"ocid": "o", "id": "i", "tag": "compiled"}),
        (
            "bids_details",
            {"ocid": "o", "id": "i", "bids/details/0/id": "b", "bids/details/0/value/amount": 3},
        ),
        (
            "bids_details_items",
            {"ocid": "o", "id": "i", "bids/details/0/id": "b", "bids/details/0/items/0/id": "1.1"},
        ),
    ]


def test_no_two_tables_share_a_name_and_each_fits_a_sheet():
    from procurement.ocds.merge import profile

    lists = [path for path, kind in profile()["fields"].items() if kind.startswith("a:o")]
    names = {tables.table_name(tuple(path.split("/"))) for path in lists}
    assert all(len(name) <= tables.SHEET_NAME for name in names)
    own = [p for p in lists if p.startswith(("bids/", "tender/lots", "contracts/implementation"))]
    short = [tables.table_name(tuple(path.split("/"))) for path in own if path.count("/") < 4]
    assert len(short) == len(set(short))
