"""Proofs that an entry is in the signed tree, for receipts and histories."""

from collections.abc import Iterable

from django.db import models

from marketplace.ledger import merkle
from marketplace.ledger.models import Checkpoint, Entry, Node
from marketplace.ledger.signer import REMEDY, LedgerAltered

# SQLite takes at most this many values in one IN list.
BATCH = 900

Nodes = dict[tuple[int, int], bytes]


def inclusion(entry: Entry, checkpoint: Checkpoint) -> list[str]:
    """The proof, in hexadecimal, that the entry is in the tree of that checkpoint.

    Costs two queries, however large the ledger. Raises LedgerAltered if the proof does not hold.
    """
    return inclusions([entry], checkpoint)[entry.sequence]


def inclusions(entries: Iterable[Entry], checkpoint: Checkpoint) -> dict[int, list[str]]:
    """The proofs of many entries by their sequence, with the nodes fetched together."""
    rows = list(entries)
    nodes = _fetch(merkle.nodes_needed((row.sequence, checkpoint.size) for row in rows))
    return {row.sequence: _proof(row, checkpoint, nodes) for row in rows}


def _proof(entry: Entry, checkpoint: Checkpoint, nodes: Nodes) -> list[str]:
    size = checkpoint.size
    proof = merkle.inclusion_proof(lambda level, i: nodes[level, i], entry.sequence, size)
    leaf, root = bytes.fromhex(entry.leaf_hash), bytes.fromhex(checkpoint.root)
    if not merkle.verify_inclusion(leaf, entry.sequence, size, proof, root):
        raise _altered(f"entry {entry.sequence}")
    return [value.hex() for value in proof]


def consistency(old: Checkpoint, new: Checkpoint) -> list[str]:
    """The proof, in hexadecimal, that the tree of `new` begins with that of `old`."""
    proof = merkle.consistency_proof(_one, old.size, new.size)
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    if not merkle.verify_consistency(old.size, new.size, *roots, proof):
        raise _altered(f"checkpoint {new.size}")
    return [value.hex() for value in proof]


def _one(level: int, index: int) -> bytes:
    return _fetch({(level, index)})[level, index]


def _fetch(wanted: set[tuple[int, int]]) -> Nodes:
    leaves = {index: (0, index) for level, index in wanted if level == 0}
    inner = {merkle.node_number(*node): node for node in wanted if node[0] > 0}
    return {**_rows(Entry, "leaf_hash", leaves), **_rows(Node, "hash", inner)}


def _rows(model: type[models.Model], column: str, wanted: dict[int, tuple[int, int]]) -> Nodes:
    keys = sorted(wanted)
    found: Nodes = {}
    for start in range(0, len(keys), BATCH):
        rows = model._default_manager.filter(pk__in=keys[start : start + BATCH])
        for key, value in rows.values_list("pk", column):
            found[wanted[key]] = bytes.fromhex(value)
    if gone := set(wanted.values()) - set(found):
        raise _altered("node {} of level {}".format(*min(gone)[::-1]))
    return found


def _altered(where: str) -> LedgerAltered:
    return LedgerAltered(
        "The stored tree does not lead to the signed root.", where=where, remedy=REMEDY
    )
