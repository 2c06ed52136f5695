"""The broker is away while bids come in: all are taken, and no notice is missing or doubled.

    python -m tests.load.broker [--bids 2000] [--database postgres://...]

The service is given the address of a broker where nobody listens. Eight clients submit bids over
HTTP. Then the broker is there again, the built-in one on files, and the worker's task delivers:
what was owed is sent once, told by the files of the outbox, one for each bid.
"""

import os
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.load import house

CLIENTS = 8
NOBODY = "amqp://127.0.0.1:1//"


def submit(offset: float, tender: object, people: list[house.Bidder]) -> Counter:
    """Everybody bids; what was answered."""
    data, path = house.bid_data(tender, "300"), f"tenders/{tender.reference}/bids"
    seen: Counter = Counter()
    lock, waiting = threading.Lock(), iter(people)

    def client(port: int) -> None:
        while True:
            with lock:
                who = next(waiting, None)
            if who is None:
                return
            found = house.ask(port, "POST", path, who.token, data, "one")
            with lock:
                seen[found.status, found.body.get("code")] += 1

    os.environ["MUSIKA_BROKER_URL"] = NOBODY
    with house.Server(offset) as server:
        threads = [threading.Thread(target=client, args=[server.port]) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    del os.environ["MUSIKA_BROKER_URL"]
    return seen


def delivered(folder: Path) -> Counter:
    """The receipts in the files that were sent, by the bid that they name."""
    found: Counter = Counter()
    for path in (folder / "outbox").iterdir():
        for line in path.read_text().splitlines():
            if "/receipts/" in line:
                found[line.rstrip("/=\n").rpartition("/")[2]] += 1
    return found


def deliver_all() -> None:
    """As the worker does, several times: a sweep that finds nothing does nothing."""
    from marketplace.notify import tasks

    while tasks.deliver_outbox():
        pass
    tasks.deliver_outbox()


def run(bids: int, database: str) -> int:
    with house.marketplace(database) as folder:
        from django.db import connection, transaction

        from marketplace import clock
        from procurement.models import SealedBid
        from tests.factories import START, Market, tender_at

        with transaction.atomic():
            market = Market()
            tender = tender_at("open", market, prices=())
            people = house.bidders(market, bids)
        connection.close()
        offset = START + timedelta(days=2) - clock.now()
        answers = submit(offset.total_seconds(), tender, people)
        real = clock.now
        clock.now = lambda: real() + offset
        deliver_all()
        sent = delivered(folder)
        kept = Counter(SealedBid.objects.values_list("public_id", flat=True))
        faults = [f"answered {what}: {n}" for what, n in answers.items() if what != (201, None)]
        faults += [f"no notice of {bid}" for bid in kept - sent]
        faults += [f"doubled, or of no bid: {bid}" for bid in sent - kept]
        print(
            f"{connection.vendor}: {answers[201, None]} of {bids} bids acknowledged without a "
            f"broker, {sum(sent.values())} notices afterwards; {len(faults)} faults"
        )
    for line in faults[:20]:
        print(f"FAULT {line}")
    return bool(faults)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--bids", type=int, default=2000)
    given = parser.parse_args()
    return run(given.bids, given.database)


if __name__ == "__main__":
    sys.exit(main())
