"""Releases into a compiled release, by the rules of the standard with our extensions.

The rules are data of ours (data/profile.json, made by tests/ocds/offline.py): no network.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from ocdsmerge import CompiledRelease, Merger


@cache
def profile() -> dict[str, Any]:
    """The extensions of a package, the paths and kinds of all fields, and the merge rules."""
    text = resources.files("procurement.ocds").joinpath("data/profile.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def _merger() -> Merger:
    rules = {tuple(path.split("/")): rule for path, rule in profile()["merge"].items()}
    return Merger(merge_rules=rules)


def compiled(releases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The compiled release of one process."""
    found: dict[str, Any] = _merger().create_compiled_release(list(releases))
    return found


def added(before: Mapping[str, Any] | None, release: Mapping[str, Any]) -> dict[str, Any]:
    """The compiled release after one more; the same as merging all of them anew."""
    if before is None:
        return compiled([release])
    found = CompiledRelease(dict(before), merge_rules=_merger().merge_rules)
    found.append(dict(release))
    result: dict[str, Any] = found.asdict()
    return result
