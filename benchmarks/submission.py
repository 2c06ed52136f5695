"""Submissions end to end: how many a second, how long each takes, what happens past the limit.

    python -m benchmarks.submission [--seconds 600] [--rate 170] [--burst 1800] [--flood 0]
        [--both | --database postgres://postgres@127.0.0.1:5432/postgres]

gunicorn with deploy/gunicorn.conf.py (two processes) on 127.0.0.1; every request is a connection of
its own with a token, an Idempotency-Key and a whole bid, sent at its time whether or not earlier
ones were answered. In turn: the floor (submission_service.py), RATE a second for SECONDS, BURST
within one second, and with --flood that many within one second again. What was refused or not
answered is asked for again with its key. Then everything is counted: each acknowledged bid is
there once with its entry in the ledger, nothing else is, and every receipt verifies.

The generator runs on the same machine: CPU a bid (service; database server; generator) is told
beside the wall clock, because other work shares the cores. Exit 1 when a limit is passed or
anything is lost, doubled or silent.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

from tests.load import house

ROOT = Path(__file__).parents[1]
PORT = 8917
BIDDERS = 1000
P99_LIMIT, BURST_LIMIT = 0.250, 10.0
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


@dataclass
class Sent:
    """One request and what came of it; `status` 0: the connection broke before an answer."""

    request: bytes
    due: float = 0.0
    took: float = 0.0
    status: int = 0
    retry: bool = False
    body: bytes = b""


def message(path: str, token: str, data: dict) -> bytes:
    body = json.dumps(data).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: {secrets.token_hex(12)}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(one: Sent) -> None:
    begun = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(one.request)
        answer = await asyncio.wait_for(reader.read(), 120)
        writer.close()
        head, _, one.body = answer.partition(b"\r\n\r\n")
        one.status = int(head.split(b" ", 2)[1]) if one.body else 0
        one.retry = b"retry-after:" in head.lower()
    except (OSError, TimeoutError, IndexError, ValueError):
        one.status = 0
    one.took = time.perf_counter() - begun


async def send(rows: list[Sent], rate: float) -> float:
    """All rows at their time; the seconds from the first sent to the last answered."""
    begun, tasks = time.perf_counter(), []
    for number, one in enumerate(rows):
        wait = begun + number / rate - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(ask(one)))
    await asyncio.gather(*tasks)
    return time.perf_counter() - begun


# --- processor time ---------------------------------------------------------------------------


def spent(pids: list[int]) -> float:
    """Processor seconds, user and system, of these processes."""
    found = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        found += int(fields[11]) + int(fields[12])
    return found / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def backends() -> list[int]:
    """The database server's processes for this database, if it has a server."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [row[0] for row in cursor.fetchall()]


@dataclass
class Service:
    """gunicorn as deployed, on the database of this process."""

    offset: float
    processes: int
    threads: int

    def __enter__(self) -> "Service":
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.conf.py"),
             "benchmarks.submission_service:application"],
            cwd=ROOT,
            env=os.environ | {
                "WEB_BIND": f"127.0.0.1:{PORT}", "WEB_LOG_LEVEL": "error",
                "WEB_CONCURRENCY": str(self.processes), "WEB_THREADS": str(self.threads),
                "MUSIKA_BENCHMARK_OFFSET": str(self.offset),
            },
        )  # fmt: skip
        until = time.monotonic() + 60
        while not self.answers():
            if time.monotonic() > until:
                raise SystemExit("The service does not start.")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self.parent.terminate()
        self.parent.wait(30)

    def answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=5)
        try:
            connection.request("GET", "/api/v1/checkpoint")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def cpu(self) -> tuple[float, float, float]:
        """Of the service, of the database server, of this process."""
        return spent(children(self.parent.pid)), spent(backends()), time.process_time()


class Run:
    """The bids of one run, sent in phases, and what is wrong."""

    def __init__(self, service: Service, rows: list[Sent]) -> None:
        self.service, self.rows, self.used = service, rows, 0
        self.faults: list[str] = []

    def phase(self, name: str, rows: list[Sent], rate: float) -> tuple[float, float]:
        """Send, print one line; gives seconds and p99."""
        before = self.service.cpu()
        seconds = asyncio.run(send(rows, rate))
        cpu = [(b - a) / len(rows) * 1000 for a, b in zip(before, self.service.cpu(), strict=True)]
        took = sorted(one.took for one in rows if one.status == 201) or [0.0]
        p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
        told = Counter(one.status for one in rows)
        print(
            f"  {name:<10} {told[201] / seconds:6.0f}/s  {len(rows)} in {seconds:.1f} s  "
            f"p50 {p50 * 1000:.0f} ms  p99 {p99 * 1000:.0f} ms  longest {took[-1] * 1000:.0f} ms  "
            f"answers {dict(sorted(told.items()))}  "
            f"CPU ms each: service {cpu[0]:.1f}, database {cpu[1]:.1f}, generator {cpu[2]:.1f}"
            f"  load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        self.faults += [
            f"{name}: {n} answered {status}"
            for status, n in told.items()
            if status not in (201, 503)
        ]
        if bare := sum(one.status == 503 and not one.retry for one in rows):
            self.faults.append(f"{name}: {bare} refused without Retry-After")
        return seconds, p99

    def take(self, count: int) -> list[Sent]:
        self.used += count
        return self.rows[self.used - count : self.used]

    def resolve(self) -> int:
        """Ask again, with its key, for everything that has no bid; how many needed it."""
        open_ = [one for one in self.rows[: self.used] if one.status != 201]
        for _ in range(20):
            left = [one for one in open_ if one.status != 201]
            if not left:
                break
            asyncio.run(send(left, 100))
        return len(open_)


def counted(rows: list[Sent]) -> list[str]:
    """Everything that is not as it must be, in words."""
    from marketplace import clock
    from marketplace.ledger import queries, signer
    from marketplace.ledger.models import Entry
    from procurement.models import SealedBid
    from procurement.operations.receipts import receipt
    from procurement.rules.receipts import check_receipt

    told = Counter(json.loads(one.body)["bid"] for one in rows if one.status == 201)
    kept = Counter(SealedBid.objects.values_list("public_id", flat=True))
    found = [f"lost: {bid}" for bid in told - kept]
    found += [f"never acknowledged, or doubled: {bid}" for bid in kept - told]
    if sum(told.values()) != len(rows):
        found.append(f"{len(rows) - sum(told.values())} never had an answer")
    places = list(Entry.objects.order_by("sequence").values_list("sequence", flat=True))
    if places != list(range(len(places))):
        found.append("the ledger has a gap")
    signer.sign_checkpoint(clock.now())
    if signer.audit().size != len(places):
        found.append("the audit counts otherwise")
    key, bad = queries.verifier_key(), 0
    for bid in SealedBid.objects.select_related("tender", "tenderer").iterator():
        bad += not check_receipt(json.dumps(receipt(bid, now=clock.now())), key).passed
    return found + ([f"{bad} receipts do not verify"] if bad else [])


def prepare(count: int) -> tuple[float, list[Sent]]:
    from django.db import transaction

    from marketplace import clock
    from tests.factories import START, Market, tender_at

    with transaction.atomic():
        market = Market()
        number = -(-count // BIDDERS)
        tenders = [tender_at("open", market, prices=()) for _ in range(number)]
        people = house.bidders(market, BIDDERS)
    data = [house.bid_data(tender, "300") for tender in tenders]
    rows = []
    for n in range(number * BIDDERS):
        path = f"/api/v1/tenders/{tenders[n % number].reference}/bids"
        rows.append(Sent(message(path, people[n // number].token, data[n % number])))
    return (START + timedelta(days=2) - clock.now()).total_seconds(), rows


def measure(given: object, database: str) -> list[str]:
    with house.marketplace(database):
        from django.db import connection

        warm = 100
        wanted = warm + int(given.seconds * given.rate) + given.burst + given.flood
        offset, rows = prepare(wanted)
        os.environ["MUSIKA_BENCHMARK_OFFSET"] = str(offset)
        if given.floor:
            from benchmarks import submission_service

            submission_service.make_tables()
        connection.close()
        print(f"{connection.vendor}, {given.processes} processes of {given.threads} threads")
        with Service(offset, given.processes, given.threads) as service:
            run = Run(service, rows)
            for kind in ("drf", "lean") if given.floor else ():
                data = json.loads(rows[0].request.partition(b"\r\n\r\n")[2])
                made = [Sent(message(f"/floor/{kind}", "none", data)) for _ in range(given.floor)]
                run.phase(f"floor {kind}", made, 100_000)
            run.phase("warm", run.take(warm), 50)
            if given.seconds:
                many = run.take(int(given.seconds * given.rate))
                _, p99 = run.phase("rate", many, given.rate)
                if p99 > P99_LIMIT:
                    run.faults.append(f"p99 {p99 * 1000:.0f} ms, over {P99_LIMIT * 1000:.0f}")
                if refused := sum(one.status == 503 for one in many):
                    run.faults.append(f"{refused} refused at the rate that must be taken")
            if given.burst:
                seconds, _ = run.phase("burst", run.take(given.burst), given.burst)
                if seconds > BURST_LIMIT:
                    run.faults.append(f"burst: {seconds:.1f} s, over {BURST_LIMIT:.0f}")
            if given.flood:
                run.phase("flood", run.take(given.flood), given.flood)
            again = run.resolve()
        faults = run.faults + counted(rows[: run.used])
        print(f"  {run.used} bids, {again} asked for again with their key; {len(faults)} faults")
        return faults


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=170)
    parser.add_argument("--burst", type=int, default=1800)
    parser.add_argument("--flood", type=int, default=0)
    parser.add_argument("--floor", type=int, default=1000, help="requests to the floor")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--both", action="store_true", help="SQLite, then PostgreSQL")
    given = parser.parse_args()
    if given.both:
        # Django is set up once a process.
        words = [word for word in sys.argv[1:] if word != "--both"]
        here = [sys.executable, "-m", "benchmarks.submission", *words]
        return max(subprocess.call(here), subprocess.call([*here, "--database", SERVER]))
    faults = measure(given, given.database)
    for line in faults[:20]:
        print(f"  FAULT {line}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
