"""Edit dossiers in every known way, many times; count what the verifier does not catch.

    python -m benchmarks.tampering --edits 10000 --honest 500

Makes one paid tender in a temporary house of its own, takes its dossier for auditors, and applies
the kinds of edits of tests/dossier/edits.py in turn, each with its own random choice. Then takes
honest dossiers of other tenders, for auditors and for everybody, at every stage that has one, while
the ledger grows. Ends with 1 if an edit is missed or an honest dossier refused.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--honest", type=int, default=500)
    given = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    from marketplace import keys
    from tests.factories import Market

    call_command("migrate", verbosity=0)
    keys.ensure()
    with tempfile.TemporaryDirectory() as folder:
        path, market = Path(folder, "dossier.zip"), Market()
        missed = edited(market, path, given.edits)
        refused = honest(market, path, given.honest)
    return 1 if missed or refused else 0


def faults(path):
    """What the verifier says against the file."""
    from marketplace.ledger import queries
    from procurement.dossier.verifier import main as verifier

    options = verifier.options([str(path), "--key", queries.verifier_key()])
    return verifier.verify(str(path), options).faults


def edited(market, path, count):
    """Edits that were not caught, of so many of every kind in turn."""
    from marketplace import keys
    from marketplace.ledger import queries
    from tests.dossier.edits import EDITS, Signer, unpack
    from tests.dossier.support import dossier
    from tests.factories import tender_at

    raw = dossier(tender_at("paid", market), path).read_bytes()
    sign = Signer(queries.verifier_key().partition("+")[0], keys.load("ledger"))
    assert not faults(path)
    parts, missed, why, began = unpack(raw), [], Counter(), time.perf_counter()
    for number in range(count):
        name = list(EDITS)[number % len(EDITS)]
        forged = EDITS[name](dict(parts), random.Random(number), sign)
        path.write_bytes(forged)
        found = faults(path)
        if forged == raw or not found:
            missed.append((name, number))
        else:
            why[f"{name}: {next(iter(found))}"] += 1
    for words, times in sorted(why.items()):
        print(f"{times:6} {words}")
    seconds = time.perf_counter() - began
    print(f"{count - len(missed)} of {count} edits of {len(EDITS)} kinds caught in {seconds:.0f} s")
    print(f"missed: {missed[:20]}" if missed else "missed: none")
    return missed


def honest(market, path, count):
    """Honest dossiers that were refused, of so many at every stage that has one."""
    from tests.dossier.support import dossier
    from tests.factories import STAGES, go_on, tender_at

    stages, refused = STAGES[STAGES.index("opened") :], []
    for number in range(count):
        stage = stages[number % len(stages)]
        if stage == stages[0]:
            prices = tuple(str(200 + number * step % 97) for step in (7, 11, 13))
            tender = tender_at(stage, market, prices)
        else:
            go_on(tender, market, stages[number % len(stages) - 1], stage)
        dossier(tender, path, ("auditor", "public")[number // len(stages) % 2])
        if found := faults(path):
            refused.append((tender.reference, stage, found))
    print(f"honest dossiers refused: {len(refused)} of {count} {refused[:5] or ''}")
    return refused


if __name__ == "__main__":
    sys.exit(main())
