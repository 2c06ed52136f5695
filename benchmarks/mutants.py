"""How many planted defects do the tests of the evaluation's rules find? Prints the survivors.

    nice -n 15 python -m benchmarks.mutants [--sample N] [--seed N] [--minutes N] [MODULE ...]

Each mutant is the engine with one small change: a comparison moved across its boundary or turned
round, an operator exchanged, a number one more, a condition turned round, a result left out. The
narrow tests of the rules run against it and stop at the first that fails; what they pass is tried
once more by the literal twins. Mutants are made in memory, one process each; no file is changed.
A sample is drawn with the seed that is printed. Exit 1: fewer than 95 of 100 were found.
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = ROOT / "procurement" / "rules"
TESTS = ROOT / "tests" / "rules"
LIMIT = 0.95
SECONDS = 180

CORE = (
    *("evaluation", "contested", "scoring", "score", "points", "evaluated_price", "quality"),
    *("rating", "pricing", "money", "conformance", "ranking", "ties", "flags", "portions"),
    *("sensitivity", "telling", "case", "validation", "bid_checks", "optional_checks"),
)
# In turn: most are found by the first, and the last are slow.
ROUNDS = (
    ("evaluation_vectors", "evaluation", "case_bad_input"),
    (
        *("scoring", "points", "evaluated_price", "rating", "pricing", "conformance", "ties"),
        *("flags", "matching", "sensitivity", "step_tables", "currencies", "two_envelopes"),
        *("money", "case", "core"),
    ),
    ("evaluation_properties", "method_properties"),
)

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
RECKONED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
EXCHANGED = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutants(ast.NodeVisitor):
    """Every mutant of one module: where it is, what was changed, and the changed tree's text."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.found: list[tuple[int, str, str]] = []

    def all(self) -> list[tuple[int, str, str]]:
        self.visit(self.tree)
        return self.found

    def _try(self, node: ast.AST, field: str, value: object) -> None:
        """Change one field, write the module down, and put the field back."""
        before, was = getattr(node, field), ast.unparse(node)
        setattr(node, field, value)
        told = f"{_short(was)}  ->  {_short(ast.unparse(node))}"
        self.found.append((getattr(node, "lineno", 0), told, ast.unparse(self.tree)))
        setattr(node, field, before)

    def visit_Compare(self, node: ast.Compare) -> None:
        for place, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                self._try(node, "ops", [*node.ops[:place], other(), *node.ops[place + 1 :]])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        texts = (ast.JoinedStr, ast.BinOp)
        strings = any(
            isinstance(side, texts) and _is_text(side) for side in (node.left, node.right)
        )
        if type(node.op) in RECKONED and not strings and not isinstance(node.left, ast.Constant):
            self._try(node, "op", RECKONED[type(node.op)]())
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._try(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.USub):
            self._try(node, "op", ast.UAdd())
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._try(node, "test", ast.UnaryOp(ast.Not(), node.test))
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self._try(node, "test", ast.UnaryOp(ast.Not(), node.test))
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not _is_none(node.value):
            self._try(node, "value", ast.Constant(None))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._try(node, "value", not node.value)
        elif isinstance(node.value, int):
            self._try(node, "value", node.value + 1)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in EXCHANGED:
            self._try(node, "id", EXCHANGED[node.id])

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for statement in node.body:  # Neither decorators nor annotations.
            self.visit(statement)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What an error says is read by people."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """So is what is told of a number."""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:70] + "…"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr)


class Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from changed text."""

    def __init__(self, module: str, text: str) -> None:
        self.module, self.text = module, text

    def find_spec(self, fullname, path=None, target=None):
        if fullname == self.module:
            return importlib.util.spec_from_loader(fullname, self)
        return None

    def exec_module(self, module) -> None:
        module.__file__ = str(RULES / f"{self.module.rsplit('.', 1)[-1]}.py")
        exec(compile(self.text, module.__file__, "exec"), module.__dict__)


def survives_all(module: str, text: str) -> bool:
    """Whether no round finds the mutant; of the last, only the literal twins are asked."""
    return all(survives(module, text, _files(files), files is ROUNDS[-1]) for files in ROUNDS)


def survives(module: str, text: str, tests: list[str], twins: bool = False) -> bool:
    """Whether the tests pass with the changed module, in a process of its own."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        with contextlib.suppress(BaseException):
            os._exit(_run(module, text, tests, twins))
        os._exit(1)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)  # An endless loop is found out too.
    os.waitpid(child, 0)
    return False


def _run(module: str, text: str, tests: list[str], twins: bool) -> int:
    import pytest

    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.meta_path.insert(0, Planted(f"procurement.rules.{module}", text))
    plain = ["-p", "no:cacheprovider", "--noconftest", "-c", os.devnull]
    chosen = ["-k", "twin"] if twins else []
    return int(pytest.main(["-x", "-q", "--rootdir", str(ROOT), *plain, *chosen, *tests]))


def _files(names: tuple[str, ...]) -> list[str]:
    return [str(path) for name in names if (path := TESTS / f"test_{name}.py").exists()]


def mutants(modules: list[str]) -> Iterator[tuple[str, int, str, str]]:
    for module in modules:
        source = (RULES / f"{module}.py").read_text(encoding="utf-8")
        for line, told, text in Mutants(source).all():
            yield module, line, told, text


def main() -> int:
    options = _parser().parse_args()
    # Once, before the processes part; and no plugin that the rules' tests do not need.
    import hypothesis  # noqa: F401
    import pytest  # noqa: F401

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    everything = list(mutants(options.module or list(CORE)))
    drawn = everything
    if options.sample and options.sample < len(everything):
        drawn = random.Random(options.seed).sample(everything, options.sample)
    else:
        random.Random(options.seed).shuffle(drawn)
    print(f"{len(everything)} mutants, {len(drawn)} drawn with seed {options.seed}", flush=True)
    whole = (RULES / "evaluation.py").read_text(encoding="utf-8")
    if not survives_all("evaluation", whole):
        print("the tests do not pass without any change: nothing can be said", file=sys.stderr)
        return 2
    tried, survivors, began = Counter(), [], time.monotonic()
    for module, line, told, text in drawn:
        if time.monotonic() - began > options.minutes * 60:
            print(f"stopped after {options.minutes} minutes: the rest is not tried")
            break
        tried[module] += 1
        if survives_all(module, text):
            survivors.append((module, line, told))
            print(f"  survived: {module}.py:{line}: {told}", flush=True)
    return _report(tried, survivors, len(everything))


def _report(tried: Counter, survivors: list, known: int) -> int:
    count = tried.total()
    lived = Counter(module for module, *_ in survivors)
    for module in sorted(tried):
        print(f"{module:18} {tried[module]:5} tried, {tried[module] - lived[module]:5} found")
    share = (count - len(survivors)) / count
    print(
        f"{count} of {known} tried, {count - len(survivors)} found: {share:.1%} (limit {LIMIT:.0%})"
    )
    return 0 if share >= LIMIT else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.mutants")
    parser.add_argument("module", nargs="*", help="modules of procurement/rules; default: the core")
    parser.add_argument("--sample", type=int, default=0, help="how many; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=25)
    return parser


if __name__ == "__main__":
    sys.exit(main())
