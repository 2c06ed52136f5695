"""The parts of an allocation case, each read strictly from plain JSON values.

Every function takes a value and its place, and returns the fact or raises InvalidCase naming the
place. What the parts must mean to each other is checked in `validation`.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, TypeVar

from procurement.rules import reading as read
from procurement.rules.allocation import facts
from procurement.rules.allocation.facts import BASES, CASE_FORMAT, DISCOUNTS, TIE_BREAKS
from procurement.rules.money import MAX_SHOWN_DECIMALS, ROUNDING_MODES, Rounding

# More suppliers or deliveries than this no lot and no depot has.
MAX_COUNT: Final = 100_000

_Read = TypeVar("_Read")


def read_parts(value: Any) -> facts.Case:
    """A case from plain values, in the order in which they were given, not yet cross-checked."""
    if isinstance(value, dict) and "format" in value:
        read.choice(value["format"], "format", (CASE_FORMAT,))
    v = read.members(value, "case", ("format", *_names(facts.Case)))
    return facts.Case(
        terms_hash=read.identifier(v["terms_hash"], "terms_hash"),
        tender=read.identifier(v["tender"], "tender"),
        currency=read.identifier(v["currency"], "currency"),
        unit=read.identifier(v["unit"], "unit"),
        rounding=_rounding(v["rounding"], "rounding"),
        tie_break=read.choice(v["tie_break"], "tie_break", TIE_BREAKS),
        budget=_maybe(read.amount, v["budget"], "budget"),
        lots=_all(_lot, v["lots"], "lots"),
        depots=_all(_depot, v["depots"], "depots"),
        owner_caps=_all(_owner_cap, v["owner_caps"], "owner_caps"),
        reserves=_all(_reserve, v["reserves"], "reserves"),
        tenderers=_all(_tenderer, v["tenderers"], "tenderers"),
        bids=_all(_bid, v["bids"], "bids"),
        packages=_all(_package, v["packages"], "packages"),
    )


def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _all(one: Callable[[Any, str], _Read], value: Any, place: str) -> tuple[_Read, ...]:
    return tuple(one(inner, at) for inner, at in read.elements(value, place))


def _maybe(one: Callable[[Any, str], _Read], value: Any, place: str) -> _Read | None:
    return None if value is None else one(value, place)


def _count(value: Any, place: str) -> int:
    return read.whole(value, place, MAX_COUNT)


def _identifiers(value: Any, place: str) -> tuple[str, ...]:
    return _all(read.identifier, value, place)


def _base(value: Any, place: str) -> str:
    return read.choice(value, place, BASES)


def _rounding(value: Any, place: str) -> Rounding:
    v = read.members(value, place, ("decimals", "mode"))
    return Rounding(
        decimals=read.whole(v["decimals"], f"{place}.decimals", MAX_SHOWN_DECIMALS),
        mode=read.choice(v["mode"], f"{place}.mode", ROUNDING_MODES),
    )


def _lot(value: Any, place: str) -> facts.Lot:
    v = read.members(value, place, _names(facts.Lot))
    return facts.Lot(
        lot=read.identifier(v["lot"], f"{place}.lot"),
        commodity=read.text(v["commodity"], f"{place}.commodity"),
        quantum=read.positive(v["quantum"], f"{place}.quantum"),
        demand=read.positive(v["demand"], f"{place}.demand"),
        unmet_penalty=read.amount(v["unmet_penalty"], f"{place}.unmet_penalty"),
        minimum_suppliers=_count(v["minimum_suppliers"], f"{place}.minimum_suppliers"),
        maximum_suppliers=_maybe(_count, v["maximum_suppliers"], f"{place}.maximum_suppliers"),
        depot=_maybe(read.identifier, v["depot"], f"{place}.depot"),
        deliveries=_all(_delivery, v["deliveries"], f"{place}.deliveries"),
    )


def _delivery(value: Any, place: str) -> facts.Delivery:
    v = read.members(value, place, _names(facts.Delivery))
    return facts.Delivery(
        week=read.identifier(v["week"], f"{place}.week"),
        share=read.positive(v["share"], f"{place}.share"),
    )


def _depot(value: Any, place: str) -> facts.Depot:
    v = read.members(value, place, _names(facts.Depot))
    return facts.Depot(
        depot=read.identifier(v["depot"], f"{place}.depot"),
        weeks=_all(_depot_week, v["weeks"], f"{place}.weeks"),
    )


def _depot_week(value: Any, place: str) -> facts.DepotWeek:
    v = read.members(value, place, _names(facts.DepotWeek))
    return facts.DepotWeek(
        week=read.identifier(v["week"], f"{place}.week"),
        quantity=_maybe(read.amount, v["quantity"], f"{place}.quantity"),
        deliveries=_maybe(_count, v["deliveries"], f"{place}.deliveries"),
    )


def _owner_cap(value: Any, place: str) -> facts.OwnerCap:
    v = read.members(value, place, _names(facts.OwnerCap))
    return facts.OwnerCap(
        cap=read.identifier(v["cap"], f"{place}.cap"),
        lots=_maybe(_identifiers, v["lots"], f"{place}.lots"),
        quantity=_maybe(read.amount, v["quantity"], f"{place}.quantity"),
        share=_maybe(read.positive, v["share"], f"{place}.share"),
        of=_maybe(_base, v["of"], f"{place}.of"),
    )


def _reserve(value: Any, place: str) -> facts.Reserve:
    v = read.members(value, place, _names(facts.Reserve))
    return facts.Reserve(
        reserve=read.identifier(v["reserve"], f"{place}.reserve"),
        group=read.identifier(v["group"], f"{place}.group"),
        lots=_maybe(_identifiers, v["lots"], f"{place}.lots"),
        share=read.positive(v["share"], f"{place}.share"),
        of=_base(v["of"], f"{place}.of"),
    )


def _tenderer(value: Any, place: str) -> facts.Tenderer:
    v = read.members(value, place, _names(facts.Tenderer))
    return facts.Tenderer(
        tenderer=read.identifier(v["tenderer"], f"{place}.tenderer"),
        owners=_identifiers(v["owners"], f"{place}.owners"),
        groups=_identifiers(v["groups"], f"{place}.groups"),
        capacity=_maybe(read.amount, v["capacity"], f"{place}.capacity"),
    )


def _tier(value: Any, place: str) -> facts.Tier:
    v = read.members(value, place, _names(facts.Tier))
    return facts.Tier(
        starts_at=read.amount(v["starts_at"], f"{place}.starts_at"),
        unit_price=read.positive(v["unit_price"], f"{place}.unit_price"),
    )


def _bid(value: Any, place: str) -> facts.Bid:
    v = read.members(value, place, _names(facts.Bid))
    return facts.Bid(
        bid=read.identifier(v["bid"], f"{place}.bid"),
        tenderer=read.identifier(v["tenderer"], f"{place}.tenderer"),
        lot=read.identifier(v["lot"], f"{place}.lot"),
        submitted_at=read.instant(v["submitted_at"], f"{place}.submitted_at"),
        minimum=read.amount(v["minimum"], f"{place}.minimum"),
        maximum=read.positive(v["maximum"], f"{place}.maximum"),
        discount=read.choice(v["discount"], f"{place}.discount", DISCOUNTS),
        tiers=_all(_tier, v["tiers"], f"{place}.tiers"),
        transport=read.amount(v["transport"], f"{place}.transport"),
        quality=read.number(v["quality"], f"{place}.quality"),
        exclusive=_maybe(read.identifier, v["exclusive"], f"{place}.exclusive"),
    )


def _package_line(value: Any, place: str) -> facts.PackageLine:
    v = read.members(value, place, _names(facts.PackageLine))
    return facts.PackageLine(
        lot=read.identifier(v["lot"], f"{place}.lot"),
        quantity=read.positive(v["quantity"], f"{place}.quantity"),
    )


def _package(value: Any, place: str) -> facts.Package:
    v = read.members(value, place, _names(facts.Package))
    return facts.Package(
        bid=read.identifier(v["bid"], f"{place}.bid"),
        tenderer=read.identifier(v["tenderer"], f"{place}.tenderer"),
        submitted_at=read.instant(v["submitted_at"], f"{place}.submitted_at"),
        lines=_all(_package_line, v["lines"], f"{place}.lines"),
        price=read.positive(v["price"], f"{place}.price"),
        transport=read.amount(v["transport"], f"{place}.transport"),
        quality=read.number(v["quality"], f"{place}.quality"),
        exclusive=_maybe(read.identifier, v["exclusive"], f"{place}.exclusive"),
        requires=_identifiers(v["requires"], f"{place}.requires"),
    )
