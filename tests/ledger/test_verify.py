"""Every kind of edit to a history is caught, with its place, and never with a traceback."""

import copy
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.ledger import canonical, checkpoint, entry, export, merkle, queries, verify
from tests.ledger.conftest import EVERYTHING, START, append

pytestmark = pytest.mark.django_db
NOW = START + timedelta(days=1)
OTHER_SEED = bytes(range(32))


@pytest.fixture
def rows(tender):
    text = export.as_jsonl(tender, include=EVERYTHING, now=NOW)
    return [json.loads(line) for line in text]


def check(rows, key=None, extra=()):
    return verify.verify_history([canonical.dumps(row) for row in rows], key, extra)


def failed(report):
    return {check.name for check in report.checks if not check.passed}


def test_what_was_not_compared_is_no_pass(rows):
    """Without a trusted key nobody knows whose key it is: neither PASS nor FAIL."""
    report = check(rows)
    line = next(line for line in report.lines() if "key is the published one" in line)
    assert line.startswith("SKIP") and "not compared" in line and report.passed


def swap(rows, a, b):
    rows[a], rows[b] = rows[b], rows[a]


def hide(row, disclosure, visibility=None):
    row.update(event=None, body=None, nonce=None, disclosure=disclosure)
    row["visibility"] = visibility or row["visibility"]


def reseal(row):
    """A forger keeps commitment and leaf in step with the body that he wrote."""
    row["commitment"] = entry.commitment(bytes.fromhex(row["nonce"]), canonical.dumps(row["body"]))
    leaf = f"agri-log/1\n{row['sequence']}\n{row['time']}\n{row['commitment']}\n"
    row["leaf"] = merkle.leaf_hash(leaf.encode()).hex()


def forge_price(rows):
    rows[8]["body"]["read_out"][0]["price"] = "1"
    reseal(rows[8])


def resign(rows):
    """Another key, and everything that it can sign."""
    header = rows[0]
    name = header["origin"]
    text = "".join(f"{line}\n" for line in header["checkpoint"].split("\n")[:3])
    header["checkpoint"] = checkpoint.sign(text, name=name, seed=OTHER_SEED)
    header["key"] = checkpoint.vkey_of(name, OTHER_SEED)
    del header["signature"]
    plain = canonical.dumps(header) + "\n"
    note = checkpoint.sign(plain, name=name, seed=OTHER_SEED)
    header["signature"] = note[len(plain) + 1 :]


BODIES = "bodies match their commitments"
LEAVES = "leaves match their entries"
TREE = "entries are in the signed tree"
LINES = "lines agree with their bodies"
ORDER = "sequence and time go forward"
WHOLE = "nothing is missing"
HEADER = "header is signed"
SIGNED = "checkpoint is signed"
FILE = "file is readable"

EDITS = {
    "a word in a body": (lambda r: r[1]["body"].update(title="Red maize"), BODIES),
    "a number in a body": (lambda r: r[1]["body"].update(tonnes="120.51"), BODIES),
    "a key added to a body": (lambda r: r[1]["body"].update(note="x"), BODIES),
    "a key taken from a body": (lambda r: r[1]["body"].pop("title"), BODIES),
    "the person in a body": (lambda r: r[1]["body"].update(by="00" * 8), BODIES),
    "the nonce": (lambda r: r[1].update(nonce="00" * 32), BODIES),
    "the commitment": (lambda r: r[1].update(commitment="00" * 32), BODIES),
    "the leaf": (lambda r: r[1].update(leaf="00" * 32), LEAVES),
    "the time": (lambda r: r[1].update(time="2026-03-01T06:59:59.000000Z"), LEAVES),
    "the sequence": (lambda r: r[1].update(sequence=0), LEAVES),
    "the event": (lambda r: r[1].update(event="TenderCancelled"), LINES),
    "the class": (lambda r: r[1].update(visibility="auditor"), LINES),
    "a step of a proof": (lambda r: r[1]["proof"].__setitem__(0, "00" * 32), TREE),
    "a step less in a proof": (lambda r: r[1]["proof"].pop(), TREE),
    "a step more in a proof": (lambda r: r[1]["proof"].append("00" * 32), TREE),
    "a body forged with its leaf": (forge_price, TREE),
    "two lines swapped": (lambda r: swap(r, 3, 4), ORDER),
    "two bodies exchanged": (lambda r: swap_bodies(r, 3, 4), BODIES),
    "a line twice": (lambda r: r.insert(3, copy.deepcopy(r[3])), ORDER),
    "the first line dropped": (lambda r: r.pop(1), WHOLE),
    "a line dropped from the middle": (lambda r: r.pop(4), WHOLE),
    "the last line dropped": (lambda r: r.pop(), WHOLE),
    "a bid dropped and the counts lowered": (lambda r: drop_and_count(r, 4), WHOLE),
    "a public body called withheld": (lambda r: hide(r[1], "withheld"), LINES),
    "a public body called one for inspectors": (lambda r: hide(r[1], "withheld", "x"), WHOLE),
    "a public body called erased": (lambda r: hide(r[1], "erased"), WHOLE),
    "the subject": (lambda r: r[0].update(subject="ZW-2026-0009"), LINES),
    "the time of export": (lambda r: r[0].update(exported_at="2025-01-01"), HEADER),
    "the number of entries": (lambda r: r[0].update(entries=9), HEADER),
    "the last entries": (lambda r: r[0]["tips"].update(public=99), WHOLE),
    "what was left out": (lambda r: r[0].update(left_out=["opening"]), HEADER),
    "the size in the checkpoint": (lambda r: r[0].update(checkpoint=bigger(r)), SIGNED),
    "the checkpoint unsigned": (
        lambda r: r[0].update(checkpoint=r[0]["checkpoint"].partition("—")[0]),
        SIGNED,
    ),
    "the checkpoint of another ledger": (lambda r: r[0].update(origin="other.example"), SIGNED),
    "the header's signature": (lambda r: r[0].update(signature="— a b\n"), HEADER),
    "the key": (lambda r: r[0].update(key=r[0]["key"][:-4] + "AAA="), SIGNED),
    "a number for what was left out": (lambda r: r[0].update(left_out=1), FILE),
    "nothing for what is included": (lambda r: r[0].pop("includes"), FILE),
    "no header": (lambda r: r.pop(0), FILE),
    "another format": (lambda r: r[0].update(format="musika-history/2"), FILE),
}


def swap_bodies(rows, a, b):
    rows[a]["body"], rows[b]["body"] = rows[b]["body"], rows[a]["body"]


def drop_and_count(rows, index):
    rows.pop(index)
    rows[0]["entries"] -= 1
    rows[0]["shown"] -= 1


def bigger(rows):
    return rows[0]["checkpoint"].replace("\n16\n", "\n17\n")


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_caught_by_the_check_that_is_about_it(rows, edit):
    change, expected = EDITS[edit]
    change(rows)
    report = check(rows)
    assert expected in failed(report), report.lines()


def test_the_unedited_file_passes(rows):
    assert check(rows).passed, check(rows).lines()
    assert check(rows, queries.verifier_key()).passed


def test_a_withheld_line_cannot_be_dropped_or_filled(tender):
    text = [*export.as_jsonl(tender, include={"public"}, now=NOW)]
    rows = [json.loads(line) for line in text]
    [index] = [i for i, row in enumerate(rows) if row.get("disclosure") == "withheld"]
    assert WHOLE in failed(check([*rows[:index], *rows[index + 1 :]]))
    rows[index]["body"] = {"event": "TenderCancelled"}
    assert FILE in failed(check(rows))


def test_a_failure_names_the_line_and_the_entry(rows):
    rows[4]["body"]["bidder"] = "z9"
    [fault] = [c for c in check(rows).checks if c.name == BODIES]
    assert fault.detail == "line 5 (entry 7): the body is not the one that was recorded"


def test_a_file_signed_by_another_key_fails_against_the_published_one(rows):
    resign(rows)
    assert check(rows).passed
    report = check(rows, queries.verifier_key())
    assert {"key is the published one", SIGNED, HEADER} <= failed(report)


def test_a_malformed_key_fails_and_does_not_raise(rows):
    for key in ("", "a", "a+b+c", "\udcff+1+2", queries.verifier_key()[:-1]):
        assert not check(rows, key).passed


def test_without_a_key_the_report_says_that_none_was_compared(rows):
    assert any("not compared" in line for line in check(rows).lines())


@pytest.mark.parametrize("event", ["BidSubmitted", "BidReplaced", "BidWithdrawn"])
def test_a_bid_after_the_close_is_caught(tender, event):
    append(event, visibility="opening", now=NOW)
    report = verify.verify_history(export.as_jsonl(tender, include=EVERYTHING, now=NOW))
    assert failed(report) == {"no bid came in after the close"}
    assert f"line 10 (entry 16): {event} after line 8 (entry 13)" in str(report.lines())


def test_further_checks_are_asked_and_reported(rows):
    def evaluation(history):
        events = [entry["event"] for entry in history.shown()]
        yield verify.Check("evaluation", "LotEvaluated" in events, f"{len(events)} events")

    report = check(rows, extra=[evaluation])
    assert report.checks[-1] == verify.Check("evaluation", False, "8 events")


def test_a_further_check_that_breaks_is_a_failure_and_not_a_traceback(rows):
    def broken(history):
        raise KeyError("price")

    report = check(rows, extra=[broken])
    assert failed(report) == {"broken"}


BAD_LINES = [
    "",
    "{",
    "[]",
    "null",
    "1e5",
    '{"a":NaN}',
    '{"sequence":1.0}',
    '{"sequence":1,"sequence":2}',
    '"\\ud800"',
    '{"\\ud800":1}',
    "[" * 100_000,
    "1" * 5000,
    b"\xff\xfe",
    b"\x00",
]


@pytest.mark.parametrize("place", [0, 3])
@pytest.mark.parametrize("line", BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_line_that_is_no_entry_fails_with_its_number(rows, line, place):
    lines = [canonical.dumps(row) for row in rows]
    lines[place] = line
    report = verify.verify_history(lines)
    assert not report.passed
    assert f"line {place + 1}: " in report.checks[0].detail


def test_an_empty_file_fails():
    assert verify.verify_history([]).lines() == ["FAIL file is readable: line 1: the file is empty"]


def test_a_file_that_ends_in_the_middle_fails(rows):
    text = "\n".join(canonical.dumps(row) for row in rows)
    assert not verify.verify_history(text[: len(text) // 2].split("\n")).passed


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=70) | st.lists(st.integers())


@given(st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_value_anywhere_fails_without_a_traceback(rows, data):
    edited = copy.deepcopy(rows)
    row = data.draw(st.sampled_from(edited))
    key = data.draw(st.sampled_from(sorted(row)))
    junk = data.draw(JUNK.filter(lambda value: value != row[key]))
    row[key] = junk
    lines = [json.dumps(row) for row in edited]
    assert not verify.verify_history(lines).passed
