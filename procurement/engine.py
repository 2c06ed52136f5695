"""The engine's source as data: the modules that work out an evaluation, and their digest.

The ledger records the digest when a tender is published, and a dossier carries the modules
themselves: a verifier runs those and no others. What belongs to them is not listed but read from
the source: everything that `recompute` imports, however indirectly.
"""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOOR = "procurement.rules.recompute"
FORMAT = "musika-engine/1"
OURS = ("marketplace", "procurement", "produce", "api")


@cache
def sources() -> Mapping[str, bytes]:
    """The engine's files: bytes by path (from the project's root, with slashes), in order."""
    found: dict[str, bytes] = {}
    waiting = [DOOR]
    while waiting:
        path = _path(waiting.pop())
        if path is None or str(path) in found:
            continue
        found[str(path)] = (ROOT / path).read_bytes()
        waiting += _imported(found[str(path)])
    return dict(sorted(found.items()))


def _path(module: str) -> Path | None:
    """The file of a module, or None for a name inside one."""
    base = Path(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if (ROOT / path).is_file():
            return path
    return None


def _imported(source: bytes) -> Iterator[str]:
    """Every module of ours that the source may import, with the packages around it."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            if parts[0] in OURS:
                yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def digest(files: Mapping[str, bytes] | None = None) -> str:
    """SHA-256 over the format's name and, by path, a line of path and SHA-256 for each file."""
    given = sources() if files is None else files
    lines = [f"{path} {hashlib.sha256(given[path]).hexdigest()}\n" for path in sorted(given)]
    return hashlib.sha256("".join([f"{FORMAT}\n", *lines]).encode()).hexdigest()
