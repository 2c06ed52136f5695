"""Bids around the second of the deadline: none late is taken, none in time is refused.

    python -m tests.load.deadline [--runs 50] [--requests 1000] [--database postgres://...]

Each run has a tender of its own. Eight clients send bids over HTTP without a pause, from before
the deadline until after it, while two openers try all the time to open. Client and service read
one clock. A refusal whose answer was there before the deadline was early; a bid accepted whose
first byte was sent at the deadline or later was late. What was sent before and read after it is
late by the rule (the last byte counts): it is counted on its own.
"""

import sys
import threading
from collections import Counter
from datetime import datetime, timedelta

from tests.load import house

CLIENTS = 8


WRONG = {"LATE", "EARLY", "BAD", "ODD"}


def run_one(
    market: object, people: list[house.Bidder], server: house.Server, half: float
) -> Counter:
    """One tender; gives the counts of what happened. `half` is in seconds, before and after."""
    from django.db import connection

    from marketplace import clock
    from marketplace.errors import MusikaError
    from marketplace.ledger.models import Entry
    from procurement.operations import openings
    from tests.factories import DEADLINE, PASSPHRASE, tender_at

    tender = tender_at("open", market, prices=())
    data, path = house.bid_data(tender, "300"), f"tenders/{tender.reference}/bids"
    offset = DEADLINE - timedelta(seconds=half) - clock.now()
    seen: Counter = Counter()
    lock, waiting, over = threading.Lock(), iter(people), threading.Event()

    def now() -> datetime:
        return clock.now() + offset

    def client() -> None:
        while True:
            with lock:
                who = next(waiting, None)
            if who is None:
                return
            sent = now()
            found = house.ask(server.port, "POST", path, who.token, data)
            with lock:
                seen[verdict(found, sent, now())] += 1

    def verdict(found: house.Answer, sent: datetime, answered: datetime) -> str:
        if found.status == 201:
            return "accepted LATE" if sent >= DEADLINE else "accepted"
        if found.body.get("code") not in ("bid-late", "bids-not-accepted"):
            return f"ODD {found.status} {found.body.get('code')}"
        if answered < DEADLINE:
            return "refused EARLY"
        return "refused" if sent >= DEADLINE else "sent before, read after"

    def opener(who: object) -> None:
        while not over.is_set():
            try:
                openings.release(tender=tender, passphrase=PASSPHRASE, by=who, now=now())
                return
            except MusikaError:
                over.wait(0.1)
            finally:
                connection.close()

    connection.close()
    server.offset = offset.total_seconds()
    server.start()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    curious = [threading.Thread(target=opener, args=[who]) for who, _ in market.openers[:2]]
    for thread in threads + curious:
        thread.start()
    for thread in threads:
        thread.join()
    for thread in curious:
        thread.join(30)
    over.set()
    server.kill()
    told = Entry.objects.filter(subject=tender.reference).order_by("sequence")
    order = list(told.values_list("event", flat=True))
    closed = order.index("TenderClosed")
    seen["recorded after CLOSE, BAD"] += order[closed:].count("BidSubmitted")
    seen["opened before CLOSE, BAD"] += "BidsOpened" in order[:closed]
    late = tender.sealed_bids.filter(received_at__gte=DEADLINE).count()
    seen["received_at not before the deadline, BAD"] += late
    opened = tender.bids.count()
    seen["accepted and not opened, BAD"] += abs(order.count("BidSubmitted") - opened)
    seen["acknowledged and not recorded, BAD"] += abs(seen["accepted"] - opened)
    return seen


def run(runs: int, requests: int, database: str) -> int:
    total: Counter = Counter()
    with house.marketplace(database):
        from django.db import connection

        from marketplace.ledger import signer
        from tests.factories import Market

        market = Market()
        people = house.bidders(market, requests)
        # About as long as half of the requests take, so that the deadline falls in their middle.
        half = 0.5 + requests / 150
        server = house.Server(0.0)
        for _ in range(runs):
            seen = run_one(market, people, server, half)
            total += seen
            # The next deadline nearer to the middle of what this machine gets through.
            share = seen["accepted"] / requests
            half = max(0.3, half * (1.5 - share))
        server.stop()
        signer.audit()
        print(f"{connection.vendor}: {runs} runs of {requests} requests")
    for words, count in sorted(total.items()):
        print(f"    {count:6} {words}")
    return any(WRONG & set(words.split()) for words in total)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--requests", type=int, default=1000)
    given = parser.parse_args()
    return run(given.runs, given.requests, given.database)


if __name__ == "__main__":
    sys.exit(main())
