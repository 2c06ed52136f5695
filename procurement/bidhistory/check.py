"""Check a downloaded bid history offline: the package, the leaves, and what the leaves say.

    python -m marketplace verify FILE.zip [--key KEY] [--against DOSSIER.zip|HISTORY.jsonl ...]

No Django and no database. By itself the file shows that it is what the service signed and that its
rows lead to the digest of its leaves. That a row says what its leaves hold shows only against a
dossier or a history of its tender, whose own proofs are checked first.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.ledger import verify as ledger
from marketplace.ledger.notes import checkpoint_head
from marketplace.ledger.verify import Check, Report, skipped, verify_history
from procurement.bidhistory import columns, reading, ties
from procurement.bidhistory.reading import Row
from procurement.dossier.verifier.base import TROUBLE
from procurement.dossier.verifier.notes import signed_object, verify_note
from procurement.dossier.verifier.package import Package

Body = dict[str, Any]
MANIFEST = "manifest.json"


def is_bid_history(name: str) -> bool:
    """Whether the file is a ZIP whose manifest says so; damage is for the check to tell."""
    try:
        with Path(name).open("rb") as file:
            package = Package(file)
            told = json.loads(package.read(MANIFEST))
            package.data.close()
    except TROUBLE:
        return False
    return isinstance(told, dict) and told.get("format") == columns.VERSION


def check(name: str, key: str | None = None, against: Sequence[str] = ()) -> Report:
    """Every check of the file; raises OSError alone."""
    made: list[Check] = []
    with Path(name).open("rb") as file:
        try:
            package = Package(file)
            manifest = json.loads(package.read(MANIFEST))
            made += _package(package, manifest, key)
            if all(one.passed for one in made):
                made += _table(package, manifest, key, against)
        except TROUBLE as error:
            made.append(Check("file can be read", False, f"{type(error).__name__}: {error}"))
    return Report(tuple(made))


# --- the package ------------------------------------------------------------------------------


def _package(package: Package, manifest: Body, key: str | None) -> list[Check]:
    trusted = key.strip() if key else manifest["key"]
    same = Check("key is the published one", manifest["key"] == trusted, manifest["key"])
    if key is None:
        same = skipped(same.name, "give --key to use one that you trust")
    signed = _holds("manifest is signed", signed_object, manifest, trusted)
    note = _holds("checkpoint is signed", verify_note, manifest["checkpoint"], trusted)
    return [same, signed, note, _files(package, manifest)]


def _holds(name: str, question: Any, *given: Any) -> Check:
    try:
        question(*given)
    except TROUBLE as error:
        return Check(name, False, str(error))
    return Check(name, True, "by that key")


def _files(package: Package, manifest: Body) -> Check:
    name = "files have the hashes of the manifest"
    listed = {row["path"]: row["sha256"] for row in manifest["files"]}
    if set(listed) != set(package.places) - {MANIFEST} or manifest["table"] not in listed:
        return Check(name, False, "there are other files than the manifest lists")
    for path, wanted in listed.items():
        try:
            same = package.digest(path) == wanted
        except TROUBLE as error:
            return Check(name, False, str(error))
        if not same:
            return Check(name, False, f"{path} has another hash")
    return Check(name, True, f"{len(listed)} files")


# --- the rows ---------------------------------------------------------------------------------


@dataclass
class _Pass:
    """What one pass over the rows finds."""

    manifest: Body
    size: int
    known: dict[str, ties.Evidence]
    count: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    beyond: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    compared: int = 0
    other: set[str] = field(default_factory=set)
    seen: dict[str, set[ties.Place]] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        self.count += 1
        if list(row) != self.manifest["columns"]:
            raise ValueError(f"row {self.count} has other columns than the manifest says")
        self.digest.update(
            bytes.fromhex(row["leaf_hash"]) + bytes.fromhex(row["opening_leaf_hash"])
        )
        first, last = int(row["leaf_sequence"]), int(row["opening_sequence"])
        if not first <= last < self.size:
            self.beyond.append(f"row {self.count}: leaves {first} and {last} of {self.size}")
        evidence = self.known.get(row["tender"])
        if evidence is None:
            self.other.add(row["tender"])
            return
        self.compared += 1
        self.seen.setdefault(row["tender"], set()).add(ties.place(row))
        if fault := ties.fault(row, evidence):
            self.wrong.append(f"row {self.count}: {fault}")


def _table(
    package: Package, manifest: Body, key: str | None, against: Sequence[str]
) -> list[Check]:
    _, size, _ = checkpoint_head(manifest["checkpoint"])
    made, known = _evidence(against, key or manifest["key"])
    found = _Pass(manifest, size, known)
    for row in reading.table(package, manifest["table"]):
        found.take(row)
    digest = found.digest.hexdigest()
    return [
        *made,
        Check(
            "rows are as many as the manifest says",
            found.count == manifest["rows"],
            f"{found.count} rows",
        ),
        Check(
            "leaves have the digest of the manifest",
            digest == manifest["leaves_digest"],
            f"{digest[:12]}…",
        ),
        _all("leaves are under the checkpoint", found.beyond, f"{size} entries"),
        *_compared(found),
    ]


def _all(name: str, faults: list[str], fine: str) -> Check:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Check(name, not faults, faults[0] + more if faults else fine)


def _compared(found: _Pass) -> Iterable[Check]:
    name = "rows say what their leaves hold"
    if found.compared:
        yield _all(name, found.wrong, f"{found.compared} rows of {len(found.seen)} tenders")
        yield _complete(found)
    if found.other:
        few = ", ".join(sorted(found.other)[:3])
        rest = f"{found.count - found.compared} rows of {len(found.other)} tenders ({few} …)"
        yield skipped(name, f"{rest}: give their dossiers or histories with --against")


def _complete(found: _Pass) -> Check:
    name = "no row of a compared tender is missing"
    if found.manifest["slice"]["tenderer"] or found.manifest["slice"]["commodity"]:
        return skipped(name, "the slice is narrowed by tenderer or commodity")
    faults = []
    for tender, seen in found.seen.items():
        wanted = found.known[tender].places()
        if wanted != seen:
            missing = len(wanted - seen)
            faults.append(f"{tender}: {missing} missing, {len(seen - wanted)} too many")
    return _all(name, faults, f"{len(found.seen)} tenders")


# --- what the rows are compared with ----------------------------------------------------------


def _evidence(names: Sequence[str], key: str) -> tuple[list[Check], dict[str, ties.Evidence]]:
    """Genuine histories by their tender; one that fails its own checks is not compared with."""
    made, known = [], {}
    for name in names:
        lines = _lines(name)
        report = verify_history(lines, key)
        bad = [one for one in report.checks if not one.passed]
        detail = f"{bad[0].name}: {bad[0].detail}" if bad else f"{len(lines) - 1} entries"
        made.append(Check(f"{Path(name).name} is a genuine history", not bad, detail))
        if not bad:
            history = ledger.read(lines)
            known[history.header["subject"]] = ties.Evidence.of(history)
    return made, known


def _lines(name: str) -> list[bytes]:
    with Path(name).open("rb") as file:
        if file.read(2) != b"PK":
            return Path(name).read_bytes().splitlines()
        package = Package(file)
        found = list(package.lines("history.jsonl"))
        package.data.close()
        return found
