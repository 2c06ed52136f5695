"""Where the standard lies offline, and what our own profile data is made from.

`python -m tests.ocds.offline` writes procurement/ocds/data/profile.json again.
"""

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "procurement" / "ocds" / "data" / "profile.json"
TYPES = {"string": "s", "number": "n", "integer": "i", "boolean": "b", "object": "o", "array": "a"}
DEEPEST = 12


def folder() -> Path | None:
    """The folder with check_ocds.py: MUSIKA_OCDS_CHECK, or shared/ocds beside the checkout."""
    named = os.environ.get("MUSIKA_OCDS_CHECK")
    places = [Path(named)] if named else [p / "shared" / "ocds" for p in ROOT.parents[:2]]
    return next((p for p in places if (p / "check_ocds.py").exists()), None)


needs_standard = pytest.mark.skipif(
    folder() is None,
    reason="check_ocds.py is not here: set MUSIKA_OCDS_CHECK to the folder that holds it",
)


def profile() -> dict[str, Any]:
    """Paths, types and merge rules of the standard with our extensions: facts, no texts."""
    sys.path.insert(0, str(folder()))
    import ocds_offline
    from ocdsextensionregistry.util import replace_refs
    from ocdsmerge.rules import get_merge_rules

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = ocds_offline.builder().patched_release_schema()
    rules = get_merge_rules(json.loads(json.dumps(schema)))
    whole = replace_refs(json.loads(json.dumps(schema)), keep_defs=False)
    fields: dict[str, Any] = {}
    _walk(whole, (), fields)
    return {
        "extensions": ocds_offline.profile_urls(),
        "merge": {"/".join(path): rule for path, rule in sorted(rules.items())},
        "fields": dict(sorted(fields.items())),
    }


def _walk(schema: Any, path: tuple[str, ...], found: dict[str, Any]) -> None:
    if len(path) > DEEPEST:
        return
    for name, sub in schema.get("properties", {}).items():
        here = (*path, name)
        found["/".join(here)] = _kind(sub)
        items = sub.get("items", {})
        _walk(items if isinstance(items, dict) and "properties" in items else sub, here, found)


def _kind(sub: Any) -> str:
    given = sub.get("type", "object" if "properties" in sub else "any")
    given = [given] if isinstance(given, str) else given
    kind = "".join(TYPES.get(name, "") for name in given)
    if sub.get("format") == "date-time":
        kind += "d"
    items = sub.get("items")
    if isinstance(items, dict):
        inner = items.get("type", "object")
        kind += ":" + "".join(
            TYPES.get(n, "") for n in ([inner] if isinstance(inner, str) else inner)
        )
    allowed = [str(v) for v in sub.get("enum", []) if v is not None]
    return kind + ("=" + "|".join(allowed) if allowed else "")


def text() -> str:
    return json.dumps(profile(), indent=0, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PROFILE.write_text(text())
