"""The one module that calls HiGHS, and the one in which numbers are floats.

Nothing that comes from here is believed: values are rounded to whole numbers and re-checked in
exact arithmetic, and a bound is lowered by more than the error that floats can have made.
HiGHS is imported when it is first needed, so that the rules and the checker run without it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, isfinite
from pathlib import Path
from typing import Any, Final

from marketplace.errors import MusikaError
from procurement.rules.allocation.program import Program, Row

SEED: Final = 0
THREADS: Final = 1
# Whole numbers up to here are exact as floats, and so are sums of a few of them.
_EXACT: Final = 2**50
# Well below 1 / MAX_QUANTA, so that no quantum can hide behind a yes-or-no that is nearly no.
_TOLERANCE: Final = 1e-9


class SolverMissing(MusikaError):
    """HiGHS is not installed."""

    code = "solver-missing"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver found.

    `state`: solved, infeasible, stopped (by the time limit) or failed. `values` may be wrong by
    the solver's tolerances; `bound` is a proven lower bound of the objective, if there is one.
    """

    state: str
    values: tuple[int, ...] | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The optimum without the demand for whole numbers: its value and each column's reduced cost
    with the bound at which the column stands (None: between its bounds)."""

    value: float
    reduced: tuple[float, ...]
    at: tuple[int | None, ...]


class Solver:
    """Solves programmes one after the other within one time limit (seconds; None: no limit).

    `gap`: a solve may stop once its cost is proven to be within this part of the least; unlike a
    time limit, that stops every run at the same award.
    The seconds are those that HiGHS itself counts; the rules read no clock.
    `watch` is called before each solve; what it raises ends the work.
    """

    def __init__(
        self,
        seconds: int | None = None,
        gap: Fraction | None = None,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self.library = _library()
        self.watch = watch
        self.seconds, self.gap = seconds, gap
        self.spent = 0.0

    @property
    def version(self) -> str:
        parts = ("MAJOR", "MINOR", "PATCH")
        return ".".join(str(getattr(self.library, f"HIGHS_VERSION_{part}")) for part in parts)

    @property
    def exhausted(self) -> bool:
        return self.seconds is not None and self.spent >= self.seconds

    def solve(
        self, program: Program, start: tuple[int, ...] | None = None, *, near: bool = False
    ) -> Outcome:
        """The least value of the programme. `start`: known values, as a first incumbent.

        `near`: to stop at the solver's gap is allowed; what is asked of a proof must not.
        """
        if self.watch is not None:
            self.watch()
        if self.exhausted:
            return Outcome("stopped", None, None)
        highs, scale = self._load(program, whole=True)
        if near and self.gap is not None:
            self._stop_near(highs, program, scale)
        if start is not None:
            self._hint(highs, start)
        status = self._run(highs)
        names = self.library.HighsModelStatus
        if status in (names.kInfeasible, names.kUnboundedOrInfeasible):
            return Outcome("infeasible", None, None)
        values = _whole(highs) if self._has_values(highs) else None
        offset = highs.getLp().offset_
        reached = (highs.getInfo().mip_dual_bound - offset) / scale
        bound = _lowered(reached, program, values, abs(offset) / scale)
        known = {names.kOptimal: "solved", names.kTimeLimit: "stopped"}
        return Outcome(known.get(status, "failed"), values, bound)

    def relax(self, program: Program) -> Relaxation | None:
        """The optimum over fractions, or None."""
        if self.exhausted:
            return None
        highs, scale = self._load(program, whole=False)
        if self._run(highs) != self.library.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        reduced = tuple(d / scale for d in solution.col_dual)
        bounds = zip(solution.col_value, program.lower, program.upper, strict=True)
        at = tuple(_standing(value, low, high) for value, low, high in bounds)
        return Relaxation(highs.getInfo().objective_function_value / scale, reduced, at)

    def _stop_near(self, highs: Any, program: Program, scale: float) -> None:
        # A part of the whole cost, as the solver does not know the constant that was taken off it.
        lp = highs.getLp()
        lp.offset_ = float(program.constant / program.granule) * scale
        highs.passModel(lp)
        highs.setOptionValue("mip_rel_gap", float(self.gap or 0))

    def _run(self, highs: Any) -> Any:
        if self.seconds is not None:
            highs.setOptionValue("time_limit", max(0.01, self.seconds - self.spent))
        highs.run()
        self.spent += highs.getRunTime()
        return highs.getModelStatus()

    def _has_values(self, highs: Any) -> bool:
        feasible = self.library.SolutionStatus.kSolutionStatusFeasible
        return bool(highs.getInfo().primal_solution_status == int(feasible))

    def _hint(self, highs: Any, start: tuple[int, ...]) -> None:
        solution = self.library.HighsSolution()
        solution.col_value = [float(value) for value in start]
        highs.setSolution(solution)

    def _load(self, program: Program, *, whole: bool) -> tuple[Any, float]:
        highs = self.library.Highs()
        for name, value in _OPTIONS.items():
            highs.setOptionValue(name, value)
        lp, scale = _linear_program(self.library, program)
        if whole:
            lp.integrality_ = [self.library.HighsVarType.kInteger] * len(program.cost)
        highs.passModel(lp)
        return highs, scale


_OPTIONS: Final = {
    "output_flag": False,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "random_seed": SEED,
    "threads": THREADS,
    "parallel": "off",
    "mip_feasibility_tolerance": _TOLERANCE,
    "primal_feasibility_tolerance": _TOLERANCE,
}


@cache
def _library() -> Any:
    try:
        import highspy
    except ImportError as error:
        raise SolverMissing(
            "the solver HiGHS (Python package highspy) is not installed",
            remedy="Install the locked requirements: pip install -r requirements/run.txt",
        ) from error
    _greet(highspy)
    return highspy


def _greet(library: Any) -> None:
    """HiGHS prints its name when it is first made; a result on standard output must stay alone."""
    try:
        kept = os.dup(1)
    except OSError:
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            library.Highs()
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def _linear_program(library: Any, program: Program) -> tuple[Any, float]:
    import numpy

    lp, columns = library.HighsLp(), len(program.cost)
    scale = _power(max((abs(c) for c in program.cost), default=0))
    lp.num_col_, lp.num_row_ = columns, len(program.rows)
    lp.col_cost_ = numpy.array([float(c * scale) for c in program.cost], dtype=numpy.double)
    lp.col_lower_ = numpy.array(program.lower, dtype=numpy.double)
    lp.col_upper_ = numpy.array(program.upper, dtype=numpy.double)
    scales = [_power(max((abs(c) for _, c in row.terms), default=0)) for row in program.rows]
    lp.row_lower_ = numpy.array(_bounds(program.rows, scales, "lower", -library.kHighsInf))
    lp.row_upper_ = numpy.array(_bounds(program.rows, scales, "upper", library.kHighsInf))
    starts = [0]
    for row in program.rows:
        starts.append(starts[-1] + len(row.terms))
    lp.a_matrix_.format_ = library.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
    index = [column for row in program.rows for column, _ in row.terms]
    lp.a_matrix_.index_ = numpy.array(index, dtype=numpy.int32)
    scaled = zip(program.rows, scales, strict=True)
    value = [float(c * by) for row, by in scaled for _, c in row.terms]
    lp.a_matrix_.value_ = numpy.array(value, dtype=numpy.double)
    return lp, float(scale)


def _bounds(rows: tuple[Row, ...], scales: list[Fraction], side: str, none: float) -> list[float]:
    given = ((getattr(row, side), by) for row, by in zip(rows, scales, strict=True))
    return [none if bound is None else float(bound * by) for bound, by in given]


def _power(largest: int) -> Fraction:
    """A power of two that brings numbers beyond the exact ones back among them."""
    return Fraction(1, 2 ** max(0, largest.bit_length() - _EXACT.bit_length()))


def _whole(highs: Any) -> tuple[int, ...]:
    return tuple(round(value) for value in highs.getSolution().col_value)


def _lowered(
    bound: float, program: Program, values: tuple[int, ...] | None, offset: float = 0.0
) -> int | None:
    """The bound rounded up to a whole number, after taking off what floats may have added."""
    if not isfinite(bound):
        return None
    # The offset that was added and taken off again has its own rounding.
    size = abs(bound) + offset
    if values is not None:
        size += float(sum(abs(c * v) for c, v in zip(program.cost, values, strict=True)))
    return ceil(Fraction(bound) - Fraction(1e-6) - Fraction(1e-11) * Fraction(size))


def _standing(value: float, low: int, high: int) -> int | None:
    if abs(value - low) < 1e-6:
        return low
    return high if abs(value - high) < 1e-6 else None
