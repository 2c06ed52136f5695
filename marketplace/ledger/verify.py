"""Verify a downloaded history with nothing but Python (3.9 or newer), this file and `notes.py`.

    python verify.py tender-history.jsonl --key 'musika.example/ledger+1a2b3c4d+...'

Prints one line per check (PASS, FAIL with the place, SKIP for what could not be compared) and ends
with 0 or 1. It shares no code with what wrote the history, on purpose: whoever doubts the server
need not run its code, and whoever doubts these two files writes them again from
docs/reference/ledger.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

try:
    from marketplace.ledger.notes import checkpoint_head, verify_note
except ImportError:  # copied out of the project, the two files side by side
    from notes import checkpoint_head, verify_note  # type: ignore[import-not-found, no-redef]

FORMAT = "musika-history/1"
BID_EVENTS = frozenset({"BidSubmitted", "BidReplaced", "BidWithdrawn"})
DISCLOSURES = ("shown", "withheld", "erased")
HEX = re.compile(r"[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class Check:
    """The answer to one question; `detail` says what was counted, or where it fails."""

    name: str
    passed: bool
    detail: str
    # False: there was nothing to compare with. It fails nothing, and it proves nothing.
    compared: bool = True

    @property
    def word(self) -> str:
        return ("PASS" if self.compared else "SKIP") if self.passed else "FAIL"


def skipped(name: str, why: str) -> Check:
    return Check(name, True, f"not compared: {why}", compared=False)


@dataclass(frozen=True)
class Report:
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def lines(self) -> list[str]:
        return [f"{check.word} {check.name}: {check.detail}" for check in self.checks]


@dataclass
class History:
    """A history file taken apart. `entries` are the well-formed lines; `faults` names the rest."""

    header: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def shown(self) -> Iterator[dict[str, Any]]:
        return (entry for entry in self.entries if entry["disclosure"] == "shown")


ExtraCheck = Callable[[History], Iterable[Check]]


def verify_history(
    lines: Iterable[str | bytes],
    expected_key: str | None = None,
    extra: Iterable[ExtraCheck] = (),
) -> Report:
    """Check a history line by line; never raises for what the lines hold.

    `expected_key` is the vkey that the reader trusts; without it the key in the file is used, and
    the report says so. Each callable in `extra` gets the History and gives further checks.
    """
    try:
        return _verify(read(lines), expected_key, extra)
    except RecursionError:
        return Report((Check("file is readable", False, "a line is nested too deeply"),))


def _verify(history: History, expected_key: str | None, extra: Iterable[ExtraCheck]) -> Report:
    checks = [_all("file is readable", history.faults, f"{len(history.entries)} entries")]
    if history.header:
        checks += [_key(history, expected_key), *_signatures(history, expected_key)]
        checks += [_per_entry(history, *question) for question in QUESTIONS]
        checks += [_order(history), _completeness(history), _closing(history), _disclosed(history)]
        for further in extra:
            checks += _guarded(further, history)
    return Report(tuple(checks))


# --- reading ----------------------------------------------------------------------------------


def read(lines: Iterable[str | bytes]) -> History:
    history = History()
    for number, line in enumerate(lines, start=1):
        try:
            row = json_object(line)
            fault = _header_fault(row) if number == 1 else _entry_fault(row)
        except (ValueError, RecursionError) as error:
            row, fault = {}, f"not a JSON object ({error})"
        if fault:
            history.faults.append(f"line {number}: {fault}")
        elif number == 1:
            history.header = row
        else:
            history.entries.append({**row, "line": number})
    if not history.header and not history.faults:
        history.faults.append("line 1: the file is empty")
    return history


def json_object(line: str | bytes) -> dict[str, Any]:
    """Read one JSON object strictly; ValueError for floats, keys given twice, anything else."""
    text = line.decode("utf-8") if isinstance(line, bytes) else line
    row = json.loads(
        text, parse_float=_inexact, parse_constant=_inexact, object_pairs_hook=_once_each
    )
    if not isinstance(row, dict):
        raise ValueError("it is something else")
    canonical(row).encode("utf-8")
    return row


def _inexact(text: str) -> None:
    raise ValueError(f"{text[:20]} is not exact")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def canonical(value: Any) -> str:
    """RFC 8785 for what a ledger holds: ASCII keys, text, whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


HEADER_TEXTS = ("format", "subject", "origin", "key", "checkpoint", "exported_at", "signature")


def _header_fault(row: dict[str, Any]) -> str:
    if row.get("format") != FORMAT:
        return f"the header does not say {FORMAT}"
    for name in HEADER_TEXTS:
        if not isinstance(row.get(name), str):
            return f"the header lacks {name}"
    if not _whole(row.get("entries")) or not _whole(row.get("shown")):
        return "the header does not count its entries"
    tips, classes = row.get("tips"), [row.get("includes"), row.get("left_out")]
    if not isinstance(tips, dict) or not all(_whole(tip) for tip in tips.values()):
        return "the header lacks tips"
    if not all(isinstance(names, list) for names in classes):
        return "the header does not say what it includes and leaves out"
    return ""


def _entry_fault(row: dict[str, Any]) -> str:
    if not _whole(row.get("sequence")):
        return "no sequence"
    if not isinstance(row.get("time"), str) or not TIME.fullmatch(row["time"]):
        return "no time in the form 2026-01-31T00:00:00.000000Z"
    for name in ("commitment", "leaf"):
        if not _hash(row.get(name)):
            return f"{name} is not a hash"
    proof = row.get("proof")
    if not isinstance(proof, list) or not all(_hash(value) for value in proof):
        return "proof is not a list of hashes"
    if row.get("disclosure") not in DISCLOSURES or not isinstance(row.get("visibility"), str):
        return "it does not say whether its body is shown"
    return _body_fault(row)


def _body_fault(row: dict[str, Any]) -> str:
    if row["disclosure"] != "shown":
        hidden = all(row.get(name) is None for name in ("body", "nonce", "event"))
        return "" if hidden else f"it is {row['disclosure']} and yet shows something"
    if not isinstance(row.get("body"), dict) or not isinstance(row.get("event"), str):
        return "body or event is missing"
    return "" if _hash(row.get("nonce")) else "nonce is not 32 bytes in hexadecimal"


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _hash(value: Any) -> bool:
    return isinstance(value, str) and HEX.fullmatch(value) is not None


# --- the questions ----------------------------------------------------------------------------


def _all(name: str, faults: list[str], fine: str) -> Check:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Check(name, not faults, faults[0] + more if faults else fine)


def _key(history: History, expected: str | None) -> Check:
    name = "key is the published one"
    if expected is None:
        return skipped(name, "give --key to use one that you trust")
    same = history.header["key"] == expected.strip()
    return Check(name, same, expected if same else f"line 1: the file has {history.header['key']}")


def _signatures(history: History, expected: str | None) -> list[Check]:
    header = history.header
    key = expected.strip() if expected else header["key"]
    plain = canonical({k: v for k, v in header.items() if k != "signature"}) + "\n"
    return [
        _signed("checkpoint is signed", header["checkpoint"], key, header["origin"]),
        _signed("header is signed", plain + "\n" + header["signature"], key, header["origin"]),
    ]


def _signed(name: str, note: str, key: str, origin: str) -> Check:
    try:
        verify_note(note, key)
        if key.partition("+")[0] != origin:
            raise ValueError("the key has another name than the origin")
    except ValueError as error:
        return Check(name, False, f"line 1: {error}")
    return Check(name, True, key)


def _commitment(entry: dict[str, Any], _: History) -> str:
    if entry["disclosure"] != "shown":
        return ""
    text = b"agri-log/1 body\n" + bytes.fromhex(entry["nonce"]) + canonical(entry["body"]).encode()
    same = hashlib.sha256(text).hexdigest() == entry["commitment"]
    return "" if same else "the body is not the one that was recorded"


def _leaf(entry: dict[str, Any], _: History) -> str:
    leaf = f"agri-log/1\n{entry['sequence']}\n{entry['time']}\n{entry['commitment']}\n"
    same = hashlib.sha256(b"\x00" + leaf.encode()).hexdigest() == entry["leaf"]
    return "" if same else "sequence, time or commitment is not as recorded"


def _inclusion(entry: dict[str, Any], history: History) -> str:
    try:
        origin, size, root = checkpoint_head(history.header["checkpoint"])
    except ValueError as error:
        return str(error)
    if origin != history.header["origin"]:
        return "the checkpoint is of another ledger"
    leaf, proof = bytes.fromhex(entry["leaf"]), [bytes.fromhex(p) for p in entry["proof"]]
    if included(leaf, entry["sequence"], size, proof, root):
        return ""
    return "its proof does not lead to the signed root"


def _agreement(entry: dict[str, Any], history: History) -> str:
    if entry["disclosure"] != "shown":
        listed = entry["visibility"] in history.header["includes"]
        hidden = entry["disclosure"] == "withheld" and listed
        return "it is withheld from a reader who may see it" if hidden else ""
    told = {"event": entry["event"], "visibility": entry["visibility"]}
    told["subject"] = history.header["subject"]
    wrong = [name for name, value in told.items() if entry["body"].get(name) != value]
    return f"{wrong[0]} is not the one in the body" if wrong else ""


QUESTIONS: tuple[tuple[str, Callable[[dict[str, Any], History], str]], ...] = (
    ("bodies match their commitments", _commitment),
    ("leaves match their entries", _leaf),
    ("entries are in the signed tree", _inclusion),
    ("lines agree with their bodies", _agreement),
)


def _per_entry(history: History, name: str, ask: Callable[[dict[str, Any], History], str]) -> Check:
    answers = ((entry, ask(entry, history)) for entry in history.entries)
    faults = [f"{_place(entry)}: {answer}" for entry, answer in answers if answer]
    return _all(name, faults, f"{len(history.entries)} entries")


def _place(entry: dict[str, Any]) -> str:
    return f"line {entry['line']} (entry {entry['sequence']})"


def _order(history: History) -> Check:
    faults, before = [], {"sequence": -1, "time": ""}
    for entry in history.entries:
        if entry["sequence"] <= before["sequence"]:
            faults.append(f"{_place(entry)}: it comes after entry {before['sequence']}")
        if entry["time"] < before["time"]:
            faults.append(f"{_place(entry)}: it is earlier than the line before it")
        before = entry
    return _all("sequence and time go forward", faults, f"{len(history.entries)} entries")


def _completeness(history: History) -> Check:
    """Each body names the entry before it of its class; the signed header names the last."""
    faults: list[str] = []
    last: dict[str, int] = {}
    for entry in history.entries:
        kind = entry["visibility"]
        if entry["disclosure"] == "shown" and entry["body"].get("previous") != last.get(kind):
            faults.append(f"{_place(entry)}: the entry before it is missing")
        if entry["disclosure"] != "withheld":
            last[kind] = entry["sequence"]
    header, shown = history.header, len(list(history.shown()))
    if last != header["tips"]:
        faults.append("line 1: the last entries are not those that the header names")
    if (len(history.entries), shown) != (header["entries"], header["shown"]):
        faults.append(f"line 1: {header['entries']} entries, {header['shown']} shown; not here")
    return _all("nothing is missing", faults, f"{header['entries']} entries")


def _closing(history: History) -> Check:
    name, closed, faults = "no bid came in after the close", None, []
    for entry in history.shown():
        if closed is not None and entry["event"] in BID_EVENTS:
            faults.append(f"{_place(entry)}: {entry['event']} after {_place(closed)}")
        if entry["event"] == "TenderClosed" and closed is None:
            closed = entry
    if closed is None:
        return skipped(name, "no close is shown")
    return _all(name, faults, f"closed by {_place(closed)}")


def _disclosed(history: History) -> Check:
    found = [e["disclosure"] for e in history.entries]
    detail = f"{len(found)} leaves, " + ", ".join(f"{found.count(n)} {n}" for n in DISCLOSURES)
    detail += "".join(f"; entries for the {n} are left out" for n in history.header["left_out"])
    told = (e["body"] for e in history.shown() if e["event"] == "BodiesErased")
    named = {n for body in told for n in body["entries"]}
    gone = (e for e in history.entries if e["disclosure"] == "erased")
    lost = [_place(e) for e in gone if e["sequence"] not in named]
    faults = [f"{place}: nobody decided to erase it" for place in lost]
    return _all("what is not shown is told", faults, detail)


def _guarded(further: ExtraCheck, history: History) -> list[Check]:
    try:
        return list(further(history))
    except Exception as error:
        name = getattr(further, "__name__", "further check")
        return [Check(name, False, f"could not be done: {type(error).__name__}: {error}")]


# --- the tree: RFC 6962 -----------------------------------------------------------------------


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    last, total = size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index % 2 or index == last:
            total = hashlib.sha256(b"\x01" + sibling + total).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            total = hashlib.sha256(b"\x01" + total + sibling).digest()
        index, last = index // 2, last // 2
    return last == 0 and total == root


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify a downloaded history.")
    parser.add_argument("file", help="the history, JSON lines")
    parser.add_argument("--key", help="the ledger's public key, as name+id+base64")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as file:  # noqa: PTH123 - one file, Python 3.9
            report = verify_history(file, given.key)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
