"""A compiled release as a past tender: what of it becomes rows here, and what does not.

The rows show a tender among the others and let it be compared. What has no row stays in the
compiled release, which is kept whole and published again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation
from typing import Any, Final

from procurement.ocds.parties import WITHHELD_NAME
from procurement.ocds.strict import Finding

_EXACT: Final = Context(prec=60, traps=[Inexact, InvalidOperation, DivisionByZero])
NO_CURRENCY: Final = "XXX"
OVER: Final = frozenset({"complete", "cancelled", "unsuccessful", "withdrawn"})
Release = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastItem:
    id: str
    description: str
    quantity: Decimal
    unit: str
    province: str
    commodity: str


@dataclass(frozen=True, slots=True)
class PastLot:
    id: str
    title: str
    items: tuple[PastItem, ...]
    unsuccessful: bool


@dataclass(frozen=True, slots=True)
class PastLine:
    """By the positions of lot and item in the process."""

    lot: int
    item: int
    unit_price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PastBid:
    tenderer: str
    submitted_at: datetime | None
    failure: str
    lines: tuple[PastLine, ...]


@dataclass(frozen=True, slots=True)
class PastAward:
    lot: int
    supplier: str
    price: Decimal
    currency: str
    date: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PastProcess:
    ocid: str
    title: str
    description: str
    buyer: str
    currency: str
    at: datetime
    cancelled: bool
    lots: tuple[PastLot, ...]
    bids: tuple[PastBid, ...]
    awards: tuple[PastAward, ...]
    findings: tuple[Finding, ...] = field(default=())


class NotPast(Exception):
    """Why a process cannot be a past tender; `where` is the field that says so."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(why)
        self.where, self.why = where, why


def read(release: Release, now: datetime) -> PastProcess:
    """Raises NotPast."""
    return _Reader(release, now).process()


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper().replace("Z", "+00:00")).astimezone(UTC)


class _Reader:
    def __init__(self, release: Release, now: datetime) -> None:
        self.release, self.now = release, now
        self.tender: Release = release.get("tender") or {}
        self.findings: list[Finding] = []
        self.names = {p["id"]: _name(p) for p in release.get("parties", []) if "id" in p}

    def process(self) -> PastProcess:
        if not self.tender:
            raise NotPast("/tender", "The process has no tender: nothing was asked for yet.")
        lots = tuple(self._lots())
        currency = self._currency()
        bids, awards = tuple(self._bids(lots)), tuple(self._awards(lots, currency))
        return PastProcess(
            ocid=self.release["ocid"],
            title=str(self.tender.get("title") or self.tender.get("id") or self.release["ocid"]),
            description=str(self.tender.get("description") or ""),
            buyer=self._buyer(),
            currency=currency,
            at=self._at(),
            cancelled=self.tender.get("status") in ("cancelled", "withdrawn"),
            lots=lots,
            bids=bids,
            awards=awards,
            findings=tuple(self.findings),
        )

    def _at(self) -> datetime:
        """When bids were due; else the last thing that is known to have happened."""
        period = self.tender.get("tenderPeriod") or {}
        text = period.get("endDate") or self.release.get("date")
        if not text:
            raise NotPast("/tender/tenderPeriod/endDate", "Nothing tells when it was.")
        at = instant(text)
        if at > self.now and self.tender.get("status") not in OVER:
            raise NotPast(
                "/tender/tenderPeriod/endDate",
                f"Bids are still possible until {at:%Y-%m-%d %H:%M} UTC: it is no past tender yet.",
            )
        return min(at, self.now)

    def _buyer(self) -> str:
        for row in (self.release.get("buyer"), self.tender.get("procuringEntity")):
            if row and (name := self._party(row)):
                return name
        raise NotPast("/buyer", "It names no buyer.")

    def _party(self, reference: Release) -> str:
        return self.names.get(reference.get("id", "")) or str(reference.get("name") or "")

    def _currency(self) -> str:
        found = Counter(_currencies(self.release))
        if len(found) > 1:
            most = found.most_common(1)[0][0]
            why = f"amounts are in {', '.join(sorted(found))}; rows are for those in {most}"
            self.findings.append(Finding("", why, refused=False))
        return found.most_common(1)[0][0] if found else NO_CURRENCY

    def _lots(self) -> Iterator[PastLot]:
        rows = self.tender.get("lots") or [{"id": "", "title": self.tender.get("title")}]
        items = self.tender.get("items") or []
        known = {str(row.get("id", "")) for row in rows}
        for place, row in enumerate(rows):
            key = str(row.get("id", ""))
            own = [i for i in items if str(i.get("relatedLot", "")) == key]
            if place == 0:
                own += [i for i in items if str(i.get("relatedLot", "")) not in known]
            title = str(row.get("title") or self.tender.get("title") or key)
            unsuccessful = row.get("status") == "unsuccessful" or (
                self.tender.get("status") == "unsuccessful"
            )
            yield PastLot(key, title, tuple(map(_item, own)), unsuccessful)

    def _bids(self, lots: tuple[PastLot, ...]) -> Iterator[PastBid]:
        """One bid a tenderer: what OCDS has as several, one a lot, is one here."""
        grouped: dict[str, list[Release]] = {}
        for row in (self.release.get("bids") or {}).get("details", []):
            who = [self._party(one) for one in row.get("tenderers", [])]
            if row.get("status") in ("invited", "withdrawn") or not any(who):
                why = "a bid without a tenderer, invited or withdrawn has no row"
                self.findings.append(Finding("/bids/details", why, refused=False))
                continue
            grouped.setdefault(next(filter(None, who)), []).append(row)
        for tenderer, rows in grouped.items():
            yield self._bid(tenderer, rows, lots)

    def _bid(self, tenderer: str, rows: list[Release], lots: tuple[PastLot, ...]) -> PastBid:
        lines: dict[tuple[int, int], PastLine] = {}
        for row in rows:
            for line in self._lines(row, lots):
                if lines.setdefault((line.lot, line.item), line) is not line:
                    why = "a second price of the same tenderer for an item has no row"
                    self.findings.append(Finding("/bids/details/items", why, refused=False))
        dates = [instant(row["date"]) for row in rows if row.get("date")]
        out = [row for row in rows if row.get("status") == "disqualified"]
        reasons = "; ".join(str(row.get("description") or "disqualified") for row in out)
        failure = f"The imported record says: {reasons}." if len(out) == len(rows) else ""
        return PastBid(tenderer, min(dates, default=None), failure, tuple(lines.values()))

    def _lines(self, row: Release, lots: tuple[PastLot, ...]) -> Iterator[PastLine]:
        where = {item.id: (n, m) for n, lot in enumerate(lots) for m, item in enumerate(lot.items)}
        priced = [i for i in row.get("items", []) if (i.get("unit") or {}).get("value")]
        for item in priced:
            place = where.get(str(item.get("id")))
            price = item["unit"]["value"].get("amount")
            if place and price is not None and item.get("quantity"):
                yield PastLine(*place, Decimal(price), Decimal(item["quantity"]))
        if not priced and (line := self._whole(row, lots)):
            yield line

    def _whole(self, row: Release, lots: tuple[PastLot, ...]) -> PastLine | None:
        """A price for the whole, where it is one item's: by its quantity, if that is exact."""
        keys = {str(key) for key in row.get("relatedLots", [])}
        asked = [n for n, lot in enumerate(lots) if lot.id in keys] or list(range(len(lots)))
        amount = (row.get("value") or {}).get("amount")
        if amount is None or len(asked) != 1 or len(lots[asked[0]].items) != 1:
            why = "a bid without a price for each item has no row of prices"
            self.findings.append(Finding("/bids/details/value", why, refused=False))
            return None
        item = lots[asked[0]].items[0]
        try:
            price = _EXACT.divide(Decimal(amount), item.quantity)
        except (Inexact, DivisionByZero, InvalidOperation):
            why = "its price for a unit is no finite decimal; there is no row of prices"
            self.findings.append(Finding("/bids/details/value", why, refused=False))
            return None
        return PastLine(asked[0], 0, price, item.quantity)

    def _awards(self, lots: tuple[PastLot, ...], currency: str) -> Iterator[PastAward]:
        places = {lot.id: n for n, lot in enumerate(lots)}
        for row in self.release.get("awards", []):
            if row.get("status", "active") != "active":
                continue
            keys = [str(key) for key in row.get("relatedLots", [])]
            found = [places[key] for key in keys if key in places]
            value = row.get("value") or {}
            suppliers = [name for one in row.get("suppliers", []) if (name := self._party(one))]
            lot = found[0] if found else 0 if len(lots) == 1 else None
            whole = len(found) <= 1 and len(suppliers) == 1 and value.get("currency") == currency
            if lot is None or not whole or value.get("amount") is None:
                why = "an award of several lots or suppliers, or without its value, has no row"
                self.findings.append(Finding("/awards", why, refused=False))
                continue
            date = instant(row["date"]) if row.get("date") else self._at()
            words = str(row.get("description") or "Recorded as the award in the imported data.")
            amount = Decimal(value["amount"])
            yield PastAward(lot, suppliers[0], amount, currency, min(date, self.now), words)


def _name(party: Release) -> str:
    """A name that was withheld is told apart by the identifier."""
    name = " ".join(str(party.get("name") or party["id"]).split())
    return f"{name} {party['id']}" if name == WITHHELD_NAME else name


def _item(row: Release) -> PastItem:
    quantity = row.get("quantity")
    addresses = row.get("deliveryAddresses") or [row.get("deliveryAddress") or {}]
    traits = {t.get("id"): t.get("value") for t in row.get("attributes", [])}
    return PastItem(
        id=str(row.get("id", "")),
        description=str(row.get("description") or row.get("id") or ""),
        quantity=Decimal(1) if quantity is None else Decimal(quantity),
        unit=str((row.get("unit") or {}).get("name") or "each"),
        province=str(addresses[0].get("region") or ""),
        commodity=str(traits.get("commodity") or ""),
    )


def _currencies(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if "amount" in value and isinstance(value.get("currency"), str):
            yield value["currency"]
        for item in value.values():
            yield from _currencies(item)
    elif isinstance(value, list):
        for item in value:
            yield from _currencies(item)
