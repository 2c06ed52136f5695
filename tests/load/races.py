"""Two people at the same instant: whatever order they come in, the rules hold.

    python -m tests.load.races [--times 200] [--database postgres://...]

Each race brings a fresh tender to its stage, lets two threads act at a barrier, and looks at what
is then in the database and the ledger. Prints the violations and how often each outcome came.
"""

import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from tests.load import house


def together(*acts: Callable[[], object]) -> list[str]:
    """Run all at once; of each the code of its refusal, or `done`."""
    from django.db import connection

    from marketplace.errors import MusikaError

    barrier, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(30)
            act()
            said[number] = "done"
        except MusikaError as error:
            said[number] = error.code
        except Exception as error:
            said[number] = f"CRASH {type(error).__name__}: {error}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def events(tender: object) -> list[str]:
    from marketplace.ledger.models import Entry

    rows = Entry.objects.filter(subject=tender.reference).order_by("sequence")
    return list(rows.values_list("event", flat=True))


def once(tender: object, *names: str) -> bool:
    """Whether of these events together exactly one is recorded."""
    return sum(event in names for event in events(tender)) == 1


def double_award(market: object) -> tuple[list[str], bool]:
    from procurement.operations import awards
    from tests.factories import AFTER, tender_at

    tender = tender_at("recommended", market)
    award = tender.lots.get().awards.get()

    def decide() -> object:
        return awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER)

    said = together(decide, decide)
    return said, said.count("done") == 1 and once(tender, "AwardDecided")


def award_and_cancel(market: object) -> tuple[list[str], bool]:
    from procurement.operations import awards, cancellations
    from tests.factories import AFTER, tender_at

    tender = tender_at("recommended", market)
    award = tender.lots.get().awards.get()
    proposal = cancellations.propose(
        tender=tender, reason="No budget.", by=market.officer, now=AFTER
    )
    said = together(
        lambda: awards.decide(award=award, reason="Agreed.", by=market.accountant, now=AFTER),
        lambda: cancellations.confirm(proposal=proposal, by=market.approver, now=AFTER),
    )
    tender.refresh_from_db()
    award.refresh_from_db()
    order = [e for e in events(tender) if e in ("AwardDecided", "TenderCancelled")]
    # A cancellation may follow an award; never the other way round.
    good = order in (["AwardDecided"], ["TenderCancelled"], ["AwardDecided", "TenderCancelled"])
    as_told = [said[0] == "done", said[1] == "done"] == [
        "AwardDecided" in order,
        "TenderCancelled" in order,
    ]
    return said, good and as_told and bool(tender.cancelled_at) == (said[1] == "done")


def withdraw_and_close(market: object) -> tuple[list[str], bool]:
    from datetime import timedelta

    from procurement.operations import bids, openings
    from tests.factories import AFTER, DEADLINE, PASSPHRASE, tender_at

    tender = tender_at("open", market)
    user, firm = market.tenderers[0]
    just = DEADLINE - timedelta(microseconds=1)
    said = together(
        lambda: bids.withdraw(tender=tender, tenderer=firm, by=user, received_at=just, now=just),
        lambda: openings.close(tender=tender, now=AFTER),
    )
    order = [e for e in events(tender) if e in ("BidWithdrawn", "TenderClosed")]
    left = 2 if "BidWithdrawn" in order else 3
    good = order[-1] == "TenderClosed" and ("BidWithdrawn" in order) == (said[0] == "done")
    for opener, _ in market.openers[:2]:
        openings.release(tender=tender, passphrase=PASSPHRASE, by=opener, now=AFTER)
    return said, good and tender.bids.count() == left


def open_and_open(market: object) -> tuple[list[str], bool]:
    from procurement.operations import openings
    from tests.factories import AFTER, PASSPHRASE, tender_at

    tender = tender_at("closed", market)
    said = together(
        *(
            lambda by=opener: openings.release(
                tender=tender, passphrase=PASSPHRASE, by=by, now=AFTER
            )
            for opener, _ in market.openers
        )
    )
    return said, tender.bids.count() == 3 and once(tender, "BidsOpened")


def publish_and_revise(market: object) -> tuple[list[str], bool]:
    from procurement.operations import tenders
    from procurement.queries import terms
    from tests.factories import START, content, tender_at

    tender = tender_at("draft", market)
    seen = terms.fingerprint(tender)
    other = replace(content(), title="Something else altogether")
    said = together(
        lambda: tenders.publish(tender=tender, expected=seen, by=market.approver, now=START),
        lambda: tenders.revise(tender=tender, content=other, by=market.officer, now=START),
    )
    tender.refresh_from_db()
    published = bool(tender.published_at)
    # What is published is what the approver had read, word for word.
    good = published == (said[0] == "done") and said.count("done") == 1
    return said, good and (not published or tender.title == "Maize for Gwanda")


def submit_and_withdraw(market: object) -> tuple[list[str], bool]:
    from procurement.operations import bids
    from procurement.queries.bids import standing_of
    from tests.factories import START, offer, tender_at

    tender = tender_at("open", market)
    user, firm = market.tenderers[0]
    better = offer(tender, "290")
    given = {"tender": tender, "tenderer": firm, "by": user, "received_at": START, "now": START}
    said = together(lambda: bids.submit(content=better, **given), lambda: bids.withdraw(**given))
    order = [e for e in events(tender) if e.startswith("Bid")][3:]
    stands = standing_of(tender, firm)
    return said, len(order) == said.count("done") and (
        (stands is None) == (not order or order[-1] == "BidWithdrawn")
    )


def submit_twice(market: object) -> tuple[list[str], bool]:
    from procurement.operations import bids
    from tests.factories import START, offer, tender_at

    tender = tender_at("open", market, prices=())
    user, firm = market.tenderers[0]
    one, two = offer(tender, "300"), offer(tender, "299")
    given = {"tender": tender, "tenderer": firm, "by": user, "received_at": START, "now": START}
    said = together(
        lambda: bids.submit(content=one, **given), lambda: bids.submit(content=two, **given)
    )
    rows = tender.sealed_bids.filter(tenderer=firm)
    revisions = sorted(rows.values_list("revision", flat=True))
    return said, revisions == list(range(1, said.count("done") + 1)) and said.count("done") >= 1


RACES = (
    double_award,
    award_and_cancel,
    withdraw_and_close,
    open_and_open,
    publish_and_revise,
    submit_and_withdraw,
    submit_twice,
)


def run(times: int, database: str) -> int:
    violations = 0
    with house.marketplace(database):
        from django.db import connection

        from marketplace.ledger import signer
        from tests.factories import Market

        market = Market()
        for race in RACES:
            seen: Counter[str] = Counter()
            bad = 0
            for _ in range(times):
                said, good = race(market)
                crashed = any(word.startswith("CRASH") for word in said)
                bad += crashed or not good
                seen[" / ".join(said)] += 1
            violations += bad
            print(f"{connection.vendor} {race.__name__}: {times} times, {bad} violations")
            for words, count in seen.most_common(5):
                print(f"    {count:4} {words}")
        print(f"{connection.vendor}: ledger of {signer.audit().size} entries without a gap")
    return bool(violations)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--times", type=int, default=200)
    given = parser.parse_args()
    return run(given.times, given.database)


if __name__ == "__main__":
    sys.exit(main())
