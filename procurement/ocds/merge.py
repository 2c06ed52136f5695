"""Releases into a compiled release, by the rules of the standard with our extensions.

The rules are data of ours (data/profile.json, made by tests/ocds/offline.py): no network.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from ocdsmerge import CompiledRelease


@cache
def profile() -> dict[str, Any]:
    """The extensions of a package, the paths and kinds of all fields, and the merge rules."""
    text = resources.files("procurement.ocds").joinpath("data/profile.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _rules() -> dict[tuple[str, ...], str]:
    return {tuple(path.split("/")): rule for path, rule in profile()["merge"].items()}


def compiled(releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The compiled release of one process; its releases are in the order of their dates."""
    return _after(CompiledRelease(merge_rules=_rules()), releases)


def add(before: dict[str, Any], release: Mapping[str, Any]) -> None:
    """Put one more release into the compiled release `before`, in its place.

    It says the same as merging all of them anew (a test compares the two), and costs what the
    release costs: a tender of a hundred lots has hundreds of releases.
    """
    _put(before, release, "")
    before["id"], before["tag"] = f"{release['ocid']}-{release['date']}", ["compiled"]
    before["date"] = release["date"]


def _put(into: dict[str, Any], value: Mapping[str, Any], path: str) -> None:
    rules = profile()["merge"]
    for key, item in value.items():
        here = f"{path}{key}"
        rule = rules.get(here)
        if rule == "omitWhenMerged":
            continue
        if isinstance(item, Mapping):
            _put(into.setdefault(key, {}), item, f"{here}/")
        elif rule is None and isinstance(item, list) and all(map(_is_object, item)):
            _put_list(into.setdefault(key, []), item, f"{here}/")
        else:
            into[key] = item


def _is_object(value: object) -> bool:
    return isinstance(value, Mapping) and "id" in value


def _put_list(into: list[Any], items: list[Any], path: str) -> None:
    known = {row["id"]: row for row in into}
    for item in items:
        row = known.get(item["id"])
        if row is None:
            row = known[item["id"]] = {}
            into.append(row)
        _put(row, item, path)


def _after(merged: CompiledRelease, releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    for release in releases:
        merged.append(dict(release))
    found: dict[str, Any] = merged.asdict()
    return found
