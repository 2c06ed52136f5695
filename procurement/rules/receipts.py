"""Check a tenderer's receipt offline: it shares no code with what wrote it, only the ledger's
verifier. What a receipt proves: that an entry about this bid, with these hashes and times, is
under a root that the ledger signed.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from marketplace.ledger.notes import verify_note
from marketplace.ledger.verify import Check, Report, canonical, checkpoint_head, included

FORMAT = "musika-receipt/1"
# The receipt repeats these from the body of the entry, which alone is bound by the proof.
REPEATED = (
    "bid",
    "tenderer",
    "revision",
    "terms_hash",
    "header_hash",
    "ciphertext_hash",
    "tier",
    "received_at",
)
Receipt = dict[str, Any]


def check_receipt(text: str, expected_key: str | None = None) -> Report:
    """Every check of a receipt given as JSON text; never raises for what the text holds.

    `expected_key` is the vkey that the reader trusts; without it the receipt's own is used.
    """
    try:
        receipt = json.loads(text)
        ledger = receipt["ledger"]
        readable = receipt["format"] == FORMAT and isinstance(ledger, dict)
    except (ValueError, TypeError, KeyError, RecursionError):
        readable = False
    if not readable:
        return Report((Check("it is a receipt", False, f"it does not say {FORMAT}"),))
    return Report(tuple(_checks(receipt, expected_key)))


def _checks(receipt: Receipt, expected: str | None) -> Iterator[Check]:
    yield Check("it is a receipt", True, FORMAT)
    yield _key(receipt, expected)
    questions: tuple[tuple[str, Callable[[Receipt], str]], ...] = (
        ("the checkpoint is signed", lambda r: _signed(r, expected)),
        ("the entry is the one that was recorded", _commitment),
        ("the entry is in the signed record", _inclusion),
        ("the receipt says what the entry says", _repeated),
    )
    for name, ask in questions:
        try:
            fault = ask(receipt)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            fault = f"it is malformed: {type(error).__name__} {error}"[:200]
        yield Check(name, not fault, fault or "yes")


def _key(receipt: Receipt, expected: str | None) -> Check:
    name = "the key is the published one"
    found = receipt["ledger"].get("key")
    if expected is None:
        return Check(name, True, "not compared: no key was given")
    same = found == expected
    return Check(name, same, expected if same else f"the receipt has {str(found)[:120]}")


def _signed(receipt: Receipt, expected: str | None) -> str:
    ledger = receipt["ledger"]
    verify_note(ledger["checkpoint"], expected or ledger["key"])
    return ""


def _commitment(receipt: Receipt) -> str:
    ledger = receipt["ledger"]
    body = canonical(json.loads(ledger["body"]))
    text = b"agri-log/1 body\n" + bytes.fromhex(ledger["nonce"]) + body.encode()
    if hashlib.sha256(text).hexdigest() != ledger["commitment"]:
        return "its body does not match its commitment"
    return "" if _leaf(ledger).hex() == ledger["leaf"] else "its leaf is another entry's"


def _leaf(ledger: dict[str, Any]) -> bytes:
    time = str(ledger["time"]).replace("+00:00", "Z")
    text = f"agri-log/1\n{int(ledger['sequence'])}\n{time}\n{ledger['commitment']}\n"
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def _inclusion(receipt: Receipt) -> str:
    ledger = receipt["ledger"]
    _, size, root = checkpoint_head(ledger["checkpoint"])
    proof = [bytes.fromhex(value) for value in ledger["proof"]]
    found = included(_leaf(ledger), int(ledger["sequence"]), size, proof, root)
    return "" if found else "its proof does not lead to the signed root"


def _repeated(receipt: Receipt) -> str:
    body = json.loads(receipt["ledger"]["body"])
    if body.get("event") not in ("BidSubmitted", "BidReplaced"):
        return "the entry is not about a bid"
    wrong = [name for name in REPEATED if receipt.get(name) != body.get(name)]
    if receipt.get("tender") != body.get("subject"):
        wrong.append("tender")
    return f"{wrong[0]} is not the one in the entry" if wrong else ""
