"""How much a bid offers of a lot that is awarded in parts: the least, the most, the capacity.

The price of such a lot is for one unit; its line names the whole quantity that is asked, on which
bids are compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PartOffer:
    """Nothing of the lot, or any quantity from the least to the most, in the item's unit."""

    lot: int
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Divided:
    """A divided lot as the terms ask it: awards are whole numbers of `quantum`."""

    quantity: Decimal
    quantum: Decimal


def part_gaps(
    parts: Sequence[PartOffer],
    capacity: Decimal | None,
    divided: Mapping[int, Divided],
    lots: set[int],
) -> Iterator[tuple[str, str]]:
    """Place and words of everything that is missing or wrong. `lots`: those that are priced."""
    seen: set[int] = set()
    for part in parts:
        where = f"lot {part.lot}, quantity"
        if part.lot not in divided:
            yield where, "This lot is awarded whole: name no least and no most quantity."
        elif part.lot in seen:
            yield where, "The quantities are named twice."
        elif part.lot not in lots:
            yield where, "Give a price for the lot too, or leave its quantities out."
        else:
            yield from _part(part, divided[part.lot], where)
        seen.add(part.lot)
    for lot in sorted(set(divided) & lots - seen):
        yield f"lot {lot}, quantity", "Say the least and the most that you would deliver."
    yield from _capacity(parts, capacity, divided)


def _part(part: PartOffer, asked: Divided, where: str) -> Iterator[tuple[str, str]]:
    if part.minimum > part.maximum:
        yield where, "The least that you would deliver is above the most."
    elif part.maximum > asked.quantity:
        yield where, f"The most is above what is asked: {asked.quantity:f}."
    elif not _has_step(part, asked.quantum):
        yield (
            where,
            f"Quantities are awarded in steps of {asked.quantum:f}, and none lies from "
            f"{part.minimum:f} to {part.maximum:f}.",
        )


def _has_step(part: PartOffer, quantum: Decimal) -> bool:
    most = part.maximum // quantum * quantum
    return most > 0 and most >= part.minimum


def _capacity(
    parts: Sequence[PartOffer], capacity: Decimal | None, divided: Mapping[int, Divided]
) -> Iterator[tuple[str, str]]:
    if capacity is None:
        return
    least = [part.minimum for part in parts if part.lot in divided]
    if not least:
        yield "capacity", "Name a capacity only with a lot that is awarded in parts."
    elif capacity <= 0 or capacity < min(least):
        yield "capacity", "The capacity is below the least that you would deliver of a lot."
