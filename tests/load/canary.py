"""Prices that occur nowhere else: before the opening they are in no file and no answer.

    python -m tests.load.canary [--bids 40] [--database postgres://...]

Everybody saves a draft and submits it while the service writes its log in full; then the public,
the buyer and an auditor ask for all there is, a backup is taken, and the service is killed so that
nothing is tidied up. Looked through: database with its write-ahead log, backup (of PostgreSQL a
plain dump), log, temporary files, keys, answers; for each price as text, in hexadecimal and in
base64 at each offset. After the opening the same search has to find every price: a search that
finds nothing then finds nothing at all.
"""

import base64
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zipfile import ZipFile

from tests.load import backup, house

ASKED = (
    "tenders/{0}", "tenders/{0}/bids", "tenders/{0}/opening", "tenders/{0}/history.jsonl",
    "tenders/{0}/evaluations", "tenders/{0}/committee", "tenders/{0}/enquiries", "tenders",
    "bid-history?table=csv", "checkpoint",
)  # fmt: skip


def needles(price: str) -> Iterator[bytes]:
    """How a price may look in a file."""
    raw = price.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode())
    for offset in range(3):
        told = base64.b64encode(bytes(offset) + raw)
        # The outer characters hold bits of what stands beside.
        yield told[4 if offset else 0 : -4]


def prices(count: int) -> list[str]:
    """Prices of six decimals, ten digits each: none is in anything by chance."""
    return [
        f"{secrets.randbelow(9000) + 1000}.{secrets.randbelow(900000) + 100000}1"
        for _ in range(count)
    ]


def read(port: int, path: str, token: str) -> tuple[int, bytes]:
    """One GET; of a ZIP what is in it."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}/api/v1/{path}", headers=headers)) as answer:
            status, body = answer.status, answer.read()
    except HTTPError as error:
        status, body = error.code, error.read()
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return status, body


class Drill:
    """A tender with a bid of each price, and what was answered about it."""

    def __init__(self, folder: Path, count: int) -> None:
        from marketplace import clock
        from tests.factories import START, Market, tender_at

        self.market, self.folder, self.prices = Market(), folder, prices(count)
        self.tender = tender_at("open", self.market, prices=())
        self.people = house.bidders(self.market, count)
        self.answers: Counter[int] = Counter()
        self.readers = [self._token(who) for who in (self.market.officer, self.market.auditor)]
        self.offset = (START + timedelta(days=2) - clock.now()).total_seconds()

    @staticmethod
    def _token(user: object) -> str:
        from knox.models import get_token_model

        return str(get_token_model().objects.create(user=user)[1])

    def submit(self) -> int:
        """Draft and bid of everybody, then everything that may be asked; how many were taken."""
        taken = 0
        with house.Server(self.offset) as server:
            for who, price in zip(self.people, self.prices, strict=True):
                data, path = house.bid_data(self.tender, price), f"tenders/{self.tender.reference}"
                house.ask(server.port, "PUT", f"{path}/bid/draft", who.token, data)
                taken += house.insist(server.port, f"{path}/bids", who.token, data)[0].status == 201
            self.ask_all(server.port)
            server.kill()
        return taken

    def ask_all(self, port: int) -> None:
        for number, token in enumerate((*self.readers, self.people[0].token, "")):
            for path in ASKED:
                status, body = read(port, path.format(self.tender.reference), token)
                self.answers[status] += 1
                (self.folder / f"answer-{number}-{ASKED.index(path)}").write_bytes(body)

    def open(self) -> None:
        from tests.factories import go_on

        go_on(self.tender, self.market, "open", "opened")

    def back_up(self) -> None:
        """As the operator does; PostgreSQL's own form is compressed, so a plain one beside it."""
        from django.db import connection

        backup.back_up(self.folder / "backup")
        if connection.vendor == "postgresql":
            plain = [*backup._pg("pg_dump"), "-f", str(self.folder / "plain")]
            subprocess.run(plain, check=True)

    def found(self) -> dict[str, set[str]]:
        """The prices found, by file."""
        found: dict[str, set[str]] = {}
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            data = path.read_bytes()
            hits = {p for p in self.prices if any(needle in data for needle in needles(p))}
            if hits:
                found[str(path.relative_to(self.folder))] = hits
        return found


def run(folder: Path, count: int) -> list[str]:
    """What went wrong, in words."""
    drill = Drill(folder, count)
    taken = drill.submit()
    drill.back_up()
    early = drill.found()
    files = sum(path.is_file() for path in folder.rglob("*"))
    drill.open()
    drill.back_up()
    late = set().union(*drill.found().values())
    size = (folder / "log").stat().st_size
    print(f"answers by status: {dict(drill.answers)}; {size} bytes of log")
    print(
        f"{taken} bids, {files} files looked through: {len(early)} with a price before the opening"
    )
    print(f"after the opening {len(late)} of {count} prices are found")
    faults = [f"{name} holds {len(hits)} sealed prices" for name, hits in early.items()]
    if taken != count or len(late) != count:
        faults.append(f"{taken} bids were taken and {len(late)} prices found of {count}")
    return faults


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--bids", type=int, default=40)
    told = parser.parse_args()
    with house.marketplace(told.database, log="DEBUG") as folder:
        temporary = folder / "tmp"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        errors = os.dup(2)
        # What the service writes, to be looked through as well.
        with (folder / "log").open("wb") as log:
            os.dup2(log.fileno(), 2)
        try:
            faults = run(folder, told.bids)
        finally:
            os.dup2(errors, 2)
        for fault in faults:
            print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
