"""Kill the service again and again while bids come in: none acknowledged is lost or doubled.

    python -m tests.load.kill [--kills 200] [--database postgres://...]

Six clients submit bids over HTTP, each with an Idempotency-Key, and insist with the same key until
there is an answer. Meanwhile the process group of the service gets SIGKILL at random moments. In
the end every acknowledged bid must be there once, nothing else, the ledger without a gap and as
signed, and every receipt, those fetched between two kills included, must verify.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from tests.load import house

CLIENTS = 6
EACH = 12  # tenderers of a client; nobody else bids for them
TENDERS = 4
RECEIPT_EVERY = 5


@dataclass
class Tally:
    """What the clients were told."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)
    bids: list[str] = field(default_factory=list)
    receipts: list[dict] = field(default_factory=list)
    again: int = 0
    odd: Counter = field(default_factory=Counter)


def client(server: house.Server, mine: list[house.Bidder], data: dict, tally: Tally) -> None:
    """Bid for one's tenderers in turn; a bid begun is always brought to its answer."""
    turn = 0
    while not tally.stop.is_set():
        who, (reference, body) = mine[turn % EACH], data[turn // EACH % len(data)]
        turn += 1
        found, asked = house.insist(server.port, f"tenders/{reference}/bids", who.token, body)
        with tally.lock:
            tally.again += asked - 1
            if found.status != 201:
                tally.odd[f"{found.status} {found.body.get('code')}"] += 1
                continue
            tally.bids.append(found.body["bid"])
        if turn % RECEIPT_EVERY == 0:
            path = f"tenders/{reference}/bid/receipt.json"
            got = house.ask(server.port, "GET", path, who.token)
            if got.status == 200:
                tally.receipts.append(got.body)


def faults(tally: Tally) -> list[str]:
    """Everything that is not as it must be, in words."""
    from marketplace import clock
    from marketplace.ledger import queries, signer
    from marketplace.ledger.models import Entry
    from procurement.models import SealedBid
    from procurement.operations.receipts import receipt
    from procurement.rules.receipts import check_receipt

    told, kept = Counter(tally.bids), Counter(SealedBid.objects.values_list("public_id", flat=True))
    found = [f"lost: {bid}" for bid in told - kept]
    found += [f"never acknowledged, or doubled: {bid}" for bid in kept - told]
    if sum(told.values()) != len(told):
        found.append("an id was given twice")
    places = list(Entry.objects.order_by("sequence").values_list("sequence", flat=True))
    if places != list(range(len(places))):
        found.append("the ledger has a gap")
    entries = Entry.objects.filter(event__in=("BidSubmitted", "BidReplaced")).count()
    if entries != len(kept):
        found.append(f"{entries} entries for {len(kept)} bids")
    signer.sign_checkpoint(clock.now())
    if signer.audit().size != len(places):
        found.append("the audit counts otherwise")
    key = queries.verifier_key()
    rows = SealedBid.objects.select_related("tender", "tenderer")
    receipts = tally.receipts + [receipt(bid, now=clock.now()) for bid in rows]
    bad = sum(not check_receipt(json.dumps(one), key).passed for one in receipts)
    return found + ([f"{bad} of {len(receipts)} receipts do not verify"] if bad else [])


def run(kills: int, database: str, seed: int, least: int) -> int:
    chance = random.Random(seed)
    with house.marketplace(database):
        from django.db import connection

        from marketplace import clock
        from tests.factories import START, Market, tender_at

        market = Market()
        tenders = [tender_at("open", market, prices=()) for _ in range(TENDERS)]
        people = house.bidders(market, CLIENTS * EACH)
        data = [(tender.reference, house.bid_data(tender, "300")) for tender in tenders]
        connection.close()
        offset = (START + timedelta(days=2) - clock.now()).total_seconds()
        tally, began = Tally(), time.monotonic()
        with house.Server(offset) as server:
            threads = [
                threading.Thread(target=client, args=(server, people[n::CLIENTS], data, tally))
                for n in range(CLIENTS)
            ]
            for thread in threads:
                thread.start()
            done = 0
            while done < kills or len(tally.bids) < least:
                time.sleep(chance.uniform(0.05, 0.5))
                if done < kills:
                    server.kill()
                    server.start()
                    done += 1
            tally.stop.set()
            for thread in threads:
                thread.join()
        spent = time.monotonic() - began
        found = faults(tally)
        found += [f"answered {what}: {n}" for what, n in tally.odd.items()]
        print(
            f"{connection.vendor}: {done} kills in {spent:.0f} s, {len(tally.bids)} bids "
            f"acknowledged, {tally.again} requests repeated, {len(tally.receipts)} receipts "
            f"fetched meanwhile; {len(found)} faults (seed {seed})"
        )
    for line in found[:20]:
        print(f"FAULT {line}")
    return bool(found)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--least", type=int, default=0, help="bids to acknowledge before the end")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return run(given.kills, given.database, given.seed, given.least)


if __name__ == "__main__":
    sys.exit(main())
