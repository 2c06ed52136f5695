"""One digest over the results of every golden vector, each also shuffled: run by the test of it.

python -S -m tests.rules.digest_of_everything SHUFFLES
"""

import hashlib
import json
import locale
import random
import sys
from pathlib import Path

from procurement.rules.case import from_json
from procurement.rules.evaluation import evaluate

FOLDER = Path(__file__).parents[1] / "vectors" / "evaluation"
ORDER_IS_THE_RULE = ("tie_break", "bands")


def shuffled(value, chance):
    """The same case with every list shuffled whose order means nothing."""
    if isinstance(value, dict):
        return {k: _list(k, shuffled(inner, chance), chance) for k, inner in value.items()}
    return [shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


def _list(key, value, chance):
    if isinstance(value, list) and key not in ORDER_IS_THE_RULE:
        return chance.sample(value, len(value))
    return value


def digest(shuffles):
    """Every vector, given and shuffled; the shuffles differ between processes, the digest not."""
    found = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))["case"]
        bytes_of = {evaluate(from_json(case)).to_bytes()}
        for _ in range(shuffles):
            bytes_of.add(evaluate(from_json(shuffled(case, random.Random()))).to_bytes())
        if len(bytes_of) > 1:
            raise SystemExit(f"{path.stem}: {len(bytes_of)} results of one case")
        found.update(bytes_of.pop())
    return found.hexdigest()


if __name__ == "__main__":
    # As a program with a language would: a comma for a point, other orders of letters.
    locale.setlocale(locale.LC_ALL, "")
    sys.stdout.write(digest(int(sys.argv[1])))
