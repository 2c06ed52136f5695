"""A bid history of a million rows against psql's COPY and the shell of SQLite.

    python -m benchmarks.export_rows [--rows 1000000] [--postgres postgres://postgres@127.0.0.1:5432]
                                     [--repeat 3] [--only sqlite|postgresql]

Needs the programs `sqlite3` and `psql` (Debian: packages sqlite3 and postgresql-client) and, unless
`--only sqlite`, a PostgreSQL server where this user may make a database; it makes one, fills it
and drops it. What cannot be measured is a failure, not a pass.

Ours is the whole package as an auditor gets it: the file with guarded cells, hashes, the digest
over the leaves, the signed manifest, in a ZIP on disk. The peer writes the same rows, columns and
order as CSV with one query, nothing guarded, nothing hashed, no manifest. Turn about, the best of
`--repeat`; each in a process of its own, whose largest resident memory is told. Exit 1 when
a limit is passed.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Ours may take so many times as long as the peer.
LIMITS = {
    ("postgresql", "csv"): 1.2,
    ("sqlite", "csv"): 1.5,
    ("postgresql", "parquet"): 1.3,
}
FORMATS = ("csv", "parquet")
# Resident memory may not grow by more than this from a tenth of the rows to all of them.
GROWTH = 96 * 2**20
LINES = 10  # a bid
BIDS = 10  # a tender


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="postgres://postgres@127.0.0.1:5432")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return child(given)
    vendors = [given.only] if given.only else ["sqlite", "postgresql"]
    over = 0
    for vendor in vendors:
        with tempfile.TemporaryDirectory(prefix="musika-export-") as folder:
            over += measure(vendor, Path(folder), given)
    return 1 if over else 0


# --- one database -----------------------------------------------------------------------------


def measure(vendor: str, folder: Path, given: argparse.Namespace) -> int:
    program = {"sqlite": "sqlite3", "postgresql": "psql"}[vendor]
    if shutil.which(program) is None:
        print(f"{vendor}: the program {program} is missing: not measured, so failed")
        return 1
    env = environment(vendor, folder, given.postgres)
    if vendor == "postgresql":
        psql(given.postgres, f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    try:
        run("fill", env, given.rows)
        return compare(vendor, folder, env, given)
    finally:
        if vendor == "postgresql":
            psql(given.postgres, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


DATABASE = "musika_export_rows"


def environment(vendor: str, folder: Path, server: str) -> dict[str, str]:
    env = {**os.environ, "MUSIKA_VAR_DIR": str(folder), "MUSIKA_KEY_DIR": str(folder / "keys")}
    env |= {"MUSIKA_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "marketplace.settings"}
    env.pop("MUSIKA_DATABASE_URL", None)
    if vendor == "postgresql":
        env["MUSIKA_DATABASE_URL"] = f"{server}/{DATABASE}"
    return env


def psql(server: str, *statements: str) -> None:
    for statement in statements:
        subprocess.run(
            ["psql", "-q", f"{server}/postgres", "-c", statement], check=True, capture_output=True
        )


def compare(vendor: str, folder: Path, env: dict[str, str], given: argparse.Namespace) -> int:
    peer_sql = run("peer-sql", env, given.rows)["sql"]
    best: dict[str, float] = {}
    memory: dict[str, int] = {}
    for _ in range(given.repeat):
        keep(best, "peer", peer(vendor, folder, peer_sql, given.postgres))
        for form in FORMATS:
            told = run(form, env, given.rows, folder / "out.zip")
            keep(best, form, told["seconds"])
            memory[form] = max(memory.get(form, 0), told["peak"])
    small = {form: run(f"{form}-tenth", env, given.rows, folder / "out.zip") for form in FORMATS}
    return report(vendor, given, best, memory, small)


def keep(best: dict[str, float], name: str, seconds: float) -> None:
    best[name] = min(best.get(name, seconds), seconds)


def peer(vendor: str, folder: Path, query: str, server: str) -> float:
    out = folder / "peer.csv"
    if vendor == "postgresql":
        command = ["psql", "-q", f"{server}/{DATABASE}", "-c", f"COPY ({query}) TO STDOUT CSV"]
    else:
        command = ["sqlite3", "-csv", str(folder / "musika.sqlite3"), query]
    with out.open("wb") as file:
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=file)
        return time.perf_counter() - begun


def run(what: str, env: dict[str, str], rows: int, out: Path | None = None) -> dict:
    words = [sys.executable, "-m", "benchmarks.export_rows", "--child", what, "--rows", str(rows)]
    words += ["--out", str(out)] if out else []
    done = subprocess.run(words, check=True, capture_output=True, env=env, cwd=ROOT, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(vendor, given, best, memory, small) -> int:
    over = 0
    print(f"\n{vendor}, {given.rows} rows, best of {given.repeat}")
    print(f"  {'peer, CSV':<14}{best['peer']:8.2f} s")
    for form in FORMATS:
        ratio, limit = best[form] / best["peer"], LIMITS.get((vendor, form))
        grown = memory[form] - small[form]["peak"]
        bad = (limit is not None and ratio > limit) or grown > GROWTH
        over += bad
        print(
            f"  {'ours, ' + form:<14}{best[form]:8.2f} s   {ratio:5.2f} times"
            f" (limit {limit or '-'})   peak {memory[form] / 2**20:.0f} MiB,"
            f" {grown / 2**20:+.0f} MiB over a tenth of the rows{'   OVER' if bad else ''}"
        )
    return over


# --- in a process of its own ------------------------------------------------------------------


def child(given: argparse.Namespace) -> int:
    import django

    django.setup()
    if given.child == "fill":
        print(json.dumps(fill(given.rows)))
    elif given.child == "peer-sql":
        from django.db import connection

        print(json.dumps({"sql": peer_query(connection.vendor)}))
    else:
        print(json.dumps(ours(given.child, given.rows, Path(given.out))))
    return 0


def ours(what: str, rows: int, out: Path) -> dict:
    from marketplace import clock
    from procurement.bidhistory import write
    from procurement.bidhistory.slices import Slice
    from procurement.models import Bid

    form, _, tenth = what.partition("-")
    chosen, wanted = Slice(), rows
    if tenth:
        wanted = rows // 10
        last = Bid.objects.order_by("pk")[wanted // LINES]
        chosen = Slice(opened_before=last.opened_at)
    begun = time.perf_counter()
    with out.open("wb") as file:
        made = write.write(file, chosen, form=form, now=clock.now())
    seconds = time.perf_counter() - begun
    assert made == wanted, (made, wanted)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": seconds, "peak": peak}


def peer_query(vendor: str) -> str:
    """The same columns of the same rows in the same order, as the database has them."""
    historical = "tender.historical_batch_id IS NOT NULL"
    return f"""SELECT tender.reference, {historical}, tender.title, buyer.public_id, buyer.name,
 tender.currency, bid.public_id, tenderer.public_id, tenderer.name, tenderer.kind,
 bid.submitted_at, bid.opened_at, sealed.revision, bid.failure, lot.number, item.number,
 commodity.code, item.description, item.unit, line.quantity, line.unit_price, line.stated_total,
 award.id IS NOT NULL, own.event, own.sequence, opening.sequence, own.leaf_hash, opening.leaf_hash
 FROM procurement_bid bid
 JOIN procurement_tender tender ON tender.id = bid.tender_id
 JOIN accounts_organization buyer ON buyer.id = tender.buyer_id
 JOIN accounts_organization tenderer ON tenderer.id = bid.tenderer_id
 LEFT JOIN procurement_sealedbid sealed ON sealed.id = bid.sealed_bid_id
 LEFT JOIN ledger_entry own ON own.sequence = sealed.sequence
 LEFT JOIN ledger_entry opening ON opening.subject = tender.reference
   AND opening.visibility = 'public' AND opening.event IN ('BidsOpened', 'TenderImported')
 LEFT JOIN procurement_bidline line ON line.bid_id = bid.id
 LEFT JOIN procurement_item item ON item.id = line.item_id
 LEFT JOIN procurement_lot lot ON lot.id = item.lot_id
 LEFT JOIN produce_commodity commodity ON commodity.id = item.commodity_id
 LEFT JOIN procurement_award award ON award.lot_id = lot.id AND award.bid_id = bid.id
   AND award.decided_at IS NOT NULL AND award.cancelled_at IS NULL
 WHERE tender.opened_at IS NOT NULL ORDER BY bid.id, line.item_id"""


def fill(rows: int) -> dict:
    """Opened tenders of ten bids with ten lines each, written in bulk around the operations.

    Only what the export reads is true to life; the leaves are real, the envelopes are not.
    """
    from django.core.management import call_command
    from django.db import connection, transaction

    from benchmarks import export_fill
    from marketplace import clock, keys
    from marketplace.ledger import signer

    keys.ensure()
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        export_fill.fill(rows, bids=BIDS, lines=LINES)
    # As in a ledger in use: an export signs what came since the last checkpoint, not all of it.
    signer.sign_checkpoint(clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("CHECKPOINT")
    return {"rows": rows}


if __name__ == "__main__":
    sys.exit(main())
