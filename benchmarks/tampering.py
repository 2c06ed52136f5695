"""Edit dossiers in every known way, many times; count what the verifier does not catch.

    python -m benchmarks.tampering --edits 10000

Makes one paid tender in a temporary house of its own, takes its dossier for auditors, and applies
the kinds of edits of tests/dossier/edits.py in turn, each with its own random choice. The one that
nobody edited must pass. Ends with 1 if an edit is missed.
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
    given = parser.parse_args()
    import django

    django.setup()
    from django.core.management import call_command

    from marketplace import keys
    from marketplace.ledger import queries
    from procurement.dossier.verifier import main as verifier
    from tests.dossier.edits import EDITS, Signer, unpack
    from tests.dossier.support import dossier
    from tests.factories import Market, tender_at

    call_command("migrate", verbosity=0)
    keys.ensure()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dossier.zip")
        raw = dossier(tender_at("paid", Market()), path).read_bytes()
        key = queries.verifier_key()
        sign = Signer(key.partition("+")[0], keys.load("ledger"))
        options = verifier.options([str(path), "--key", key])
        assert not verifier.verify(str(path), options).faults
        parts, missed, why, began = unpack(raw), [], Counter(), time.perf_counter()
        for number in range(given.edits):
            name = list(EDITS)[number % len(EDITS)]
            edited = EDITS[name](dict(parts), random.Random(number), sign)
            path.write_bytes(edited)
            report = verifier.verify(str(path), options)
            if edited == raw or not report.faults:
                missed.append((name, number))
            else:
                why[f"{name}: {next(iter(report.faults))}"] += 1
        seconds = time.perf_counter() - began
    for words, count in sorted(why.items()):
        print(f"{count:6} {words}")
    caught = given.edits - len(missed)
    print(f"{caught} of {given.edits} edits of {len(EDITS)} kinds caught in {seconds:.0f} s")
    print(f"missed: {missed[:20]}" if missed else "missed: none")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
