"""What a bid says, as data, and whether it answers the tender's terms.

The canonical bytes of a `BidContent` are what is sealed; after the opening they are read back
with the same strict reader.
"""

import base64
import binascii
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from marketplace.errors import Invalid
from procurement.rules import money
from procurement.rules.bid_parts import Divided, PartOffer, part_gaps

FORMAT = "musika-bid/1"
MAX_DIGITS = 30
MAX_DECIMALS = 12


class BadBid(Invalid):
    """The bid cannot be accepted as it is; `where` names the place."""

    code = "bad-bid"


@dataclass(frozen=True)
class LineOffer:
    """Price per unit and quantity for an item, named by lot and item number."""

    lot: int
    item: int
    unit_price: Decimal
    quantity: Decimal
    stated_total: Decimal | None = None


@dataclass(frozen=True)
class Declaration:
    lot: int
    item: int
    parameter: str
    value: str


@dataclass(frozen=True)
class Response:
    """The option chosen for a quality criterion; all three are numbers within their parent."""

    lot: int
    criterion: int
    option: int


@dataclass(frozen=True)
class Attachment:
    title: str
    filename: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class BidContent:
    lines: tuple[LineOffer, ...] = ()
    declared: tuple[Declaration, ...] = ()
    responses: tuple[Response, ...] = ()
    documents: tuple[Attachment, ...] = field(default=(), repr=False)
    # Of divided lots only; see bid_parts.
    parts: tuple[PartOffer, ...] = ()
    capacity: Decimal | None = None


def number(text: object, where: str) -> Decimal:
    """Read a non-negative decimal written as text, for example "312.50"; raises BadBid."""
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise BadBid(f"{where}: write the number as text, for example “312.50”.", where=where)
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise BadBid(
            f"{where}: “{text}” is not a number. Use digits and a point, for example 312.50.",
            where=where,
        ) from None
    return _sensible(value, where)


def _sensible(value: Decimal, where: str) -> Decimal:
    if not value.is_finite():
        raise BadBid(f"{where}: a number must be finite.", where=where)
    if value < 0:
        raise BadBid(f"{where}: a number below zero makes no sense here.", where=where)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if value.adjusted() >= MAX_DIGITS - MAX_DECIMALS or -exponent > MAX_DECIMALS:
        raise BadBid(
            f"{where}: at most {MAX_DIGITS - MAX_DECIMALS} digits before the point "
            f"and {MAX_DECIMALS} after it.",
            where=where,
        )
    return value


# --- canonical bytes ---------------------------------------------------------------------------


def to_bytes(content: BidContent) -> bytes:
    """The canonical JSON of a bid: what goes into the envelope."""
    data = {
        "format": FORMAT,
        "lines": [_plain(line.__dict__) for line in sorted(content.lines, key=_line_key)],
        "declared": sorted((_plain(d.__dict__) for d in content.declared), key=_dict_key),
        "responses": sorted((_plain(r.__dict__) for r in content.responses), key=_dict_key),
        "documents": [_document(document) for document in content.documents],
        **_divided(content),
    }
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def _divided(content: BidContent) -> dict[str, Any]:
    """Left out where no lot is divided: such bids have the bytes that they always had."""
    parts = [_plain(p.__dict__) for p in sorted(content.parts, key=lambda part: part.lot)]
    found: dict[str, Any] = {"parts": parts} if parts else {}
    return found | ({} if content.capacity is None else _plain({"capacity": content.capacity}))


def _line_key(line: LineOffer) -> tuple[int, int]:
    return line.lot, line.item


def _dict_key(data: Mapping[str, Any]) -> str:
    return json.dumps(data, sort_keys=True)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: format(v, "f") if isinstance(v, Decimal) else v for k, v in data.items()}


def _document(document: Attachment) -> dict[str, str]:
    return {
        "title": document.title,
        "filename": document.filename,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "content": base64.b64encode(document.content).decode(),
    }


def from_bytes(raw: bytes) -> BidContent:
    """Read canonical bytes back; raises BadBid if they are not a bid in our format."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadBid("The envelope does not hold a bid: it is not JSON.") from None
    return from_data(data)


def from_data(data: object) -> BidContent:
    """Read a bid from plain data (parsed JSON); raises BadBid naming the place."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadBid(f"A bid is a JSON object with format “{FORMAT}”.", where="format")
    unknown = set(data) - {"format", "lines", "declared", "responses", "documents"}
    unknown -= {"parts", "capacity"}
    if unknown:
        raise BadBid(f"Unknown field “{min(unknown)}”.", where=min(unknown))
    return BidContent(
        lines=tuple(_read_line(row, at) for row, at in _rows(data, "lines")),
        declared=tuple(_read_declaration(row, at) for row, at in _rows(data, "declared")),
        responses=tuple(_read_response(row, at) for row, at in _rows(data, "responses")),
        documents=tuple(_read_document(row, at) for row, at in _rows(data, "documents")),
        parts=tuple(_read_part(row, at) for row, at in _rows(data, "parts")),
        capacity=_capacity(data),
    )


def _capacity(data: Mapping[str, Any]) -> Decimal | None:
    given = data.get("capacity")
    return None if given is None else number(given, "capacity")


def _read_part(row: dict[str, Any], at: str) -> PartOffer:
    return PartOffer(
        lot=_ordinal(row, "lot", at),
        minimum=number(row.get("minimum"), f"{at}.minimum"),
        maximum=number(row.get("maximum"), f"{at}.maximum"),
    )


def _rows(data: Mapping[str, Any], key: str) -> Iterator[tuple[dict[str, Any], str]]:
    rows = data.get(key, [])
    if not isinstance(rows, list):
        raise BadBid(f"“{key}” must be a list.", where=key)
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadBid(f"“{key}[{index}]” must be an object.", where=f"{key}[{index}]")
        yield row, f"{key}[{index}]"


def _ordinal(row: Mapping[str, Any], key: str, where: str) -> int:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 32767:
        raise BadBid(f"{where}.{key}: give the number, 1 or above.", where=f"{where}.{key}")
    return value


def _text(row: Mapping[str, Any], key: str, where: str, longest: int) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise BadBid(
            f"{where}.{key}: give text of at most {longest} characters.", where=f"{where}.{key}"
        )
    # Control characters and half pairs fit neither a database nor a page: nobody types them.
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value.strip()):
        raise BadBid(
            f"{where}.{key}: has a character that cannot be written.", where=f"{where}.{key}"
        )
    return value.strip()


def _read_line(row: dict[str, Any], at: str) -> LineOffer:
    stated = row.get("stated_total")
    return LineOffer(
        lot=_ordinal(row, "lot", at),
        item=_ordinal(row, "item", at),
        unit_price=number(row.get("unit_price"), f"{at}.unit_price"),
        quantity=number(row.get("quantity"), f"{at}.quantity"),
        stated_total=None if stated is None else number(stated, f"{at}.stated_total"),
    )


def _read_declaration(row: dict[str, Any], at: str) -> Declaration:
    return Declaration(
        lot=_ordinal(row, "lot", at),
        item=_ordinal(row, "item", at),
        parameter=_text(row, "parameter", at, 60),
        value=_text(row, "value", at, 60),
    )


def _read_response(row: dict[str, Any], at: str) -> Response:
    return Response(
        lot=_ordinal(row, "lot", at),
        criterion=_ordinal(row, "criterion", at),
        option=_ordinal(row, "option", at),
    )


def _read_document(row: dict[str, Any], at: str) -> Attachment:
    try:
        content = base64.b64decode(row.get("content", ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise BadBid(f"{at}.content: must be base64.", where=f"{at}.content") from None
    document = Attachment(
        title=_text(row, "title", at, 200),
        filename=_text(row, "filename", at, 200),
        media_type=_text(row, "media_type", at, 100),
        content=content,
    )
    if row.get("sha256", document.sha256) != document.sha256:
        raise BadBid(f"{at}.sha256: is not the digest of the content.", where=f"{at}.sha256")
    return document


# --- does it answer the terms? -----------------------------------------------------------------


@dataclass(frozen=True)
class Demand:
    """What the terms ask: quantities and parameters by item, options by criterion."""

    quantities: Mapping[tuple[int, int], Decimal]
    parameters: Mapping[tuple[int, int], frozenset[str]]
    # Those whose value is a number, which the evaluation must be able to read.
    numeric: Mapping[tuple[int, int], frozenset[str]]
    options: Mapping[tuple[int, int], frozenset[int]]
    divided: Mapping[int, Divided] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """One thing that a bid lacks or has wrong, with its place in plain words."""

    where: str
    message: str


def gaps(content: BidContent, demand: Demand) -> list[Gap]:
    """Everything that keeps the bid from being submitted; empty when it is complete.

    A bid names whole lots: all items of a lot that it names, in full quantity, with every
    demanded value declared and every quality criterion answered.
    """
    if not content.lines:
        return [Gap("lines", "Give a price for at least one lot.")]
    lots = {line.lot for line in content.lines}
    return [
        *_line_gaps(content, demand),
        *_missing_items(content, demand, lots),
        *_declaration_gaps(content, demand, lots),
        *_response_gaps(content, demand, lots),
        *(Gap(*gap) for gap in part_gaps(content.parts, content.capacity, demand.divided, lots)),
    ]


def _line_gaps(content: BidContent, demand: Demand) -> Iterator[Gap]:
    seen: set[tuple[int, int]] = set()
    for line in content.lines:
        key, where = (line.lot, line.item), f"lot {line.lot}, item {line.item}"
        asked = demand.quantities.get(key)
        if asked is None:
            yield Gap(where, "The tender has no such item.")
        elif key in seen:
            yield Gap(where, "The item is named twice.")
        elif line.unit_price <= 0:
            yield Gap(where, "The price per unit must be above zero.")
        elif line.quantity != asked:
            yield Gap(where, f"Offer the whole quantity that is asked: {asked:f}.")
        seen.add(key)


def _missing_items(content: BidContent, demand: Demand, lots: set[int]) -> Iterator[Gap]:
    priced = {(line.lot, line.item) for line in content.lines}
    for lot, item in sorted(demand.quantities):
        if lot in lots and (lot, item) not in priced:
            yield Gap(f"lot {lot}, item {item}", "Give a price for every item of the lot.")


def _declaration_gaps(content: BidContent, demand: Demand, lots: set[int]) -> Iterator[Gap]:
    declared: set[tuple[int, int, str]] = set()
    for d in content.declared:
        where = f"lot {d.lot}, item {d.item}, {d.parameter}"
        if d.parameter not in demand.parameters.get((d.lot, d.item), frozenset()):
            yield Gap(where, "The tender asks no such value.")
        elif not _readable(d, demand):
            yield Gap(where, "Write the value as a plain number, for example 12.5.")
        elif (d.lot, d.item, d.parameter) in declared:
            yield Gap(where, "The value is declared twice.")
        declared.add((d.lot, d.item, d.parameter))
    for (lot, item), parameters in sorted(demand.parameters.items()):
        for parameter in sorted(parameters) if lot in lots else ():
            if (lot, item, parameter) not in declared:
                yield Gap(f"lot {lot}, item {item}, {parameter}", "Declare this value.")


def _readable(declared: Declaration, demand: Demand) -> bool:
    """Whether the evaluation can read the value: one bid must never stop a lot's evaluation."""
    if declared.parameter not in demand.numeric.get((declared.lot, declared.item), frozenset()):
        return declared.value.isprintable()
    try:
        return money.number(declared.value) >= 0
    except money.NotANumber:
        return False


def _response_gaps(content: BidContent, demand: Demand, lots: set[int]) -> Iterator[Gap]:
    answered: set[tuple[int, int]] = set()
    for r in content.responses:
        where = f"lot {r.lot}, criterion {r.criterion}"
        if r.option not in demand.options.get((r.lot, r.criterion), frozenset()):
            yield Gap(where, "Choose one of the options that the tender gives.")
        elif (r.lot, r.criterion) in answered:
            yield Gap(where, "Choose one option only.")
        answered.add((r.lot, r.criterion))
    for lot, criterion in sorted(demand.options):
        if lot in lots and (lot, criterion) not in answered:
            yield Gap(f"lot {lot}, criterion {criterion}", "Choose an option.")


def unproved(requirements: Iterable[str], documents: Iterable[Attachment]) -> list[str]:
    """Requirements that no document of the bid names in its title, each once.

    A hint before submission, never a refusal: whether a requirement is met, an evaluator finds,
    and not every one is met by a document.
    """
    titles = [_letters(document.title) for document in documents]
    asked = dict.fromkeys(requirements)
    return [text for text in asked if not any(_letters(text) in title for title in titles)]


def _letters(text: str) -> str:
    return " ".join(text.casefold().split())


def floor(demand: Demand) -> int:
    """Bytes to which every bid without documents is padded, whatever it says: the size of the
    longest, so that neither a digit nor a lot left out shows. Documents do show in the size."""
    parameters = sum(len(names) for names in demand.parameters.values())
    longest = 200 * len(demand.quantities) + 220 * parameters + 60 * len(demand.options)
    longest += 160 * len(demand.divided)
    return 4096 * (1 + longest // 4096)
