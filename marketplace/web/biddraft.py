"""A bid while it is being written: what a tenderer typed, as text, in the encrypted draft.

It lives only in `procurement.operations.drafts`: never in a session, a message or a log.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace.accounts.models import Organization
from procurement.models import Tender
from procurement.queries import drafts
from procurement.rules import bidding
from procurement.rules.bidding import (
    Attachment,
    BidContent,
    Declaration,
    Demand,
    LineOffer,
    Response,
)

FORMAT = "musika-draft/1"
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

    def with_lot(
        self,
        lot: int,
        prices: Mapping[Key, str],
        declared: Mapping[tuple[int, int, str], str],
        options: Mapping[Key, str],
    ) -> "Draft":
        """The draft with everything about one lot replaced."""
        return replace(
            self,
            lots=tuple(sorted({*self.lots, lot})),
            prices=_others(self.prices, lot) | _given(prices),
            declared=_others(self.declared, lot) | _given(declared),
            options=_others(self.options, lot) | _given(options),
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
        )


def _others(texts: Mapping[Any, str], lot: int) -> dict[Any, str]:
    return {key: text for key, text in texts.items() if key[0] != lot}


def _given(texts: Mapping[Any, str]) -> dict[Any, str]:
    return {key: text for key, text in texts.items() if text}


def load(tender: Tender, tenderer: Organization) -> Draft:
    """The stored draft, or an empty one."""
    stored = drafts.read(tender, tenderer)
    return Draft() if stored is None else from_bytes(*stored)


def to_bytes(draft: Draft) -> bytes:
    data = {
        "format": FORMAT,
        "lots": list(draft.lots),
        "prices": [[*key, text] for key, text in draft.prices.items()],
        "declared": [[*key, text] for key, text in draft.declared.items()],
        "options": [[*key, text] for key, text in draft.options.items()],
        "documents": [_document(document) for document in draft.documents],
    }
    return json.dumps(data).encode()


def _document(document: Attachment) -> dict[str, str]:
    return {
        "title": document.title,
        "filename": document.filename,
        "media_type": document.media_type,
        "content": base64.b64encode(document.content).decode(),
    }


def from_bytes(raw: bytes, version: int) -> Draft:
    """Read back what `to_bytes` wrote, or a whole bid that a program saved as its draft."""
    data = json.loads(raw)
    if data.get("format") == bidding.FORMAT:
        return _of_content(bidding.from_bytes(raw), version)
    return Draft(
        lots=tuple(data["lots"]),
        prices={(lot, item): text for lot, item, text in data["prices"]},
        declared={(lot, item, code): text for lot, item, code, text in data["declared"]},
        options={(lot, criterion): text for lot, criterion, text in data["options"]},
        documents=tuple(
            Attachment(**{**row, "content": base64.b64decode(row["content"])})
            for row in data["documents"]
        ),
        version=version,
    )


def _of_content(content: BidContent, version: int) -> Draft:
    return Draft(
        lots=tuple(sorted({line.lot for line in content.lines})),
        prices={(line.lot, line.item): format(line.unit_price, "f") for line in content.lines},
        declared={(d.lot, d.item, d.parameter): d.value for d in content.declared},
        options={(r.lot, r.criterion): str(r.option) for r in content.responses},
        documents=content.documents,
        version=version,
    )
