"""A bid while it is being written: what a tenderer typed, as text, in the encrypted draft.

It lives only in `procurement.operations.drafts`: never in a session, a message or a log. The
pages keep their own format (musika-draft/1); programs save as much of a musika-bid/1 as there
is. Each shell reads what the other one saved.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.errors import Conflict
from procurement.rules import bidding
from procurement.rules.bid_parts import PartOffer
from procurement.rules.bidding import (
    Attachment,
    BidContent,
    Declaration,
    Demand,
    LineOffer,
    Response,
)

FORMAT = "musika-draft/1"
LEAST, MOST = "minimum", "maximum"
SIDES = (LEAST, MOST)
Key = tuple[int, int]


@dataclass(frozen=True)
class Draft:
    """Texts by (lot, item), (lot, item, parameter) and (lot, criterion); empty ones are left out.

    `version` is that of the stored draft, 0 before the first save.
    """

    lots: tuple[int, ...] = ()
    prices: Mapping[Key, str] = field(default_factory=dict, repr=False)
    declared: Mapping[tuple[int, int, str], str] = field(default_factory=dict, repr=False)
    options: Mapping[Key, str] = field(default_factory=dict, repr=False)
    documents: tuple[Attachment, ...] = field(default=(), repr=False)
    version: int = 0
    # Of divided lots: by (lot, minimum or maximum); and the capacity over all of them.
    quantities: Mapping[tuple[int, str], str] = field(default_factory=dict, repr=False)
    capacity: str = ""

    def with_lot(
        self,
        lot: int,
        prices: Mapping[Key, str],
        declared: Mapping[tuple[int, int, str], str],
        options: Mapping[Key, str],
        quantities: Mapping[tuple[int, str], str] | None = None,
    ) -> "Draft":
        """The draft with everything about one lot replaced."""
        return replace(
            self,
            lots=tuple(sorted({*self.lots, lot})),
            prices=_others(self.prices, lot) | _given(prices),
            declared=_others(self.declared, lot) | _given(declared),
            options=_others(self.options, lot) | _given(options),
            quantities=_others(self.quantities, lot) | _given(quantities or {}),
        )

    def started(self, lot: int) -> bool:
        return any(key[0] == lot for key in (*self.prices, *self.declared, *self.options))

    def _of(self, texts: Mapping[Any, str]) -> Iterator[tuple[Any, str]]:
        return ((key, text) for key, text in texts.items() if key[0] in self.lots)

    def content(self, demand: Demand) -> BidContent:
        """The bid that this draft says, for the lots chosen, in the whole quantity asked."""
        lines = [
            LineOffer(lot, item, bidding.number(text, "price"), demand.quantities[lot, item])
            for (lot, item), text in self.prices.items()
            if lot in self.lots and (lot, item) in demand.quantities
        ]
        return BidContent(
            lines=tuple(lines),
            declared=tuple(
                Declaration(lot, item, parameter, text)
                for (lot, item, parameter), text in self._of(self.declared)
            ),
            responses=tuple(
                Response(lot, criterion, int(text))
                for (lot, criterion), text in self._of(self.options)
            ),
            documents=self.documents,
            parts=tuple(self._parts()),
            capacity=bidding.number(self.capacity, "capacity") if self.capacity else None,
        )

    def _parts(self) -> Iterator[PartOffer]:
        """The least is nothing where only the most is said."""
        given = dict(self._of(self.quantities))
        for lot in sorted({lot for lot, _ in given}):
            if (lot, MOST) in given:
                least, most = given.get((lot, LEAST), "0"), given[lot, MOST]
                yield PartOffer(
                    lot, bidding.number(least, "minimum"), bidding.number(most, "maximum")
                )


def _others(texts: Mapping[Any, str], lot: int) -> dict[Any, str]:
    return {key: text for key, text in texts.items() if key[0] != lot}


def _given(texts: Mapping[Any, str]) -> dict[Any, str]:
    return {key: text for key, text in texts.items() if text}


def to_bytes(draft: Draft) -> bytes:
    data = {
        "format": FORMAT,
        "lots": list(draft.lots),
        "prices": [[*key, text] for key, text in draft.prices.items()],
        "declared": [[*key, text] for key, text in draft.declared.items()],
        "options": [[*key, text] for key, text in draft.options.items()],
        "documents": [_document(document) for document in draft.documents],
        "quantities": [[*key, text] for key, text in draft.quantities.items()],
        "capacity": draft.capacity,
    }
    return json.dumps(data).encode()


def _document(document: Attachment) -> dict[str, str]:
    return {
        "title": document.title,
        "filename": document.filename,
        "media_type": document.media_type,
        "content": base64.b64encode(document.content).decode(),
    }


class DraftMalformed(Conflict):
    """What is stored is no draft of ours; nothing in it can be shown or submitted."""

    code = "draft-malformed"

    def __init__(self) -> None:
        super().__init__(
            "The draft of this bid cannot be read.",
            remedy="Drop the draft and start afresh. A bid that was submitted stands as it is.",
        )


def from_bytes(raw: bytes, version: int) -> Draft:
    """Read back what `to_bytes` wrote, or what a program saved; raises DraftMalformed."""
    try:
        data = json.loads(raw)
        if isinstance(data, dict) and data.get("format") == FORMAT:
            return replace(_of_pages(data), version=version)
        return replace(from_bid(data), version=version)
    except (bidding.BadBid, KeyError, TypeError, ValueError, RecursionError):
        raise DraftMalformed from None


def _of_pages(data: Mapping[str, Any]) -> Draft:
    """What the pages saved; raises BadBid, KeyError, TypeError or ValueError for anything else."""
    draft = Draft(
        lots=tuple(_ordinal(lot) for lot in data["lots"]),
        prices={(_ordinal(lot), _ordinal(item)): _text(t) for lot, item, t in data["prices"]},
        declared={
            (_ordinal(lot), _ordinal(item), _text(code)): _text(text)
            for lot, item, code, text in data["declared"]
        },
        options={(_ordinal(lot), _ordinal(at)): _text(t) for lot, at, t in data["options"]},
        documents=tuple(
            Attachment(
                title=_text(row["title"]),
                filename=_text(row["filename"]),
                media_type=_text(row["media_type"]),
                content=base64.b64decode(row["content"], validate=True),
            )
            for row in data["documents"]
        ),
        # Drafts from before lots could be divided do not name these.
        quantities={
            (_ordinal(lot), _text(side)): _text(t) for lot, side, t in data.get("quantities", [])
        },
        capacity=_text(data.get("capacity", "")),
    )
    for text in (*draft.prices.values(), *draft.quantities.values(), draft.capacity or "0"):
        bidding.number(text, "price")
    for text in draft.options.values():
        _ordinal(int(text))
    return draft


def _ordinal(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 32767:
        raise ValueError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


# What stands in for a key that a half-written row does not have yet; the row is then passed over.
_BLANKS: Mapping[str, Mapping[str, Any]] = {
    "lines": {"lot": 1, "item": 1, "unit_price": "0", "quantity": "0"},
    "declared": {"lot": 1, "item": 1, "parameter": "-", "value": "-"},
    "responses": {"lot": 1, "criterion": 1, "option": 1},
    "parts": {"lot": 1, "minimum": "0", "maximum": "0"},
}
_NEEDED = {
    "lines": ("lot", "item", "unit_price"),
    "declared": ("lot", "item", "parameter", "value"),
    "responses": ("lot", "criterion", "option"),
    "parts": ("lot", "maximum"),
}


def from_bid(data: object) -> Draft:
    """As much of a musika-bid/1 as there is, in plain data; raises BadBid naming the place."""
    if not isinstance(data, dict):
        raise bidding.BadBid("A draft is a JSON object.")
    content = bidding.from_data({"format": bidding.FORMAT, **data, **_filled(data)})
    lines = _whole(data, "lines", content.lines)
    declared = _whole(data, "declared", content.declared)
    responses = _whole(data, "responses", content.responses)
    parts = _whole(data, "parts", content.parts)
    return Draft(
        lots=tuple(sorted({row.lot for row in (*lines, *declared, *responses)})),
        prices={(line.lot, line.item): format(line.unit_price, "f") for line in lines},
        declared={(d.lot, d.item, d.parameter): d.value for d in declared},
        options={(r.lot, r.criterion): str(r.option) for r in responses},
        documents=content.documents,
        quantities={
            (part.lot, side): format(value, "f")
            for part in parts
            for side, value in ((LEAST, part.minimum), (MOST, part.maximum))
        },
        capacity="" if content.capacity is None else format(content.capacity, "f"),
    )


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [{**blank, **_said(row)} if isinstance(row, dict) else row for row in data[key]]
        for key, blank in _BLANKS.items()
        if isinstance(data.get(key), list)
    }


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _whole(data: Mapping[str, Any], key: str, read: tuple[Any, ...]) -> list[Any]:
    """Of what was read, the rows that say everything a draft needs."""
    pairs = zip(data.get(key, []), read, strict=True)
    return [row for given, row in pairs if set(_NEEDED[key]) <= set(_said(given))]


def as_bid(draft: Draft) -> dict[str, Any]:
    """The draft as much of a musika-bid/1 as it is, in plain data."""
    return {
        "format": bidding.FORMAT,
        "lines": [
            {"lot": lot, "item": item, "unit_price": text}
            for (lot, item), text in draft.prices.items()
        ],
        "declared": [
            {"lot": lot, "item": item, "parameter": parameter, "value": text}
            for (lot, item, parameter), text in draft.declared.items()
        ],
        "responses": [
            {"lot": lot, "criterion": criterion, "option": int(text)}
            for (lot, criterion), text in draft.options.items()
        ],
        "documents": [_document(document) for document in draft.documents],
    } | _as_parts(draft)


def _as_parts(draft: Draft) -> dict[str, Any]:
    lots = sorted({lot for lot, _ in draft.quantities})
    parts = [
        {"lot": lot}
        | {side: draft.quantities[lot, side] for side in SIDES if (lot, side) in draft.quantities}
        for lot in lots
    ]
    found: dict[str, Any] = {"parts": parts} if parts else {}
    return found | ({"capacity": draft.capacity} if draft.capacity else {})
