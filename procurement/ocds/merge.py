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


def added(before: Mapping[str, Any] | None, release: Mapping[str, Any]) -> dict[str, Any]:
    """The compiled release after one more; the same as merging all of them anew."""
    if before is None:
        return compiled([release])
    return _after(CompiledRelease(dict(before), merge_rules=_rules()), [release])


def _after(merged: CompiledRelease, releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    for release in releases:
        merged.append(dict(release))
    found: dict[str, Any] = merged.asdict()
    return found
