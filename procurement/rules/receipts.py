"""Check a tenderer's receipt offline: it shares no code with what wrote it, only the ledger's
verifier. What a receipt proves: that an entry about this bid, with these hashes and times, is
under a root that the ledger signed.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.ledger.notes import checkpoint_head, verify_note
from marketplace.ledger.verify import (
    Check,
    Report,
    canonical,
    included,
    json_object,
    skipped,
)

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
OUTER_TEXTS = ("tender", "received_at", "recorded_at", "ciphertext_hash")
LEDGER_TEXTS = ("time", "nonce", "body", "commitment", "leaf", "checkpoint", "key")
Receipt = dict[str, Any]
_EPOCH = re.compile(r"/epoch-([1-9][0-9]*)$")
# Raises ValueError with what is wrong; gives what was found.
Question = Callable[[Receipt, str], str]


@dataclass(frozen=True)
class Recovery:
    """An epoch that began after entries were lost: places `kept` to `lost_size` - 1."""

    epoch: int
    kept: int
    lost_size: int


def is_receipt(data: str | bytes) -> bool:
    """Whether the whole file is one object that calls itself a receipt.

    That a file merely mentions the word does not count: a tender's own text may.
    """
    try:
        return str(json_object(data).get("format", "")).startswith("musika-receipt/")
    except (ValueError, RecursionError):
        return False


def check_receipt(
    text: str | bytes, expected_key: str | None = None, recoveries: Sequence[Recovery] = ()
) -> Report:
    """Every check of a receipt given as JSON text; never raises for what the text holds.

    `expected_key` is the vkey that the reader trusts; without it the receipt's own is used. The
    same key under its name of another epoch counts as the same. With `recoveries` it is told
    whether the entry was lost in one.
    """
    try:
        receipt = json_object(text)
        fault = _fault(receipt)
    except (ValueError, RecursionError) as error:
        receipt, fault = {}, f"it is not a JSON object ({error})"
    if fault:
        return Report((Check("it is a receipt", False, fault),))
    checks = list(_checks(receipt, expected_key))
    if recoveries and all(check.passed for check in checks):
        checks.append(_kept(receipt, recoveries))
    return Report(tuple(checks))


def _fault(receipt: Receipt) -> str:
    ledger = receipt.get("ledger")
    if receipt.get("format") != FORMAT or not isinstance(ledger, dict):
        return f"it does not say {FORMAT}"
    for part, names in ((receipt, OUTER_TEXTS), (ledger, LEDGER_TEXTS)):
        for name in names:
            if not isinstance(part.get(name), str):
                return f"{name} is missing"
    sequence, proof = ledger.get("sequence"), ledger.get("proof")
    if type(sequence) is not int or sequence < 0:
        return "sequence is not a number"
    if not isinstance(proof, list) or not all(isinstance(value, str) for value in proof):
        return "proof is not a list of hashes"
    return ""


def _checks(receipt: Receipt, expected: str | None) -> Iterator[Check]:
    yield Check("it is a receipt", True, FORMAT)
    yield _key(receipt["ledger"]["key"], expected)
    own = receipt["ledger"]["key"]
    key = (own if expected is None or same_key(own, expected) else expected).strip()
    questions: tuple[tuple[str, Question], ...] = (
        ("the checkpoint is signed", _signed),
        ("the entry is the one that was recorded", _commitment),
        ("the entry is in the signed record", _inclusion),
        ("the receipt says what the entry says", _repeated),
    )
    for name, ask in questions:
        try:
            yield Check(name, True, ask(receipt, key))
        except (ValueError, RecursionError) as error:
            yield Check(name, False, str(error)[:200])


def _key(found: str, expected: str | None) -> Check:
    name = "the key is the published one"
    if expected is None:
        return skipped(name, "no key was given")
    same = same_key(found, expected)
    return Check(name, same, found.strip() if same else f"the receipt has {found[:120]}")


def same_key(one: str, other: str) -> bool:
    """Whether two vkeys are one key of one ledger, in whichever epochs."""
    return _identity(one) == _identity(other)


def _identity(vkey: str) -> tuple[str, str]:
    """Name without the epoch, and the key itself; the id between them hangs on the name."""
    name, _, rest = vkey.strip().partition("+")
    identity, _, key = rest.partition("+")
    plain = _EPOCH.sub("", name)
    # A malformed key is like itself alone.
    return (plain, key) if identity and key else (vkey.strip(), "")


def _kept(receipt: Receipt, recoveries: Sequence[Recovery]) -> Check:
    """Whether the entry outlived every recovery after the epoch that signed it."""
    name, place = "the record still holds the entry", receipt["ledger"]["sequence"]
    origin = checkpoint_head(receipt["ledger"]["checkpoint"])[0]
    found = _EPOCH.search(origin)
    epoch = int(found[1]) if found else 1
    for one in sorted(recoveries, key=lambda row: row.epoch):
        if one.epoch > epoch and one.kept <= place:
            return skipped(
                name,
                f"entry {place} is in the lost range of epoch {one.epoch} (entries {one.kept} to "
                f"{one.lost_size - 1}): the record was restored without it, and this receipt "
                "proves that it was there",
            )
    return Check(name, True, f"entry {place} was not lost in any of {len(recoveries)} recoveries")


def _signed(receipt: Receipt, key: str) -> str:
    checkpoint = receipt["ledger"]["checkpoint"]
    verify_note(checkpoint, key)
    origin, size, _ = checkpoint_head(checkpoint)
    if key.partition("+")[0] != origin:
        raise ValueError("the key has another name than the record")
    return f"{origin}, {size} entries"


def _commitment(receipt: Receipt, _: str) -> str:
    ledger = receipt["ledger"]
    body = canonical(json_object(ledger["body"]))
    nonce = bytes.fromhex(ledger["nonce"])
    text = b"agri-log/1 body\n" + nonce + body.encode()
    if len(nonce) != 32 or hashlib.sha256(text).hexdigest() != ledger["commitment"]:
        raise ValueError("its body does not match its commitment")
    if _leaf(ledger).hex() != ledger["leaf"]:
        raise ValueError("its leaf is another entry's")
    return f"entry {ledger['sequence']}, {_zulu(ledger['time'])}"


def _leaf(ledger: dict[str, Any]) -> bytes:
    text = f"agri-log/1\n{ledger['sequence']}\n{_zulu(ledger['time'])}\n{ledger['commitment']}\n"
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def _zulu(time: str) -> str:
    """An instant in UTC as the ledger writes it."""
    return f"{time.removesuffix('+00:00')}Z" if time.endswith("+00:00") else time


def _inclusion(receipt: Receipt, _: str) -> str:
    ledger = receipt["ledger"]
    _origin, size, root = checkpoint_head(ledger["checkpoint"])
    proof = [bytes.fromhex(value) for value in ledger["proof"]]
    if not included(_leaf(ledger), ledger["sequence"], size, proof, root):
        raise ValueError("its proof does not lead to the signed root")
    return f"entry {ledger['sequence']} of {size}"


def _repeated(receipt: Receipt, _: str) -> str:
    body = json_object(receipt["ledger"]["body"])
    if body.get("event") not in ("BidSubmitted", "BidReplaced"):
        raise ValueError("the entry is not about a bid")
    told = {name: body.get(name) for name in REPEATED} | {"tender": body.get("subject")}
    for name, recorded in told.items():
        # By type as well: true is not 1, and what both lack proves nothing.
        if recorded is None or (type(recorded), recorded) != (
            type(receipt.get(name)),
            receipt.get(name),
        ):
            raise ValueError(f"{name} is not the one in the entry")
    # Recorded when it was decided, but never before it had been received.
    if _zulu(receipt["recorded_at"]) != max(str(body.get("at")), _zulu(receipt["received_at"])):
        raise ValueError("recorded_at is not the one in the entry")
    return f"received {receipt['received_at']}, seal {receipt['ciphertext_hash'][:12]}…"
