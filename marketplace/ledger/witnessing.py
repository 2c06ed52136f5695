"""What a witness decides: whether a ledger that it watches has only grown.

The exchange is C2SP tlog-witness, `add-checkpoint`: a line `old <size>`, the hashes of a
consistency proof in base64, an empty line, a signed checkpoint. Pure.
"""

import base64
from dataclasses import dataclass

from marketplace.errors import MusikaError
from marketplace.ledger import checkpoint, merkle
from marketplace.ledger.checkpoint import BadNote, Head

MOST_HASHES = 63


class Refused(MusikaError):
    """The witness does not cosign; `status` is what it answers over HTTP."""

    code = "witness-refused"
    status = 400


class NotSigned(Refused):
    """The checkpoint is not signed by the ledger that is watched."""

    status = 403


class UnknownLog(Refused):
    """The witness does not watch a ledger of this name."""

    status = 404


class OtherSize(Refused):
    """The proof starts from another size than the witness last saw; `size` is that one."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"The last size that was seen is {size}.", where="old")
        self.size = size


class Rewritten(Refused):
    """The ledger does not begin with the tree that the witness saw: it was changed."""

    code = "ledger-rewritten"
    status = 422


@dataclass(frozen=True)
class Offer:
    """What a ledger shows its witness: from which size, the proof, the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def to_text(self) -> str:
        hashes = "".join(f"{base64.b64encode(value).decode()}\n" for value in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"


def read_offer(text: str) -> Offer:
    """Read the body of `add-checkpoint`. Raises Refused for what has another form."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    good = word == "old" and size.isascii() and size.isdigit() and str(int(size)) == size
    if not blank or not good or len(lines) > MOST_HASHES:
        raise Refused("This is not a checkpoint with its proof.", where="line 1")
    return Offer(int(size), tuple(_hash(line) for line in lines), note)


def _hash(line: str) -> bytes:
    try:
        value = base64.b64decode(line, validate=True)
    except ValueError:
        value = b""
    if len(value) != 32:
        raise Refused(f"“{line[:60]}” is not a hash.", where="proof")
    return value


def judge(offer: Offer, seen: Head | None, log_key: str) -> Head:
    """The new head, which a witness that last saw `seen` may cosign. Raises Refused.

    `log_key` is the vkey of the ledger that is watched.
    """
    new = _signed(offer.note, log_key)
    size = seen.size if seen else 0
    if offer.old > new.size:
        raise Refused("The checkpoint is smaller than the size that the proof starts from.")
    if offer.old != size:
        raise OtherSize(size)
    if seen is not None and size:
        _check_grown(offer, seen, new)
    elif offer.proof:
        raise Refused("A first checkpoint needs no proof.", where="proof")
    return new


def _signed(note: str, log_key: str) -> Head:
    try:
        head = checkpoint.parse(checkpoint.verify(note, log_key))
    except BadNote as error:
        raise NotSigned(error.message + _epoch(note, log_key)) from error
    if head.origin != checkpoint.parse_vkey(log_key)[0]:
        raise UnknownLog(f"“{head.origin}” is not the ledger that is watched.")
    return head


def _epoch(note: str, log_key: str) -> str:
    """What to tell of a note that carries the ledger's name of a later epoch."""
    origin, name = note.partition("\n")[0], log_key.partition("+")[0]
    if not origin.startswith(f"{name}/epoch-"):
        return ""
    return (
        f" It is signed as “{origin}”: the ledger was put back from a copy and lost entries. What "
        "you hold of before stays true: keep it. Watch on with the new key and a new folder."
    )


def _check_grown(offer: Offer, seen: Head, new: Head) -> None:
    if merkle.verify_consistency(seen.size, new.size, seen.root, new.root, offer.proof):
        return
    raise Rewritten(
        f"The ledger of {new.size} entries does not begin with the {seen.size} that were seen.",
        where=new.origin,
        remedy="Keep both signed checkpoints: together they prove that the record was rewritten.",
    )
