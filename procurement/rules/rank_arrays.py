"""Rank very many lots from arrays: python -m procurement.rules.rank_arrays FILE.npz

FILE holds the arrays of `vector.Lots` by name (numpy.savez); `highest_first` is 0 or 1. Writes one
CSV row a bid: its row, its lot, its rank (0: out) and its exact score. Exit 2: bad input, one line.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from procurement.rules.money import plain
from procurement.rules.vector import Lots, rank


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    parser = argparse.ArgumentParser(prog="rank_arrays", description="Rank many lots exactly.")
    parser.add_argument("file", help="a .npz file with the arrays of vector.Lots")
    options = parser.parse_args(arguments)
    try:
        found = rank(_read(options.file))
    except (OSError, ValueError) as error:
        print(f"rank_arrays: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("row", "lot", "rank", "score"))
    sizes = np.diff(found.lots.starts)
    lots = np.repeat(np.arange(len(sizes)), sizes).tolist()
    for row, (lot, place) in enumerate(zip(lots, found.ranks.tolist(), strict=True)):
        writer.writerow((row, lot, place, plain(found.score(row))))
    return 0


def _read(path: str) -> Lots:
    """The arrays; whole numbers only, so that no float is taken for an exact one."""
    with np.load(path, allow_pickle=False) as file:
        given = {field.name: _array(file, field.name) for field in fields(Lots)}
    switch = given.pop("highest_first")
    out = given.pop("out")
    return Lots(**given, out=out.astype(bool), highest_first=bool(switch.any()))


def _array(file: Any, name: str) -> Any:
    if name not in file:
        raise ValueError(f"{name}: is not in the file")
    found = file[name]
    if found.dtype.kind not in "bi":
        raise ValueError(f"{name}: holds {found.dtype}; whole numbers of 64 bits are needed")
    return found if name == "out" else found.astype(np.int64)


if __name__ == "__main__":
    sys.exit(main())
