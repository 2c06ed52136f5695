"""A file of one standard in one edition, read strictly into one table per commodity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from marketplace.errors import Invalid
from produce.rules.commodityfile import upper_code
from produce.rules.facts import Confidence, Direction, Kind
from produce.rules.grading import GradeFact, check_table
from produce.rules.limits import LimitFact, check_limit
from produce.rules.reading import Node, parse, refuse, unique

Fact = TypeVar("Fact")
FORMAT = "musika-standard-1"
MOST_CODES = 500
_KEYS = {"format", "code", "edition", "title", "issuer", "jurisdiction", "commodities"} | {
    *("valid_from", "valid_to", "source", "confidence", "grades", "parameters")
}


@dataclass(frozen=True, kw_only=True)
class GradeEntry:
    rank: int
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ParameterEntry:
    """A parameter with its limit for each grade code. `only_for` empty: every commodity."""

    code: str
    name: str
    unit: str
    kind: Kind
    direction: Direction
    method: str
    method_confidence: str
    is_safety: bool
    decimals: int | None
    note: str
    components: tuple[str, ...]
    only_for: tuple[str, ...]
    limits: tuple[tuple[str, LimitFact], ...]


@dataclass(frozen=True, kw_only=True)
class StandardEntry:
    """One edition of a table. `tables` are its parameters by commodity."""

    code: str
    edition: str
    title: str
    issuer: str
    jurisdiction: str
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: Confidence
    note: str
    sampling_method: str
    grades: tuple[GradeEntry, ...]
    tables: tuple[tuple[str, tuple[ParameterEntry, ...]], ...]


def read_standard(text: str, file: str) -> StandardEntry:
    """Read the file's text. Raises BadDataFile with the place."""
    root = parse(text, file)
    root.format(FORMAT)
    root.keys(_KEYS, {"note", "sampling_method"})
    first, end = root.period()
    grades = root.each("grades", _grade)
    entry = StandardEntry(
        code=upper_code(root, "code"),
        edition=root.text("edition", 60),
        title=root.text("title", 200),
        issuer=root.text("issuer", 120),
        jurisdiction=root.text("jurisdiction", 40, empty=True),
        valid_from=first,
        valid_to=end,
        source=root.text("source", 400),
        confidence=root.word("confidence", Confidence),
        note=root.text("note", 2000, empty=True),
        sampling_method=root.text("sampling_method", 80, empty=True),
        grades=grades,
        tables=_tables(root, [grade.code for grade in grades]),
    )
    _check(entry, root.place)
    return entry


def _grade(node: Node) -> GradeEntry:
    node.keys({"rank", "code", "name"})
    return GradeEntry(
        rank=node.whole("rank") or 0, code=node.text("code", 20), name=node.text("name", 80)
    )


def _tables(root: Node, grades: list[str]) -> tuple[tuple[str, tuple[ParameterEntry, ...]], ...]:
    commodities = _codes(root, "commodities")
    unique(list(commodities), f"{root.place}.commodities")
    parameters = root.each("parameters", lambda node: _parameter(node, grades))
    for parameter in parameters:
        if strangers := set(parameter.only_for) - set(commodities):
            place = f"{root.place}.parameters.{parameter.code}.only_for"
            raise refuse(place, f"“{min(strangers)}” is not among the commodities")
    return tuple(
        (code, tuple(p for p in parameters if not p.only_for or code in p.only_for))
        for code in commodities
    )


def _codes(node: Node, key: str) -> tuple[str, ...]:
    def read(item: Node) -> str:
        if not isinstance(item.value, str) or not item.value:
            raise refuse(item.place, "must be a code")
        return item.value

    return node.each(key, read, most=MOST_CODES)


def _parameter(node: Node, grades: list[str]) -> ParameterEntry:
    optional = {"method", "method_confidence", "safety", "decimals", "note", "components"}
    node.keys({"code", "name", "unit", "kind", "direction", "limits"}, optional | {"only_for"})
    code = upper_code(node, "code")
    named = Node(node.value, f"{node.place} ({code})")
    return ParameterEntry(
        code=code,
        name=named.text("name", 120),
        unit=named.text("unit", 40, empty=True),
        kind=named.word("kind", Kind),
        direction=named.word("direction", Direction),
        method=named.text("method", 120, empty=True),
        method_confidence=_method_confidence(named),
        is_safety=named.flag("safety"),
        decimals=named.whole("decimals"),
        note=named.text("note", 1000, empty=True),
        components=_codes(named, "components") if "components" in named.value else (),
        only_for=_codes(named, "only_for") if "only_for" in named.value else (),
        limits=_limits(named, grades),
    )


def _method_confidence(node: Node) -> str:
    if not node.value.get("method"):
        return ""
    return node.word("method_confidence", Confidence)


def _limits(node: Node, grades: list[str]) -> tuple[tuple[str, LimitFact], ...]:
    limits = node.each("limits", lambda item: (item.text("grade", 20), _limit(item, node)))
    given = [grade for grade, _ in limits]
    unique(given, f"{node.place}.limits")
    if sorted(given) != sorted(grades):
        raise refuse(f"{node.place}.limits", f"must be one for each grade: {', '.join(grades)}")
    return limits


def _limit(item: Node, parameter: Node) -> LimitFact:
    item.keys({"grade", "source", "confidence"}, {"minimum", "maximum", "text"})
    limit = LimitFact(
        code=parameter.text("code", 40),
        name=parameter.text("name", 120),
        unit=parameter.text("unit", 40, empty=True),
        kind=parameter.word("kind", Kind),
        direction=parameter.word("direction", Direction),
        method=parameter.text("method", 120, empty=True),
        is_safety=parameter.flag("safety"),
        decimals=parameter.whole("decimals"),
        components=_codes(parameter, "components") if "components" in parameter.value else (),
        minimum=item.number("minimum"),
        maximum=item.number("maximum"),
        text=item.text("text", 200, empty=True),
        source=item.text("source", 400),
        confidence=item.word("confidence", Confidence),
    )
    _refuse_at(item.place, check_limit, limit)
    return limit


def _check(entry: StandardEntry, place: str) -> None:
    unique([grade.code for grade in entry.grades], f"{place}.grades")
    for commodity, parameters in entry.tables:
        unique([p.code for p in parameters], f"{place}.parameters for {commodity}")
        _refuse_at(f"{place} for {commodity}", check_table, grade_facts(entry.grades, parameters))


def grade_facts(
    grades: Sequence[GradeEntry], parameters: Sequence[ParameterEntry]
) -> tuple[GradeFact, ...]:
    """The table as the grading rules take it."""
    return tuple(
        GradeFact(
            rank=grade.rank,
            code=grade.code,
            name=grade.name,
            limits=tuple(dict(p.limits)[grade.code] for p in parameters),
        )
        for grade in grades
    )


def _refuse_at(place: str, check: Callable[[Fact], object], fact: Fact) -> None:
    """Run a rule's own check and say where in the file it failed."""
    try:
        check(fact)
    except Invalid as error:
        raise refuse(f"{place}, {error.where}" if error.where else place, error.message) from error
