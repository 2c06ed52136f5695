"""Check a downloaded file offline: the ledger's proofs, and every evaluation recomputed.

    python -m marketplace verify FILE [--key KEY]    a history, a receipt, a dossier, a bid history

No Django and no database: the pure engine modules and the standard library. Exit 0 when no
check fails, 1 when one fails, 2 when the file cannot be read.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from marketplace.errors import MusikaError
from marketplace.ledger import verify as ledger
from marketplace.ledger.verify import Check, History, Report, verify_history
from procurement import engine
from procurement.bidhistory import check as bidhistory
from procurement.dossier.verifier import main as dossier
from procurement.rules import amending, closing, published
from procurement.rules import case as cases
from procurement.rules.canonical import digest
from procurement.rules.evaluation import evaluate
from procurement.rules.receipts import Recovery, check_receipt, is_receipt

Body = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; prints one line per check and a last line that sums up."""
    parser = argparse.ArgumentParser(
        prog="musika verify", description="Check a dossier, a history, a receipt or a bid history."
    )
    parser.add_argument("file", help="dossier.zip, a history as JSON lines, or receipt.json")
    parser.add_argument("--key", help="the ledger's public key, from a source that you trust")
    parser.add_argument(
        "--recoveries",
        metavar="FILE",
        help="with a receipt: the ledger's own history, which names what a restore has lost",
    )
    parser.add_argument(
        "--against",
        metavar="FILE",
        action="append",
        default=[],
        help="with a bid history: a dossier or history of a tender in it; may be given again",
    )
    parser.add_argument("--json", action="store_true", help="of a dossier: the report as JSON")
    given = parser.parse_args(arguments)
    try:
        if bidhistory.is_bid_history(given.file):
            return _told(bidhistory.check(given.file, given.key, given.against), given.file)
        if is_dossier(given.file):
            return _dossier(given)
        raw = Path(given.file).read_bytes()
        lost = Path(given.recoveries).read_bytes() if given.recoveries else b""
    except OSError as error:
        print(f"{error.filename}: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        return 2
    report = verify_file(raw, given.key)
    if lost:
        report = with_recoveries(raw, lost, given.key)
    return _told(report, given.file)


def _told(report: Report, name: str) -> int:
    failed = sum(not check.passed for check in report.checks)
    verdict = f"{failed} of {len(report.checks)} checks failed" if failed else _fine(report)
    print("\n".join([*report.lines(), f"{verdict}: {name}"]))  # noqa: T201
    return 0 if report.passed else 1


def is_dossier(name: str) -> bool:
    """Whether the file begins as a ZIP does."""
    with Path(name).open("rb") as file:
        return file.read(2) == b"PK"


def _dossier(given: argparse.Namespace) -> int:
    """The same verifier as travels in the file, with this installation's own engine: no code of
    the file is run."""
    words = [given.file, "--engine", str(engine.ROOT)]
    words += ["--key", given.key] if given.key else []
    return dossier.main([*words, "--json"] if given.json else words)


def _fine(report: Report) -> str:
    """What was not compared is no pass: the last line says how much that is."""
    skips = sum(not check.compared for check in report.checks)
    if not skips:
        return "All checks passed"
    return f"{len(report.checks) - skips} checks passed, {skips} could not be made (SKIP)"


def with_recoveries(raw: bytes, lost: bytes, key: str | None) -> Report:
    """A receipt beside the ledger's own history, which must itself be genuine."""
    lines = lost.splitlines()
    history = verify_history(lines, key)
    if not history.passed:
        failed = [
            Check(f"recoveries: {c.name}", False, c.detail) for c in history.checks if not c.passed
        ]
        return Report((*check_receipt(raw, key).checks, *failed))
    found = [
        Recovery(body["epoch"], body["kept"], body["lost"]["last"] + 1)
        for _, body in bodies(ledger.read(lines), "LedgerRecovered")
    ]
    return check_receipt(raw, key, found)


def verify_file(raw: bytes, key: str | None = None) -> Report:
    """A receipt or a history, whichever the file is."""
    if is_receipt(raw):
        return check_receipt(raw, key)
    return verify(raw.splitlines(), key)


def verify(lines: Sequence[str | bytes], key: str | None = None) -> Report:
    """Every check of the ledger, and those of a procurement."""
    return verify_history(lines, key, extra=(check_terms, check_opening, check_evaluations))


def bodies(history: History, *events: str) -> Iterator[tuple[int, Body]]:
    """Sequence and body of the entries shown whose event is one of `events`."""
    for entry in history.entries:
        if entry["disclosure"] == "shown" and entry["event"] in events:
            yield entry["sequence"], entry["body"]


# Each tells the terms whole; the last one holds.
TERMS_EVENTS = ("TenderPublished", "TenderAmended")


def check_terms(history: History) -> Iterator[Check]:
    """The terms have the hash that was published, and so has each lot's rule of evaluation.

    An amendment may tell something and give more time, nothing else.
    """
    before: Body | None = None
    for sequence, body in bodies(history, *TERMS_EVENTS):
        terms, wanted = body["terms"], body["evaluation_terms"]
        if before is not None:
            kept = amending.keeps_what_bids_answer(before, terms)
            yield Check("an amendment changes no question", kept, f"entry {sequence}")
        before = terms
        same = published.terms_hash(published.canonical_terms(terms)) == body["terms_hash"]
        yield Check("terms match their hash", same, f"entry {sequence}")
        found = {
            str(lot["lot"]): published.published_digest(terms, body["terms_hash"], lot["lot"])
            for lot in terms["lots"]
        }
        yield Check("rules of evaluation match", found == wanted, f"{len(wanted)} lots")


def check_opening(history: History) -> Iterator[Check]:
    """What was opened is what stood at CLOSE: nothing more, nothing less, nothing else."""
    standing: dict[str, tuple[int, str]] = {}
    for sequence, body in bodies(history, *ledger.BID_EVENTS):
        standing.pop(body["tenderer"], None)
        if body.get("ciphertext_hash"):
            standing[body["tenderer"]] = (sequence, body["ciphertext_hash"])
    expected = sorted(standing.values())
    acts = list(bodies(history, "BidsOpened"))
    if not acts:
        yield ledger.skipped("every standing bid was opened", "no opening is shown")
    for sequence, body in acts:
        opened = _pairs(body["bids"])
        detail = f"entry {sequence}: {len(opened)} opened, {len(expected)} standing"
        yield Check("every standing bid was opened", opened == expected, detail)
        yield _closed(history, sequence, body["closed"], opened)


def _closed(
    history: History, sequence: int, revealed: Body, opened: list[tuple[int, str]]
) -> Check:
    """The list that the opening reveals is the one to whose digest CLOSE was bound."""
    name, where = "CLOSE was bound to the bids that were opened", f"entry {sequence}"
    digests = [body["bids_digest"] for _, body in bodies(history, "TenderClosed")]
    bids = _pairs(revealed["bids"])
    if bids != opened:
        return Check(name, False, f"{where}: another list than the one that was read out")
    if digests != [closing.digest(bids, bytes.fromhex(revealed["nonce"]))]:
        return Check(name, False, f"{where}: the list is not the one of the close")
    return Check(name, True, f"{where}: {len(bids)} bids, digest {digests[0][:12]}…")


def _pairs(bids: Sequence[Body]) -> list[tuple[int, str]]:
    return sorted((bid["sequence"], bid["ciphertext_hash"]) for bid in bids)


def check_evaluations(history: History) -> Iterator[Check]:
    """Each case that is shown gives the recorded result again, by the rules as published."""
    rules: dict[str, str] = {}
    for _, body in bodies(history, *TERMS_EVENTS):
        rules |= body["evaluation_terms"]
    events = ("EvaluationConfirmed", "AwardDecided", "TenderImported")
    shown = [found for found in bodies(history, *events) if "case" in found[1]]
    if not shown:
        yield ledger.skipped("evaluation recomputes", "no evaluation is shown")
    for sequence, body in shown:
        yield _recomputed(sequence, body, rules.get(str(body["lot"])))


def _recomputed(sequence: int, body: Body, expected_terms: str | None) -> Check:
    name, where = "evaluation recomputes", f"entry {sequence}, lot {body['lot']}"
    try:
        result = evaluate(cases.from_json(body["case"]), expected_terms)
    except MusikaError as error:
        return Check(name, False, f"{where}: {error.message}")
    if digest(result.to_json()) != body["result_digest"]:
        return Check(name, False, f"{where}: the result differs from the recorded one")
    if "bid" in body and result.winners and body["bid"] not in {b.bid for b in result.bids}:
        return Check(name, False, f"{where}: the awarded bid was not evaluated")
    return Check(
        name, True, f"{where}: {len(result.bids)} bids, result {body['result_digest'][:12]}…"
    )


if __name__ == "__main__":
    sys.exit(main())
