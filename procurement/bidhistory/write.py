"""A bid history as one ZIP: the table, the signed manifest, and how to check them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from marketplace import keys
from marketplace.ledger import canonical, queries, signer
from marketplace.ledger.models import Checkpoint
from procurement.bidhistory import columns, query, tables
from procurement.bidhistory.slices import Slice
from procurement.bidhistory.tables import Batch, DoesNotFit
from procurement.dossier.pack import Pack

README = Path(__file__).parent / "README.txt"
# What the ZIP may hold: the verifier, and many a phone, stops at two gibibytes.
MOST_BYTES = 2**31 - 2**20
# Told after each page how many rows were read; may raise to stop.
Progress = Callable[[int], None]


class Leaves:
    """Counts the rows that pass by and digests their leaves.

    The digest is SHA-256 over the two leaf hashes of each row in order, 64 bytes a row, and so
    the same in every form of one slice.
    """

    # The last two columns of a line: two hashes, a comma between, a line end.
    TAIL = 2 * 64 + 1 + 1

    def __init__(self) -> None:
        self.count, self.digest = 0, hashlib.sha256()

    def of(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            tails = b"".join([line[-self.TAIL :] for line in batch])
            # fromhex passes spaces over and refuses what is no hash.
            hashes = bytes.fromhex(tails.replace(b",", b" ").decode())
            if len(hashes) != 64 * len(batch):
                raise ValueError("a row does not end with two leaf hashes")
            self.digest.update(hashes)
            self.count += len(batch)
            yield batch


def write(
    out: IO[bytes],
    chosen: Slice,
    *,
    form: str,
    now: datetime,
    progress: Progress = lambda done: None,
) -> int:
    """Write the ZIP to `out`, which can seek; returns the number of rows.

    `form` is one of tables.FORMS. Raises RowWithoutLeaf, DoesNotFit, what the ledger's signer
    raises, and what `progress` raises to stop it.
    """
    signed = signer.sign_checkpoint(now)
    guard, writer = tables.FORMS[form]
    leaves, pack = Leaves(), Pack(out)
    found = query.batches(
        chosen, size=signed.size, guard=guard, between=lambda: progress(leaves.count)
    )
    try:
        pack.add(f"bids.{form}", _fitting(writer(leaves.of(found), now)))
    except BaseException:
        pack.abandon()
        raise
    finally:
        # Whoever stops in the middle leaves the connection in a COPY, where the next query hangs.
        found.close()
    pack.add("README.txt", [README.read_bytes()])
    facts = manifest(chosen, form, signed, leaves, now)
    pack.close(facts, origin=queries.origin(), seed=keys.load("ledger"))
    return leaves.count


def _fitting(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise DoesNotFit(
                "The file would be larger than two gibibytes.",
                where="opened_from",
                remedy="Take it in parts: give a period.",
            )
        yield chunk


def manifest(
    chosen: Slice, form: str, signed: Checkpoint, leaves: Leaves, now: datetime
) -> dict[str, object]:
    """What the ZIP says of itself; origin, files and signature are added by the pack."""
    return {
        "format": columns.VERSION,
        "slice": chosen.to_json(),
        "table": f"bids.{form}",
        "columns": list(columns.NAMES),
        "rows": leaves.count,
        "leaves_digest": leaves.digest.hexdigest(),
        "key": queries.verifier_key(),
        "checkpoint": signed.note,
        "exported_at": canonical.instant(now),
    }
