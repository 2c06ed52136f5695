"""Load commodities, standards and price adjustments from the project's data files."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.errors import Invalid
from produce.models import (
    Commodity,
    Grade,
    Limit,
    Parameter,
    ParameterComponent,
    PriceAdjustmentSchedule,
    PriceAdjustmentStep,
    Standard,
)
from produce.operations.sync import Tally, sync
from produce.rules.adjustmentfile import ScheduleEntry, read_adjustments
from produce.rules.commodityfile import CodeEntry, CommodityEntry, read_commodities
from produce.rules.standardfile import ParameterEntry, StandardEntry, read_standard

DATA = Path(__file__).resolve().parent.parent / "data"


class UnknownCommodity(Invalid):
    """A standard or schedule names a commodity that the file of commodities does not have."""

    code = "unknown-commodity"


class SameEditionTwice(Invalid):
    """Two files hold one edition of one standard."""

    code = "same-edition-twice"


def load(*, now: datetime, data: Path = DATA) -> Tally:
    """Make the catalogue equal to the data files; a second load writes nothing.

    All or nothing. What the files do not mention (a national table that was added by hand) is left
    alone; within a standard that they hold, what is gone from its file is removed. Published
    specifications are frozen copies and never change. Raises BadDataFile, UnknownCommodity,
    SameEditionTwice. `now` is when it was loaded.
    """
    entries = read_commodities(_text(data / "commodities.json"), "commodities.json")
    standards = read_standards(data / "standards")
    schedules = read_adjustments(_text(data / "adjustments.json"), "adjustments.json")
    tally = Tally()
    with transaction.atomic():
        commodities = _load_commodities(entries, tally)
        write_standards(standards, commodities, tally)
        _load_schedules(schedules, commodities, tally)
    return tally


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def read_standards(folder: Path) -> list[StandardEntry]:
    """Every file of a folder of standards. Raises BadDataFile, SameEditionTwice."""
    entries: dict[tuple[str, str], StandardEntry] = {}
    for path in sorted(folder.glob("*.json")):
        place = f"standards/{path.name}"
        entry = read_standard(_text(path), place)
        if (entry.code, entry.edition) in entries:
            raise SameEditionTwice(
                f"{entry.code}, {entry.edition} is in another file as well.",
                where=place,
                remedy="Give the edition another name, or merge the files.",
            )
        entries[entry.code, entry.edition] = entry
    return list(entries.values())


def _load_commodities(entries: tuple[CommodityEntry, ...], tally: Tally) -> dict[str, Commodity]:
    existing = Commodity.objects.filter(code__in=[e.code for e in entries])
    rows = sync(existing, ["code"], [_commodity(e) for e in entries], tally)
    return {code: row for (code,), row in rows.items()}


def _commodity(entry: CommodityEntry) -> Commodity:
    codes = {"hs6": entry.hs6, "cpc": entry.cpc, "fao_item": entry.fao_item}
    columns: dict[str, Any] = {}
    for name, code in codes.items():
        columns |= _code_columns(name, code)
    return Commodity(
        code=entry.code,
        name=entry.name,
        category=entry.category.value,
        default_unit=entry.default_unit,
        **columns,
    )


def _code_columns(name: str, code: CodeEntry | None) -> dict[str, str]:
    return {
        name: code.code if code else "",
        f"{name}_source": code.source if code else "",
        f"{name}_confidence": code.confidence.value if code else "",
    }


def find(commodities: dict[str, Commodity], code: str, who: str) -> Commodity:
    """The commodity with this code. Raises UnknownCommodity."""
    if code not in commodities:
        raise UnknownCommodity(
            f"{who} is for “{code}”, which is not in commodities.json.",
            where=who,
            remedy="Add the commodity, or correct its code.",
        )
    return commodities[code]


def write_standards(
    entries: list[StandardEntry], commodities: dict[str, Commodity], tally: Tally
) -> None:
    """Make the tables of these editions equal to the entries; others are left alone."""
    tables = [
        (_standard(entry, find(commodities, code, entry.code)), entry, parameters)
        for entry in entries
        for code, parameters in entry.tables
    ]
    key = ["code", "edition", "commodity_id"]
    existing = Standard.objects.filter(code__in=[e.code for e in entries])
    # Another edition of the same code may have been added by hand: only ours are compared.
    ours = {(s.code, s.edition, s.commodity_id) for s, _, _ in tables}
    pks = [s.pk for s in existing if (s.code, s.edition, s.commodity_id) in ours]
    rows = sync(existing.filter(pk__in=pks), key, [s for s, _, _ in tables], tally)
    loaded = [(rows[s.code, s.edition, s.commodity_id], e, ps) for s, e, ps in tables]
    _load_tables(loaded, tally)


def _standard(entry: StandardEntry, commodity: Commodity) -> Standard:
    return Standard(
        code=entry.code,
        edition=entry.edition,
        title=entry.title,
        issuer=entry.issuer,
        jurisdiction=entry.jurisdiction,
        commodity=commodity,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        source=entry.source,
        confidence=entry.confidence.value,
        note=entry.note,
        sampling_method=entry.sampling_method,
    )


Table = tuple[Standard, StandardEntry, tuple[ParameterEntry, ...]]


def _load_tables(tables: list[Table], tally: Tally) -> None:
    standards = [standard for standard, _, _ in tables]
    wanted_grades = [Grade(standard=s, **asdict(g)) for s, e, _ in tables for g in e.grades]
    existing_grades = Grade.objects.filter(standard__in=standards)
    grades = sync(existing_grades, ["standard_id", "code"], wanted_grades, tally)
    wanted = [_parameter(s, p, i) for s, _, ps in tables for i, p in enumerate(ps, start=1)]
    existing = Parameter.objects.filter(standard__in=standards)
    parameters = sync(existing, ["standard_id", "code"], wanted, tally)
    _load_limits(tables, grades, parameters, tally)
    _load_components(tables, parameters, tally)


def _parameter(standard: Standard, entry: ParameterEntry, position: int) -> Parameter:
    return Parameter(
        standard=standard,
        code=entry.code,
        name=entry.name,
        unit=entry.unit,
        kind=entry.kind.value,
        direction=entry.direction.value,
        method=entry.method,
        method_confidence=str(entry.method_confidence),
        is_safety=entry.is_safety,
        decimals=entry.decimals,
        note=entry.note,
        position=position,
    )


def _load_limits(
    tables: list[Table], grades: dict[Any, Grade], parameters: dict[Any, Parameter], tally: Tally
) -> None:
    wanted = [
        Limit(
            parameter=parameters[standard.pk, entry.code],
            grade=grades[standard.pk, grade],
            minimum=limit.minimum,
            maximum=limit.maximum,
            text=limit.text,
            source=limit.source,
            confidence=limit.confidence.value,
        )
        for standard, _, entries in tables
        for entry in entries
        for grade, limit in entry.limits
    ]
    existing = Limit.objects.filter(parameter__in=[p.pk for p in parameters.values()])
    sync(existing, ["parameter_id", "grade_id"], wanted, tally)


def _load_components(tables: list[Table], parameters: dict[Any, Parameter], tally: Tally) -> None:
    wanted = [
        ParameterComponent(
            total=parameters[standard.pk, entry.code], component=parameters[standard.pk, part]
        )
        for standard, _, entries in tables
        for entry in entries
        for part in entry.components
    ]
    totals = [p.pk for p in parameters.values()]
    existing = ParameterComponent.objects.filter(total__in=totals)
    sync(existing, ["total_id", "component_id"], wanted, tally)


def _load_schedules(
    entries: tuple[ScheduleEntry, ...], commodities: dict[str, Commodity], tally: Tally
) -> None:
    wanted = [_schedule(entry, commodities) for entry in entries]
    ours = {(s.code, s.edition) for s in wanted}
    rows = PriceAdjustmentSchedule.objects.filter(code__in=[e.code for e in entries])
    existing = rows.filter(pk__in=[r.pk for r in rows if (r.code, r.edition) in ours])
    schedules = sync(existing, ["code", "edition"], wanted, tally)
    steps = [
        PriceAdjustmentStep(
            schedule=schedules[entry.code, entry.edition], position=i, **asdict(step)
        )
        for entry in entries
        for i, step in enumerate(entry.steps, start=1)
    ]
    old = PriceAdjustmentStep.objects.filter(schedule__in=[s.pk for s in schedules.values()])
    sync(old, ["schedule_id", "position"], steps, tally)


def _schedule(entry: ScheduleEntry, commodities: dict[str, Commodity]) -> PriceAdjustmentSchedule:
    code = entry.commodity
    return PriceAdjustmentSchedule(
        code=entry.code,
        edition=entry.edition,
        name=entry.name,
        commodity=find(commodities, code, entry.code) if code else None,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        rounding=entry.rounding.value,
        rounding_decimals=entry.rounding_decimals,
        source=entry.source,
        confidence=entry.confidence.value,
        note=entry.note,
    )
