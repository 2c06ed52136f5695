"""Back up while bids come in, lose the database, restore, and see what is said and proved.

    python -m tests.load.backup [--bids 60] [--database postgres://...]

1. Half of the bids; a backup while the clients go on (SQLite: online backup, else pg_dump).
2. The other half; the head is signed; the database is lost and the backup put back.
3. The service is read-only; two administrators open a new epoch; bids are taken again.
4. Receipts of before: those of the backup are kept, the others are told to be in the lost range.
5. A second backup, nothing signed after it, put back: the service goes on as if nothing had been.
"""

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tests.load import house


def back_up(target: Path) -> None:
    """What deploy/README.md tells the operator to do, of a database that is in use."""
    from django.db import connection

    values = connection.settings_dict
    if connection.vendor == "postgresql":
        subprocess.run([*_pg("pg_dump"), "-Fc", "-f", str(target)], check=True)
        return
    source, copy = sqlite3.connect(values["NAME"]), sqlite3.connect(target)
    with closing(source), closing(copy):
        source.backup(copy, pages=64)


def restore(source: Path) -> None:
    """Put the backup in the place of the database; nobody uses it meanwhile."""
    from django.db import connection

    connection.close()
    name = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "postgresql":
        command = [*_pg("pg_restore"), "--clean", "--if-exists", "--single-transaction"]
        subprocess.run([*command, str(source)], check=True)
        return
    for ending in ("-wal", "-shm"):
        Path(f"{name}{ending}").unlink(missing_ok=True)
    name.write_bytes(source.read_bytes())


def _pg(program: str) -> list[str]:
    from django.db import connection

    values = connection.settings_dict
    who = ["-h", values["HOST"], "-p", str(values["PORT"] or 5432), "-U", values["USER"]]
    return [program, *who, "-d", values["NAME"]]


class Drill:
    """One market, its clients and what went wrong."""

    def __init__(self, folder: Path, bids: int) -> None:
        from marketplace import clock
        from marketplace.registry import founders
        from tests.factories import START, Market, person, tender_at

        market = Market()
        self.tender = tender_at("open", market, prices=())
        self.admins = person("Addie Admin"), person("Bongi Admin")
        founders.found(first=self.admins[0], second=self.admins[1], now=START)
        self.people = house.bidders(market, bids + 2)
        self.data = house.bid_data(self.tender, "300")
        self.offset = (START + timedelta(days=2) - clock.now()).total_seconds()
        self.folder, self.bids, self.faults = folder, bids, []

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.faults.append(words)

    def bid(self, server: house.Server, who: house.Bidder) -> house.Answer:
        path = f"tenders/{self.tender.reference}/bids"
        return house.insist(server.port, path, who.token, self.data)[0]

    def load(self, server: house.Server, people: list[house.Bidder]) -> list[dict]:
        """Bid for everybody and fetch every receipt: each is signed by then."""
        receipts = []
        for who in people:
            self.must(self.bid(server, who).status == 201, "a bid was refused")
            path = f"tenders/{self.tender.reference}/bid/receipt.json"
            receipts.append(house.ask(server.port, "GET", path, who.token).body)
        return receipts

    def busy(self) -> tuple[list[dict], float]:
        """Bids all along, a backup in their middle; gives the receipts and its seconds."""
        half, spent = threading.Event(), []

        def copy() -> None:
            half.wait()
            began = time.monotonic()
            back_up(self.folder / "backup")
            spent.append(time.monotonic() - began)

        copier = threading.Thread(target=copy)
        copier.start()
        with house.Server(self.offset) as server:
            receipts = self.load(server, self.people[: self.bids // 2])
            half.set()
            receipts += self.load(server, self.people[self.bids // 2 : self.bids])
            copier.join()
        return receipts, spent[0]


def timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def run(bids: int, database: str) -> int:
    with house.marketplace(database) as folder:
        from django.db import connection

        from marketplace import clock
        from marketplace.ledger import outside, queries, signer
        from marketplace.ledger.models import Epoch, Head
        from marketplace.registry import recovery
        from procurement.models import SealedBid
        from procurement.rules.receipts import Recovery, check_receipt

        drill = Drill(folder, bids)
        connection.close()
        receipts, copying = drill.busy()
        signed = outside.known().size
        back = timed(lambda: restore(folder / "backup"))
        kept = Head.objects.get().size
        connection.close()
        with house.Server(drill.offset) as server:
            path = f"tenders/{drill.tender.reference}/bids"
            refused = house.ask(server.port, "POST", path, drill.people[bids].token, drill.data)
            read = house.ask(server.port, "GET", "tenders", "")
            lost = kept < signed
            expected = (503, "ledger-shorter-than-signed") if lost else (201, None)
            drill.must((refused.status, refused.body.get("code")) == expected, f"{refused}")
            drill.must(read.status in (200, 401), "reading was refused")
            drill.must(recovery.main(["status"]) == (1 if lost else 0), "status says otherwise")
            row = recovery.recover(
                first=drill.admins[0], second=drill.admins[1], reason="Drill.", now=clock.now()
            )
            connection.close()
            again = drill.bid(server, drill.people[bids])
            drill.must(again.status == 201, f"after the recovery a bid is refused: {again}")
        known = [Recovery(*r) for r in Epoch.objects.values_list("number", "kept", "lost_size")]
        key, words = queries.verifier_key(), {"PASS": 0, "SKIP": 0}
        for one in receipts:
            report = check_receipt(json.dumps(one), key, known)
            drill.must(report.passed, f"a receipt fails: {report.lines()}")
            words[report.checks[-1].word] += 1
            there = SealedBid.objects.filter(public_id=one["bid"]).exists()
            told = report.checks[-1].word == "PASS"
            drill.must(there == told, "a receipt tells otherwise than the database")
        drill.must(signer.audit().size == Head.objects.get().size, "the audit counts otherwise")
        back_up(folder / "second")
        restore(folder / "second")
        drill.must(outside.read_only() is None, "a backup that lacks nothing is read-only")
        connection.close()
        with house.Server(drill.offset) as server:
            again = drill.bid(server, drill.people[bids + 1])
            drill.must(again.status == 201, "after a whole restore a bid is refused")
        print(
            f"{connection.vendor}: {bids} bids, backup in {copying:.2f} s under load, restore in "
            f"{back:.2f} s; {signed} entries signed, {kept} restored, epoch {row.number}; "
            f"receipts: {words['PASS']} kept, {words['SKIP']} in the lost range, all verify; "
            f"{len(drill.faults)} faults"
        )
    for line in drill.faults[:20]:
        print(f"FAULT {line}")
    return bool(drill.faults)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--bids", type=int, default=60)
    given = parser.parse_args()
    return run(given.bids, given.database)


if __name__ == "__main__":
    sys.exit(main())
