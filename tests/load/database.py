"""PostgreSQL restarted at once, again and again, while bids come in: only 503s, nothing lost.

    python -m tests.load.database [--restarts 50] [--least 200]

Makes a PostgreSQL cluster of its own (initdb; as user postgres where root runs it) on a free port,
and restarts it with `pg_ctl restart -m immediate`: every connection is cut, nothing is tidied up,
the write-ahead log is replayed. Four clients submit bids, each with an Idempotency-Key, until
there is an answer. Whatever is answered besides is 503 with Retry-After; in the end every
acknowledged bid is there once, nothing else, and every receipt verifies.
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.load import house, kill

CLIENTS = 4
GIVES_UP = 1800.0


def program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name


class Cluster:
    """A PostgreSQL of one's own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, *words: str) -> None:
        # PostgreSQL refuses to run as root.
        as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_other, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def control(self, *words: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data.parent}"
        log = str(self.data.parent / "log")
        where = ["-D", str(self.data), "-o", options, "-l", log, "-w"]
        self.run(program("pg_ctl"), *words, *where)


@contextmanager
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="musika-cluster-") as folder:
        made = Cluster(Path(folder))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        made.run(program("initdb"), "-D", str(made.data), "-A", "trust", "-U", "postgres")
        made.control("start")
        try:
            yield made
        finally:
            made.control("stop", "-m", "immediate")


class Client(threading.Thread):
    """Bids for its tenderers in turn; notes every answer on the way to the definite one."""

    def __init__(self, port: int, people: list, data: list, tally: kill.Tally) -> None:
        super().__init__()
        self.port, self.people, self.data, self.tally = port, people, data, tally
        self.answers: Counter = Counter()

    def run(self) -> None:
        turn = 0
        while not self.tally.stop.is_set():
            who = self.people[turn % len(self.people)]
            reference, body = self.data[turn // len(self.people) % len(self.data)]
            turn += 1
            self.bid(f"tenders/{reference}/bids", who.token, body, f"{id(self)}-{turn}")

    def bid(self, path: str, token: str, body: dict, key: str) -> None:
        # Without end while the drill lasts: who gives up does not know whether he has bid.
        until = time.monotonic() + GIVES_UP
        while time.monotonic() < until:
            found = house.ask(self.port, "POST", path, token, body, key)
            self.answers[found.status, found.body.get("code")] += 1
            if found.status == 201:
                with self.tally.lock:
                    self.tally.bids.append(found.body["bid"])
            if found.status not in (0, 503):
                return
            time.sleep(0.05)


def run(restarts: int, least: int, seed: int) -> int:
    chance = random.Random(seed)
    with cluster() as own, house.marketplace(own.url):
        from django.db import connection

        from marketplace import clock
        from tests.factories import START, Market, tender_at

        market = Market()
        tenders = [tender_at("open", market, prices=()) for _ in range(2)]
        people = house.bidders(market, CLIENTS * kill.EACH)
        data = [(tender.reference, house.bid_data(tender, "300")) for tender in tenders]
        connection.close()
        offset = (START + timedelta(days=2) - clock.now()).total_seconds()
        tally, began = kill.Tally(), time.monotonic()
        with house.Server(offset) as server:
            clients = [Client(server.port, people[n::CLIENTS], data, tally) for n in range(CLIENTS)]
            for client in clients:
                client.start()
            done = 0
            while done < restarts or len(tally.bids) < least:
                time.sleep(chance.uniform(0.2, 1.5))
                if done < restarts:
                    own.control("restart", "-m", "immediate")
                    done += 1
            tally.stop.set()
            for client in clients:
                client.join()
        spent = time.monotonic() - began
        answers = sum((client.answers for client in clients), Counter())
        found = kill.faults(tally)
        # 409: who has replaced its bid as often as it may.
        allowed = {(201, None), (503, "database-away"), (409, "too-many-revisions")}
        found += [f"answered {what}: {n}" for what, n in answers.items() if what not in allowed]
        print(
            f"{done} restarts in {spent:.0f} s, {len(tally.bids)} bids acknowledged, "
            f"{answers[503, 'database-away']} answers 503; {len(found)} faults"
        )
        connection.close()
    for line in found[:20]:
        print(f"FAULT {line}")
    return bool(found)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--least", type=int, default=0, help="bids to acknowledge before the end")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return run(given.restarts, given.least, given.seed)


if __name__ == "__main__":
    sys.exit(main())
