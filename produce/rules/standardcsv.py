"""A standard as a table for spreadsheets: one row for each parameter and grade."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from produce.rules.reading import refuse

HEAD = ("code", "edition", "title", "issuer", "jurisdiction", "valid_from", "valid_to")
WHOLE = (*HEAD, "standard_source", "standard_confidence", "standard_note", "sampling_method")
GRADE = ("grade_rank", "grade", "grade_name")
PARAMETER = (
    *("parameter", "name", "unit", "kind", "direction", "method", "method_confidence"),
    *("safety", "decimals", "note", "components", "only_for"),
)
LIMIT = ("minimum", "maximum", "text", "source", "confidence")
COLUMNS = (*WHOLE, "commodities", *GRADE, *PARAMETER, *LIMIT)
MOST_ROWS = 5000
# With the apostrophes that guard it, so that text which has one comes back as it was.
_RUNS = re.compile("'*[=+\\-@\\t\\r\\n]")
_NUMBER = re.compile("[+-]?[0-9]+([.][0-9]+)?", re.ASCII)


def write_csv(form: Mapping[str, Any]) -> str:
    """The published form of a standard as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _inert(said) for name, said in row.items()} for row in _rows(form))
    return out.getvalue()


def _inert(said: object) -> str:
    """What a spreadsheet would run as a formula gets an apostrophe before it; numbers do not."""
    text = str(said)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def _meant(text: Any) -> Any:
    """The cell without that apostrophe; what is no text is refused later."""
    guarded = isinstance(text, str) and text[:1] == "'" and _RUNS.match(text)
    return text[1:] if guarded else text


def _rows(form: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    grades = {grade["code"]: grade for grade in form["grades"]}
    whole = {name: form.get(name) or "" for name in (*HEAD, "sampling_method")}
    whole |= {f"standard_{name}": form.get(name, "") for name in ("source", "confidence", "note")}
    whole["commodities"] = " ".join(form["commodities"])
    for parameter in form["parameters"]:
        said = {name: parameter.get(name, "") for name in PARAMETER if name != "parameter"}
        said |= {"parameter": parameter["code"], "safety": "yes" if parameter.get("safety") else ""}
        for name in ("components", "only_for"):
            said[name] = " ".join(parameter.get(name, ()))
        for limit in parameter["limits"]:
            grade = grades[limit["grade"]]
            place = {"grade_rank": grade["rank"], "grade": grade["code"]}
            bounds = {name: limit.get(name, "") for name in LIMIT}
            yield {**whole, **said, **place, "grade_name": grade["name"], **bounds}


def csv_to_json(text: str, file: str) -> str:
    """Turn the table into the text of the published form, which is then read strictly.

    Raises BadDataFile for another head, a row of another length or rows that contradict others.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        names = tuple(reader.fieldnames or ())
        rows = [(reader.line_num, {k: _meant(v) for k, v in row.items()}) for row in reader]
    except csv.Error as error:
        raise refuse(f"{file}, line {reader.line_num}", f"not CSV: {error}") from error
    if missing := [name for name in COLUMNS if name not in names]:
        raise refuse(f"{file}, line 1", f"lacks the column “{missing[0]}”")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise refuse(f"{file}, line 1", f"“{unknown[0]}” is not a column that belongs here")
    if not rows or len(rows) > MOST_ROWS:
        raise refuse(file, f"must have from 1 to {MOST_ROWS} rows")
    return json.dumps(_form(rows, file), ensure_ascii=False, indent=2)


def _form(rows: list[tuple[int, dict[str, str]]], file: str) -> dict[str, Any]:
    for number, row in rows:
        if None in row or None in row.values():
            raise refuse(f"{file}, line {number}", "has more or fewer cells than the head")
    first = _same(rows, (*WHOLE, "commodities"), file)
    form: dict[str, Any] = {"format": "musika-standard-1"}
    form |= {name: first[name] for name in HEAD}
    form |= {name: first[name] or None for name in ("valid_from", "valid_to")}
    form |= {name: first[f"standard_{name}"] for name in ("source", "confidence")}
    if first["standard_note"]:
        form["note"] = first["standard_note"]
    if first["sampling_method"]:
        form["sampling_method"] = first["sampling_method"]
    form["commodities"] = first["commodities"].split()
    form["grades"] = _grades(rows, file)
    form["parameters"] = _parameters(rows, file)
    return form


def _same(
    rows: list[tuple[int, dict[str, str]]], names: tuple[str, ...], file: str
) -> dict[str, str]:
    """What must be the same in all these rows."""
    line, first = rows[0]
    for number, row in rows[1:]:
        if other := [name for name in names if row[name] != first[name]]:
            raise refuse(f"{file}, line {number}", f"says another “{other[0]}” than line {line}")
    return first


def _grades(rows: list[tuple[int, dict[str, str]]], file: str) -> list[dict[str, Any]]:
    groups = _groups(rows, ("grade",))
    said = [_same(group, GRADE, file) for group in groups]
    for number, row in rows:
        if not _is_whole(row["grade_rank"]):
            raise refuse(f"{file}, line {number}, grade_rank", "must be a whole number from 1")
    found = [
        {"rank": int(r["grade_rank"]), "code": r["grade"], "name": r["grade_name"]} for r in said
    ]
    return sorted(found, key=lambda grade: grade["rank"])


def _is_whole(text: str) -> bool:
    """Short enough to be one: of thousands of digits Python makes no number."""
    return text.isdecimal() and len(text) <= 6


def _parameters(rows: list[tuple[int, dict[str, str]]], file: str) -> list[dict[str, Any]]:
    return [_parameter(group, file) for group in _groups(rows, ("parameter", "only_for"))]


def _groups(
    rows: list[tuple[int, dict[str, str]]], names: tuple[str, ...]
) -> list[list[tuple[int, dict[str, str]]]]:
    """Rows that say the same here; a parameter may stand twice, for other commodities."""
    found: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append((number, row))
    return list(found.values())


def _parameter(rows: list[tuple[int, dict[str, str]]], file: str) -> dict[str, Any]:
    said = _same(rows, PARAMETER, file)
    form: dict[str, Any] = {"code": said["parameter"]}
    form |= {name: said[name] for name in ("name", "unit", "kind", "direction")}
    form |= {name: said[name] for name in ("method", "method_confidence", "note") if said[name]}
    form |= {name: said[name].split() for name in ("components", "only_for") if said[name]}
    if said["safety"] not in ("", "yes"):
        raise refuse(f"{file}, line {rows[0][0]}, safety", "must be “yes” or empty")
    if said["safety"]:
        form["safety"] = True
    if said["decimals"]:
        decimals = said["decimals"]
        form["decimals"] = int(decimals) if _is_whole(decimals) else decimals
    form["limits"] = [
        {"grade": row["grade"]} | {name: row[name] for name in LIMIT if row[name]}
        for _, row in rows
    ]
    return form
