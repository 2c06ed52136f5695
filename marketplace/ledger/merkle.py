"""The Merkle tree of RFC 6962 (section 2.1), and proofs that cost O(log n).

Hashes are 32 bytes. A node (level, index) is the root of the complete subtree over the leaves
[index * 2**level, (index + 1) * 2**level); level 0 is the leaf hashes. Where a function takes
`get_node`, it calls it with (level, index) and expects the hash. Pure: standard library only.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

GetNode = Callable[[int, int], bytes]
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def node_number(level: int, index: int) -> int:
    """In-order number of a node: one integer for the pair, the same however the tree grows."""
    return (index << (level + 1)) + (1 << level) - 1


class Frontier:
    """The complete subtrees that make up a tree of `size` leaves, largest first.

    Enough to append and to know the root, with one hash per bit set in `size`.
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"{size} leaves need {size.bit_count()} hashes: {len(self.hashes)}.")

    @classmethod
    def from_hex(cls, size: int, hashes: Iterable[str]) -> "Frontier":
        return cls(size, [bytes.fromhex(text) for text in hashes])

    def to_hex(self) -> list[str]:
        return [value.hex() for value in self.hashes]

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return the inner nodes that it completed, as (level, index, hash)."""
        made = []
        level, index = 0, self.size
        while index & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            level, index = level + 1, index >> 1
            made.append((level, index, leaf))
        self.hashes.append(leaf)
        self.size += 1
        return made

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        total = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            total = node_hash(left, total)
        return total


class Tree:
    """All nodes of a tree in memory, built once in O(n): proofs are then O(log n) each."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.size = len(leaves)
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([node_hash(left, right) for left, right in pairs])

    def get_node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]


def root(leaves: Iterable[bytes]) -> bytes:
    """The root of a list of leaf hashes; SHA-256 of nothing for the empty tree."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def split(size: int) -> int:
    """The largest power of two below `size`: how many leaves the left subtree has."""
    return 1 << ((size - 1).bit_length() - 1)


def range_hash(get_node: GetNode, start: int, end: int) -> bytes:
    """The root over the leaves [start, end), where `start` begins a subtree at least that large."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return get_node(level, start >> level)
    middle = start + split(size)
    return node_hash(range_hash(get_node, start, middle), range_hash(get_node, middle, end))


def inclusion_proof(get_node: GetNode, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): the sibling hashes from the leaf to the root."""
    if not 0 <= index < size:
        raise ValueError(f"Leaf {index} is not in a tree of {size}.")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_hash(get_node, middle, end))
            end = middle
        else:
            path.append(range_hash(get_node, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(get_node: GetNode, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]): shows that the first `old` leaves of the tree of `new` are unchanged."""
    if not 0 < old <= new:
        raise ValueError(f"No consistency proof from {old} to {new} leaves.")
    path, start, end, whole = [], 0, new, True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            path.append(range_hash(get_node, middle, end))
            end = middle
        else:
            path.append(range_hash(get_node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(get_node, start, end))
    return path[::-1]


def nodes_needed(wanted: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The nodes (level, index) that the inclusion proofs of (index, size) will ask for."""
    asked: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        asked.add((level, index))
        return b""

    for index, size in wanted:
        inclusion_proof(note, index, size)
    return asked


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the leaf is at `index` in the tree with that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, total = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            total = node_hash(sibling, total)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            total = node_hash(total, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and total == expected


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `new` leaves begins with the tree of `old` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new:
        return False
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(hashes) and _climb(old - 1, new - 1, iter(hashes)) == (old_root, new_root)


def _climb(first: int, last: int, hashes: Iterator[bytes]) -> tuple[bytes, bytes] | None:
    while first & 1:
        first, last = first >> 1, last >> 1
    old_total = new_total = next(hashes)
    for sibling in hashes:
        if last == 0:
            return None
        if first & 1 or first == last:
            old_total, new_total = node_hash(sibling, old_total), node_hash(sibling, new_total)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new_total = node_hash(new_total, sibling)
        first, last = first >> 1, last >> 1
    return (old_total, new_total) if last == 0 else None
