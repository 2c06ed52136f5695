"""Rows of one key made into one tender: what must agree, who bid, who is recorded as the winner."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

from procurement.rules.canonical import digest
from procurement.rules.history.errors import FileUnreadable, Refusal
from procurement.rules.history.mapping import NUMBER, Mapping
from procurement.rules.history.rows import BidFacts, Reader, Row, TenderFacts
from procurement.rules.history.table import Key, Record

MOST_REFERENCE: Final = 40
# What the rows of one tender must agree on, with the words for it. Titles may differ in spelling.
_SAME: Final = {
    "at": "date",
    "buyer": "buyer",
    "currency": "currency",
    "reserve_price": "reserve price",
    "minimum_price": "minimum price",
    "quantity": "quantity",
    "unit": "unit",
    "commodity": "commodity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTender:
    """One tender of the past with its bids, in the order of their rows."""

    reference: str
    key: Key
    facts: TenderFacts
    bids: tuple[BidFacts, ...]
    refused: tuple[Refusal, ...]
    # Rows marked as the winner's that were refused, by number.
    refused_winners: tuple[int, ...]

    @property
    def winners(self) -> tuple[BidFacts, ...]:
        return tuple(bid for bid in self.bids if bid.winner)


@dataclass(slots=True)
class _Gathered:
    rows: list[Row] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    refused_winners: list[int] = field(default_factory=list)


def gather(
    records: Iterable[tuple[Record, Key]], rows_of: Counter[Key], reader: Reader, mapping: Mapping
) -> Iterator[PastTender | list[Refusal]]:
    """Tenders, each when its last row was read; for a tender without a usable row, its refusals.

    Memory holds only the tenders whose rows are still being read.
    """
    waiting = dict(rows_of)
    open_tenders: dict[Key, _Gathered] = {}
    for record, key in records:
        if not waiting.get(key):
            _changed(f"row {record.number}")
        gathered = open_tenders.setdefault(key, _Gathered())
        _take(gathered, reader, record, key)
        waiting[key] -= 1
        if waiting[key] == 0:
            yield _made(key, open_tenders.pop(key), mapping)
    if any(waiting.values()):
        _changed("its end")


def _changed(where: str) -> NoReturn:
    raise FileUnreadable(
        f"The file was changed while it was read, at {where}.",
        where=where,
        remedy="Import it again when nothing writes to it; what was added stays and is skipped.",
    )


def _take(gathered: _Gathered, reader: Reader, record: Record, key: Key) -> None:
    row = reader.read(record, key)
    if isinstance(row, Row):
        gathered.rows.append(row)
        return
    gathered.refused.append(row)
    if reader.says_winner(record):
        gathered.refused_winners.append(record.number)


def _made(key: Key, gathered: _Gathered, mapping: Mapping) -> PastTender | list[Refusal]:
    usable = _agreeing(gathered, key)
    bids = _bids(usable, gathered, key, mapping)
    if not bids:
        return gathered.refused
    return PastTender(
        reference=reference(mapping.source, key),
        key=key,
        facts=replace(
            usable[0].tender,
            no_winner=any(row.tender.no_winner for row in usable),
            cancelled=any(row.tender.cancelled for row in usable),
        ),
        bids=tuple(bids),
        refused=tuple(sorted(gathered.refused, key=lambda refusal: refusal.row)),
        refused_winners=tuple(gathered.refused_winners),
    )


def _agreeing(gathered: _Gathered, key: Key) -> list[Row]:
    """The rows that say the same of the tender as its first usable row."""
    usable = []
    for row in gathered.rows:
        first = gathered.rows[0]
        differs = [n for n in _SAME if getattr(row.tender, n) != getattr(first.tender, n)]
        if not differs:
            usable.append(row)
            continue
        name = differs[0]
        _refuse(
            gathered,
            row.bid,
            key,
            _SAME[name],
            _shown(getattr(row.tender, name)),
            f"row {first.number} of the same tender says {_shown(getattr(first.tender, name))}",
            "Correct one of the rows, or add a column to tender.key that tells them apart.",
        )
    return usable


def _bids(rows: list[Row], gathered: _Gathered, key: Key, mapping: Mapping) -> list[BidFacts]:
    """One bid a tenderer; the later row of a tenderer is refused, or numbered if so mapped."""
    taken: dict[str, BidFacts] = {}
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        bid = row.bid
        first = taken.get(bid.tenderer)
        same = seen.setdefault(_content(bid), bid.row)
        column = mapping.bid.tenderer.shown
        if same != bid.row:
            why = f"repeats row {same}: the same tenderer with the same bid"
            _refuse(gathered, bid, key, column, bid.tenderer, why, "Remove one of the rows.")
        elif first is not None and mapping.bid.same_tenderer_again != NUMBER:
            why = f"this tenderer has a bid in this tender already, in row {first.row}"
            _refuse(gathered, bid, key, column, bid.tenderer, why, _AGAIN)
        else:
            name = bid.tenderer if first is None else _numbered(bid.tenderer, taken)
            taken[name] = replace(bid, tenderer=name)
    return list(taken.values())


_AGAIN: Final = (
    "Remove the row that does not count. If they are two firms under one name, write "
    'same_tenderer_again = "number" under [bid] in the mapping.'
)


def _content(bid: BidFacts) -> tuple[object, ...]:
    return (bid.tenderer, bid.unit_price, bid.remark, bid.disqualified, bid.winner)


def _numbered(name: str, taken: dict[str, BidFacts]) -> str:
    number = 2
    while (candidate := f"{name[:190]} ({number})") in taken:
        number += 1
    return candidate


def _refuse(
    gathered: _Gathered, bid: BidFacts, key: Key, column: str, value: str, why: str, remedy: str
) -> None:
    gathered.refused.append(
        Refusal(
            row=bid.row, column=column, value=value, why=why, remedy=remedy, tender=" ".join(key)
        )
    )
    if bid.winner:
        gathered.refused_winners.append(bid.row)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def reference(source: str, key: Key) -> str:
    """The tender's reference: H-SOURCE-KEY where the key allows, else a digest of the key.

    The underscore never occurs in a plain key, so the two forms cannot meet.
    """
    plain = f"H-{source}-{'.'.join(key)}"
    if len(plain) <= MOST_REFERENCE and all(re.fullmatch("[A-Za-z0-9]+", part) for part in key):
        return plain
    return f"H-{source}-_{digest(list(key))[:20]}"


def public_id(*names: str) -> str:
    """A name of 16 hexadecimal digits made from others, so that an import repeats to the byte."""
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:16]


def facts_digest(tender: PastTender) -> str:
    """SHA-256 of all that was read about the tender, to notice a file that says otherwise."""
    facts = [[name, _plain(getattr(tender.facts, name))] for name in TenderFacts.__slots__]
    bids = [[_plain(getattr(bid, name)) for name in BidFacts.__slots__[1:]] for bid in tender.bids]
    return digest([tender.reference, facts, sorted(bids, key=str)])


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)
