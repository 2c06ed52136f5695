"""The tree (RFC 6962) and the history."""

from __future__ import annotations

import hashlib
from typing import Any

from procurement.dossier.verifier.base import Body, Broken, Report, canonical, sha, strict, unbase64
from procurement.dossier.verifier.notes import signed_object, verify_note
from procurement.dossier.verifier.package import Package

READABLE, MISSING, LATE = "history is readable", "nothing is missing", "no bid after the close"
MATCH, LEAVES = "bodies match their commitments", "leaves match their entries"
TREE, ORDERED = "entries are in the signed tree", "sequence and time go forward"
AGREE, TOLD = "lines agree with their bodies", "what is not shown is told"
BIDS = ("BidSubmitted", "BidReplaced", "BidWithdrawn")
KEPT = (*BIDS, "TenderClosed", "BidsOpened", "OpenerActed", "AwardDecided", "AwardCancelled")


def root_of(leaf: bytes, index: int, size: int, proof: list[str]) -> bytes:
    """The root to which a proof leads (RFC 9162, section 2.1.3.2); empty if it leads nowhere."""
    last, total, sha256 = size - 1, leaf, hashlib.sha256
    for value in proof:
        sibling = bytes.fromhex(value)
        if last <= 0 or len(sibling) != 32:
            return b""
        if index & 1 or index == last:
            total = sha256(b"\x01" + sibling + total).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            total = sha256(b"\x01" + total + sibling).digest()
        index, last = index >> 1, last >> 1
    return total if last == 0 else b""


class History:
    """Reads history.jsonl line by line; keeps the few bodies that later checks need."""

    def __init__(self, package: Package, report: Report, key: str) -> None:
        self.report, self.count, self.shown, self.closed = report, 0, 0, False
        self.kept: list[tuple[int, str, Body]] = []
        self.expected: dict[str, Any] = {}  # hashes of the files under records/
        self.told = dict.fromkeys(("shown", "withheld", "erased"), 0)
        self.last: dict[str, int] = {}
        self.before, self.gone = (-1, ""), set[int]()
        lines = package.lines("history.jsonl")
        self.header: Body = strict(next(lines, b""))
        note, origin = self.header["checkpoint"], self.header["origin"]
        names, size, root = note.split("\n")[:3]
        self.size, self.root = int(size), unbase64(root)
        if self.header["format"] != "musika-history/1" or self.header["key"] != key:
            raise Broken("line 1: another format, or another key than the manifest's")
        if not names == origin == key.split("+")[0]:
            raise Broken("line 1: it is of another ledger")
        for name in (READABLE, "checkpoint is signed", "history is signed"):
            report.ok(name, key)
        report.ask("checkpoint is signed", verify_note, note, key)
        report.ask("history is signed", signed_object, self.header, key)
        for line in lines:
            self.count += 1
            report.ask(READABLE, self._line, line, f"line {self.count + 1}")
        self._sum_up()

    def _line(self, line: bytes, where: str) -> None:
        entry = strict(line)
        index, time, leaf, kind = (entry[k] for k in ("sequence", "time", "leaf", "visibility"))
        text = f"agri-log/1\n{index}\n{time}\n{entry['commitment']}\n".encode()
        node = hashlib.sha256(b"\x00" + text).digest()
        inside = type(index) is int and 0 <= index < self.size
        self._ask(LEAVES, node.hex() == leaf, where)
        found = root_of(node, index, self.size, entry["proof"]) if inside else b""
        self._ask(TREE, found == self.root, where)
        self._ask(ORDERED, index > self.before[0] and time >= self.before[1], where)
        self.before = (index, time)
        self.told[entry["disclosure"]] += 1
        self.gone |= {index} if entry["disclosure"] == "erased" else set()
        if entry["disclosure"] == "shown":
            self._shown(entry, where)
        else:
            bare = all(entry[name] is None for name in ("body", "nonce", "event"))
            listed = entry["disclosure"] == "withheld" and kind in self.header["includes"]
            self._ask(AGREE, bare and not listed, where)
        if entry["disclosure"] != "withheld":
            self.last[kind] = index

    def _shown(self, entry: Body, where: str) -> None:
        body, event, nonce = entry["body"], entry["event"], bytes.fromhex(entry["nonce"])
        text = canonical(body)
        found = sha(b"agri-log/1 body\n", nonce, text)
        self._ask(MATCH, len(nonce) == 32 and found == entry["commitment"], where)
        told = (event, entry["visibility"], self.header["subject"])
        self._ask(AGREE, told == (body["event"], body["visibility"], body["subject"]), where)
        self._ask(MISSING, body["previous"] == self.last.get(entry["visibility"]), where)
        self._ask(LATE, not (self.closed and event in BIDS), where)
        self.closed, self.shown = self.closed or event == "TenderClosed", self.shown + 1
        self.gone -= set(body["entries"]) if event == "BodiesErased" else set()
        place = canonical({name: entry[name] for name in ("sequence", "time")})
        # Canonical, without writing it twice.
        record = b'{"body":' + text + b"," + place[1:] + b"\n"
        path = f"records/{event}.jsonl"
        self.expected.setdefault(path, hashlib.sha256()).update(record)
        if event in KEPT or any(name in body for name in ("case", "terms", "allocation_case")):
            self.kept.append((entry["sequence"], event, body))

    def _ask(self, name: str, good: bool, where: str) -> None:
        if not good:
            self.report.fault(name, f"{where}: not so")

    def _sum_up(self) -> None:
        for name in (MATCH, LEAVES, TREE, AGREE, ORDERED, MISSING):
            self.report.ok(name, f"{self.count} entries")
        tips = (self.last, self.count, self.shown)
        if tips != tuple(self.header[name] for name in ("tips", "entries", "shown")):
            self.report.fault(MISSING, "last entries or numbers are not those of the header")
        self.report.ok(LATE, "closed" if self.closed else "not closed yet")
        told = ", ".join(f"{number} {name}" for name, number in self.told.items())
        self.report.ok(TOLD, f"{self.count} leaves, {told}")
        if self.gone:
            self.report.fault(TOLD, f"nobody decided to erase entry {min(self.gone)}")

    def bodies(self, *events: str) -> list[tuple[int, Body]]:
        return [(sequence, body) for sequence, event, body in self.kept if event in events]
