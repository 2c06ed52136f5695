"""Join the verifier's parts into the one file that travels: `python -m procurement.dossier.build`.

Imports are gathered at the top; blank lines and the docstrings of the parts fall away, and a body
of one short line moves up to its head. Nothing else is changed, so that whoever compares the file
with the source finds the same statements.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

PARTS = ("base", "package", "notes", "history", "sealed", "engine", "parts", "tender", "main")
FOLDER = Path(__file__).parent / "verifier"
WIDTH = 110
OURS = "procurement.dossier.verifier"


@cache
def verifier() -> bytes:
    """The source of `verify.py`."""
    sources = {name: (FOLDER / f"{name}.py").read_text() for name in PARTS}
    title = ast.get_docstring(ast.parse(sources["base"]), clean=False)
    imports = {line for text in sources.values() for line in _imports(text)}
    head = [f'"""{title}"""', "", "from __future__ import annotations", "", *_in_order(imports)]
    parts = [_part(name, text) for name, text in sources.items()]
    return ("\n".join(head) + "\n" + "".join(parts)).encode()


def _imports(text: str) -> list[str]:
    nodes = [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return [ast.unparse(n) for n in nodes if not _inside(n)]


def _inside(node: ast.stmt) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    return module == "__future__" or module.startswith(OURS)


def _in_order(imports: set[str]) -> list[str]:
    modules = sorted(line.removeprefix("import ") for line in imports if line.startswith("import"))
    named: dict[str, set[str]] = {}
    for line in imports:
        if found := re.fullmatch(r"from (\S+) import (.+)", line):
            named.setdefault(found[1], set()).update(found[2].split(", "))
    froms = [f"from {name} import {', '.join(sorted(what))}" for name, what in named.items()]
    return [f"import {', '.join(modules)}", *sorted(froms)]


def _part(name: str, text: str) -> str:
    """The statements of a part without its head, close together."""
    tree = ast.parse(text)
    last = max(n.end_lineno or 0 for n in tree.body[:1] + [n for n in tree.body if _import(n)])
    lines = text.splitlines()
    for node in ast.walk(tree):
        _move_up(node, lines)
    kept = [line for line in lines[last:] if line.strip()]
    return f"\n# --- {name} ---\n" + "\n".join(kept) + "\n"


def _move_up(node: ast.AST, lines: list[str]) -> None:
    """A body of one line onto the line of its head, where both fit."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or len(body) != 1 or isinstance(node, ast.Module):
        return
    only = body[0]
    number = only.lineno
    if (
        only.end_lineno != number
        or hasattr(only, "body")
        or (isinstance(only, ast.Expr) and not (isinstance(only.value, ast.Call)))
    ):
        return
    head, tail = lines[number - 2], lines[number - 1].strip()
    if head.rstrip().endswith(":") and tail and len(head) + 1 + len(tail) <= WIDTH:
        lines[number - 2], lines[number - 1] = f"{head} {tail}", ""


def _import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


if __name__ == "__main__":
    sys.stdout.buffer.write(verifier())
