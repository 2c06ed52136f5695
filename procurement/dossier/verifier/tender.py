"""The tender: what the history says against the files beside it."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal
from typing import Any

from procurement.dossier.verifier.base import (
    Body,
    Broken,
    Report,
    Skip,
    canonical,
    sha,
    strict,
    unbase64,
)
from procurement.dossier.verifier.engine import run
from procurement.dossier.verifier.history import BIDS, READABLE, History
from procurement.dossier.verifier.notes import signed_object
from procurement.dossier.verifier.package import Package
from procurement.dossier.verifier.parts import (
    allocation_job,
    allocations,
    bind_allocation,
    check_answers,
    check_parts,
    ranges,
)
from procurement.dossier.verifier.sealed import labelled, unseal

FILES, HASHES = "files are those of the manifest", "files have their hashes"
SEALED, RECOMPUTE = "opened bids are what was sealed", "evaluations recompute"
# What the ledger knows nothing of: the server's signature is all that stands behind it.
UNBOUND = ("README.txt", "verify.py", "verify.html", "names.json", "letters.json")


class Dossier:
    """The questions about a tender; each method asks one and gives the detail of its PASS."""

    def __init__(self, package: Package, report: Report, given: argparse.Namespace) -> None:
        self.package, self.report, self.given = package, report, given
        self.hashes: dict[str, str] = {}
        self.bound = {"history.jsonl"}
        self.payloads: dict[str, Body] = {}

    def questions(self) -> None:
        for name, question in (
            *(("manifest is signed", self.check_manifest), (FILES, self.check_files)),
            *((READABLE, self.read_history), ("terms are as published", self.check_terms)),
            *(("standing bids were opened", self.check_opening), (SEALED, self.check_bids)),
            ("evaluations use what was opened", self.check_cases),
            ("awards follow the evaluation", self.check_awards),
            *(("records repeat the history", self.check_records), (RECOMPUTE, self.recompute)),
        ):
            self.report.ask(name, question)
            if name in self.report.faults:
                return

    def check_manifest(self) -> str:
        raw = self.package.read("manifest.json")
        self.manifest = found = strict(raw[:-1])
        if raw[-1:] != b"\n" or found["format"] != "musika-dossier/1":
            raise Broken("manifest.json does not say musika-dossier/1")
        name, key, trusted = "key is the published one", found["key"], self.given.key or ""
        self.report.ok(name, "not compared: give --key, from a source that you trust", "SKIP")
        if trusted:
            self.report.ok(name, trusted)
        if trusted.strip() not in ("", key):
            self.report.fault(name, f"the file has {key}")
        signed_object(found, trusted.strip() or key)
        return f"{found['tender']}, for the {found['reader']}, {found['exported_at']}"

    def check_files(self) -> str:
        rows = {row["path"]: [row["sha256"], row["size"]] for row in self.manifest["files"]}
        there = {name for name in self.package.places if name != "manifest.json"}
        for path in sorted(there.symmetric_difference(rows)):
            self.report.fault(FILES, f"{path}: {'added' if path in there else 'missing'}")
        if [row["path"] for row in self.manifest["files"]] != sorted(rows):
            self.report.fault(FILES, "the manifest names a file twice, or out of order")
        self.report.ok(HASHES, f"{len(rows)} files")
        for path in sorted(there & set(rows)):
            self.hashes[path] = self.report.ask(HASHES, self._digest, path, *rows[path]) or ""
        self.report.ok(HASHES, f"{len(rows)} files")
        return f"{len(rows)} files"

    def _digest(self, path: str, wanted: str, size: int) -> str:
        found = self.package.digest(path)
        if (found, self.package.places[path][1]) != (wanted, size):
            raise Broken(f"{path}: another content")
        return found

    def bind(self, path: str, digest: str) -> None:
        """The file must be there with this SHA-256, whatever the manifest says."""
        self.bound.add(path)
        if self.hashes.get(path) != digest:
            raise Broken(f"{path}: {'not what was recorded' if path in self.hashes else 'missing'}")

    def read_history(self) -> None:
        self.history = History(self.package, self.report, self.manifest["key"])
        head = self.history.header
        reader = "auditor" if "auditor" in head["includes"] else "public"
        told = {"tender": head["subject"], "exported_at": head["exported_at"], "reader": reader}
        if any(self.manifest[name] != value for name, value in told.items()):
            raise Broken(f"the manifest is not about {told}")

    def check_terms(self) -> str:
        bodies = [body for _, _, body in self.history.kept if "terms" in body]
        for body, before in zip(bodies, (None, *bodies)):
            text = json.dumps(body["terms"], sort_keys=True, separators=(",", ":"))
            if sha(text.encode()) != body["terms_hash"]:
                raise Broken("the recorded terms do not have the recorded hash")
            if before and not _only_amended(before["terms"], body["terms"]):
                raise Broken("an amendment changed what bids answer, or took time away")
        self.published, self.terms = bodies[-1], bodies[-1]["terms"]
        self.versions = {body["terms_hash"] for body in bodies}
        self.bind("tender/terms.json", self.published["terms_hash"])
        for row in self.terms["documents"]:
            self.bind(f"tender/documents/{row['sha256']}", row["sha256"])
        return f"{self.published['terms_hash'][:12]}…, {len(self.terms['documents'])} documents"

    def check_opening(self) -> str:
        standing: dict[str, tuple[int, str]] = {}
        self.entries = dict(self.history.bodies(*BIDS))
        for sequence, body in self.entries.items():
            standing.pop(body["tenderer"], None)
            if "ciphertext_hash" in body:
                standing[body["tenderer"]] = (sequence, body["ciphertext_hash"])
        [(_, opening)] = self.history.bodies("BidsOpened")
        self.opened, due = opening["bids"], sorted(standing.values())
        told, closes = opening["closed"], self.history.bodies("TenderClosed")
        for bids in (self.opened, told["bids"]):
            if sorted((b["sequence"], b["ciphertext_hash"]) for b in bids) != due:
                raise Broken(f"{len(bids)} bids are named, {len(due)} stood: not the same")
        digest = sha(b"musika-close/1\n", bytes.fromhex(told["nonce"]), canonical(told["bids"]))
        if [body["bids_digest"] for _, body in closes] != [digest]:
            raise Broken("the bids are not those to which the close was bound")
        promised, nonces = self.terms["committee"]["draw_commitments"], {}
        for _, body in self.history.bodies("OpenerActed"):
            nonces[body["position"]] = bytes.fromhex(body["draw_nonce"])
            if sha(nonces[body["position"]]) != promised[body["position"] - 1]:
                raise Broken(f"opener {body['position']} showed another nonce than promised")
        self.seed = sha(*(nonces[position] for position in sorted(nonces)))
        if self.seed != opening["draw_seed"]:
            raise Broken("the seed of the draw is not that of the openers' nonces")
        return f"{len(due)} bids"

    def check_bids(self) -> str:
        held = {row["bid"] for row in self.manifest["held_back"]}
        if held and self.manifest["reader"] != "public":
            raise Broken("bids are held back from an auditor")
        for line in self.opened:
            if line["bid"] not in held:
                self.report.ask(SEALED, self._bid, line)
        if held:
            raise Skip(f"{len(held)} of {len(self.opened)} bids are held back from the public")
        return f"{len(self.opened)} bids"

    def _bid(self, line: Body) -> None:
        bid, entry, committee = line["bid"], self.entries[line["sequence"]], self.terms["committee"]
        envelope = strict(self.package.read(f"envelopes/{bid}.json"))
        self.bound.add(f"envelopes/{bid}.json")
        head, text = unbase64(envelope["header"]), unbase64(envelope["ciphertext"])
        parts = [unbase64(p) for p in (envelope["sealed_gate"], *envelope["sealed_shares"])]
        found = (sha(head), labelled("ciphertext", *parts, text).hex(), line["tenderer"])
        if found != (entry["header_hash"], line["ciphertext_hash"], entry["tenderer"]):
            raise Broken(f"{bid}: the envelope is not the one that was recorded")
        header, due = strict(head), {n: entry[n] for n in ("tenderer", "revision", "terms_hash")}
        due |= {"tender": entry["subject"], "k": committee["quorum"]}
        due |= {"committee_hash": committee["hash"], "n": len(committee["public_keys"])}
        if entry["terms_hash"] not in self.versions:
            raise Broken(f"{bid}: sealed for terms that were never published")
        if wrong := [name for name, value in due.items() if header[name] != value]:
            raise Broken(f"{bid}: sealed for another {wrong[0]}")
        if line["dek"] is not None:
            payload = unseal(header, text, bytes.fromhex(line["dek"]))
            self.bind(f"bids/{bid}.json", sha(payload))
            if not line["failure"]:
                self.payloads[bid] = json.loads(payload)
                if _offers(self.payloads[bid]["lines"]) != _offers(line["lines"]):
                    raise Broken(f"{bid}: prices or quantities were read out differently")
                if ranges(self.payloads[bid]) != ranges(line):
                    raise Broken(f"{bid}: what it offers of divided lots was read out differently")
        elif not line["failure"]:
            raise Broken(f"{bid}: its key was not published")

    def check_cases(self) -> str:
        self.cases = [body for _, _, body in self.history.kept if "case" in body]
        for body in self.cases:
            lot, case = body["lot"], body["case"]
            due = {b["bid"]: b for b in self.opened if not b["failure"] and _of(b["lines"], lot)}
            if {row["bid"] for row in case["bids"]} != set(due):
                raise Broken(f"lot {lot}: not the bids that were opened for it")
            if case["draw_seed"] != self.seed or case["terms_hash"] != self.published["terms_hash"]:
                raise Broken(f"lot {lot}: another draw or other terms")
            for row in case["bids"]:
                self._case_bid(lot, row, due[row["bid"]])
            self.bind(f"evaluation/lot-{lot}-case.json", sha(canonical(case)))
            self.bind(f"evaluation/lot-{lot}-result.json", body["result_digest"])
        self.allocated = allocations(self.history.kept)
        for body in self.allocated:
            bind_allocation(self, body)
        return f"{len(self.cases)} evaluations" if self.cases else "none to be seen yet"

    def _case_bid(self, lot: int, row: Body, opened: Body) -> None:
        entry, payload = self.entries[opened["sequence"]], self.payloads.get(row["bid"], {})
        lines = [{**line, "lot": lot, "item": int(line["item"])} for line in row["lines"]]
        same = _offers(lines) == _offers(_of(opened["lines"], lot))
        same &= row["tenderer"] == opened["tenderer"]
        same &= _instant(row["submitted_at"]) == _instant(entry["received_at"])
        for part in ("declared", "responses") if payload else ():
            same &= _said(row[part]) == _said(_of(payload[part], lot))
        if not same:
            raise Broken(f"lot {lot}, bid {row['bid']}: not as it was opened")

    def check_awards(self) -> str:
        decided = self.history.bodies("AwardDecided")
        fallen = [(b["lot"], b["bid"]) for _, b in self.history.bodies("AwardCancelled")]
        divided = {lot["lot"] for lot in self.terms["lots"] if lot.get("division")}
        check_parts(self, [body for _, body in decided if body["lot"] in divided])
        for body in [body for _, body in decided if body["lot"] not in divided]:
            lot, bid = body["lot"], body["bid"]
            ranked = strict(self.package.read(f"evaluation/lot-{lot}-result.json"))["bids"]
            row = next((r for r in ranked if r["bid"] == bid and r["rank"]), None)
            if row is None or row["tenderer"] != body["supplier"]:
                raise Broken(f"lot {lot}: {bid} is no qualified bid of this supplier")
            ahead = [r["bid"] for r in ranked if r["rank"] and r["rank"] < row["rank"]]
            if passed := [other for other in ahead if (lot, other) not in fallen]:
                raise Broken(f"lot {lot}: {passed[0]} ranks before {bid}")
            if Decimal(body["price"]) != Decimal(row["price"]["decimal"].rstrip("…")):
                raise Broken(f"lot {lot}: awarded at another price than the evaluated one")
        return f"{len(decided)} awards"

    def check_records(self) -> str:
        for path, digest in self.history.expected.items():
            self.bind(path, digest.hexdigest())
        free = sorted(p for p in set(self.hashes) - self.bound if not p.startswith("engine/"))
        if odd := [p for p in free if p not in UNBOUND and not p.startswith("views/")]:
            raise Broken(f"{odd[0]}: nothing in the ledger speaks of it")
        self.report.ok("what is only signed is told", ", ".join(free))
        return f"{len(self.history.expected)} files"

    def recompute(self) -> str:
        if self.report.faults:
            raise Skip("not done, because something above failed")
        files = {p[7:]: self.package.read(p) for p in sorted(self.hashes) if p[:7] == "engine/"}
        lines = "".join(f"{path} {sha(data)}\n" for path, data in files.items())
        found = sha(b"musika-engine/1\n", lines.encode())
        wanted = self.published.get("engine_source")
        if wanted and found != wanted:
            raise Broken("the modules under engine/ are not those that the ledger recorded")
        if not self.given.engine and not (wanted and self.given.key):
            lack = "give --key" if wanted else "none is recorded: give --engine FOLDER"
            raise Skip(f"the engine of the file is not run: {lack}")
        rules, known = self.published["evaluation_terms"], ("terms", "terms_hash")
        job = {name: self.published[name] for name in known}
        job["lots"] = [lot["lot"] for lot in self.terms["lots"]]
        job["cases"] = [{"case": b["case"], "terms": rules[str(b["lot"])]} for b in self.cases]
        job["allocations"] = [allocation_job(self, body) for body in self.allocated]
        answers = run({} if self.given.engine else files, job, self.given)
        if answers["rules"] != rules:
            raise Broken("the rules of evaluation are not those that were published")
        if answers.get("allocation_rules") != self.published.get("allocation_terms"):
            raise Broken("the rules of allocation are not those that were published")
        check_answers(self.allocated, answers.get("allocations", []))
        for body, answer in zip(self.cases, answers["results"]):
            if "error" in answer or sha(canonical(answer["result"])) != body["result_digest"]:
                raise Broken(f"lot {body['lot']}: {answer.get('error', 'another result')}")
        whose = "your own copy" if self.given.engine else f"engine {found[:12]}…"
        more = f" and {len(self.allocated)} allocations" if self.allocated else ""
        return f"{len(self.cases)} evaluations{more}, by {whose}"


def _only_amended(old: Body, new: Body) -> bool:
    """Whether the newer terms tell more and give more time, and leave all else as it was."""
    free, earlier = ("deadline", "enquiry_deadline", "amendments"), old.get("amendments", [])
    same = [{k: v for k, v in terms.items() if k not in free} for terms in (old, new)]
    later = new["deadline"] >= old["deadline"]
    return same[0] == same[1] and later and new["amendments"][: len(earlier)] == earlier


def _of(rows: list[Body], lot: int) -> list[Body]:
    return [row for row in rows if row["lot"] == lot]


def _offers(lines: list[Body]) -> dict[Any, list[Decimal]]:
    pair = ("unit_price", "quantity")
    return {(line["lot"], line["item"]): [Decimal(line[n]) for n in pair] for line in lines}


def _said(rows: list[Body]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((k, _plain(v)) for k, v in row.items() if k != "lot") for row in rows)


def _plain(value: Any) -> str:
    """13.50 and 13.5 are one value."""
    try:
        return str(Decimal(value).normalize())
    except ArithmeticError:
        return str(value)


def _instant(text: str) -> tuple[str, str]:
    whole, _, part = text.rstrip("Z").split("+")[0].partition(".")
    return whole, part.rstrip("0")
