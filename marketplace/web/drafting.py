"""Change one part of what a draft says. Lots, items and criteria are counted from 1, as shown."""

from dataclasses import replace
from typing import TypeVar

from marketplace.errors import NotFound
from procurement.rules.content import CriterionContent, ItemContent, LotContent, TenderContent
from procurement.rules.method_parts import ComponentContent

Part = TypeVar("Part")


def part(parts: tuple[Part, ...], number: int) -> Part:
    """The part with that number; raises NotFound."""
    if not 1 <= number <= len(parts):
        raise NotFound("There is no such part of the draft.")
    return parts[number - 1]


def put(parts: tuple[Part, ...], number: int, new: Part | None) -> tuple[Part, ...]:
    """With `new` in place of part `number`; 0 adds it at the end; None takes the part away."""
    if number == 0:
        return parts if new is None else (*parts, new)
    part(parts, number)
    middle = () if new is None else (new,)
    return (*parts[: number - 1], *middle, *parts[number:])


def with_lot(content: TenderContent, number: int, lot: LotContent | None) -> TenderContent:
    return replace(content, lots=put(content.lots, number, lot))


def with_item(
    content: TenderContent, lot: int, number: int, item: ItemContent | None
) -> TenderContent:
    old = part(content.lots, lot)
    return with_lot(content, lot, replace(old, items=put(old.items, number, item)))


def with_criterion(
    content: TenderContent, lot: int, number: int, criterion: CriterionContent | None
) -> TenderContent:
    old = part(content.lots, lot)
    return with_lot(content, lot, replace(old, criteria=put(old.criteria, number, criterion)))


def with_component(
    content: TenderContent, lot: int, number: int, component: ComponentContent | None
) -> TenderContent:
    old = part(content.lots, lot)
    return with_lot(content, lot, replace(old, components=put(old.components, number, component)))


def anew(content: TenderContent) -> TenderContent:
    """An earlier tender as the start of another: what was dated is asked again."""
    lots = tuple(
        replace(lot, items=tuple(undated(item) for item in lot.items)) for lot in content.lots
    )
    return replace(content, enquiry_deadline=None, deadline=None, lots=lots)


def undated(item: ItemContent) -> ItemContent:
    return replace(item, delivery_starts=None, delivery_ends=None)
