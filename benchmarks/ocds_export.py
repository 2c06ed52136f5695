"""Open data at scale: releases and records of 10,000 processes, and the feed far in.

    python -m benchmarks.ocds_export [--processes 10000] [--feed 1000000] [--check FILE]

In a folder of its own. The processes are made by the mapping itself from generated facts: seven
releases each, from the tender to the last payment. `--check FILE` writes their records there.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median

START = datetime(2020, 1, 1, 8, tzinfo=UTC)
MOST_SECONDS, MOST_RATIO, MOST_MB = 180, 1.3, 400
EVENTS = 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=10_000)
    parser.add_argument("--feed", type=int, default=1_000_000, help="releases behind the feed")
    parser.add_argument("--check", help="write the records there, and stop")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="musika-ocds-") as folder:
        os.environ |= {"MUSIKA_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "marketplace.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        if options.check:
            return written(Path(options.check), options.processes)
        call_command("migrate", verbosity=0)
        good = exported(options.processes)
        return 0 if feed(options.feed) and good else 1


# --- generated processes ----------------------------------------------------------------------


def story(number: int) -> tuple[list[dict], dict]:
    """The releases of one process and what they come to."""
    from procurement.ocds import facts, merge
    from procurement.ocds.release import release

    random = Random(number)
    parties = {"buyer": facts.Party("buyer", "Board", "buyer", province="Harare")}
    names = [f"s{random.randrange(400)}-{n}" for n in range(random.randint(2, 6))]
    kinds = ("farmer", "company", "cooperative")
    for name in names:
        parties[name] = facts.Party(name, f"Firm {name}", random.choice(kinds), f"R-{name}")
    quantity, lots = Decimal(random.randint(5, 900)), random.randint(1, 2)
    terms = _terms(number, lots, quantity, random)
    bids = tuple(
        facts.BidFacts(
            f"b{number}-{name}",
            name,
            START + timedelta(days=5),
            "",
            tuple(
                facts.BidLine(lot, 1, Decimal(random.randint(20_000, 40_000)) / 100, quantity)
                for lot in range(1, lots + 1)
            ),
            declared=tuple((lot, 1, "MOISTURE", "12.1") for lot in range(1, lots + 1)),
        )
        for name in names
    )
    process = facts.Process(
        ocid=f"ocds-213czf-B-{number:06}",
        reference=f"B-{number:06}",
        site="https://musika.example",
        buyer="buyer",
        currency="USD",
        terms=terms,
        published_at=START,
        parties=parties,
        goods={"MAIZE_GRAIN": facts.Goods("MAIZE_GRAIN", "Maize grain, white", "100590", "01122")},
        bids=bids,
    )
    made: list[dict] = []
    before: dict = {}
    from dataclasses import replace

    for place, (name, body, more) in enumerate(_events(number, bids, lots)):
        at = START + timedelta(days=number % 700, hours=place)
        event = facts.Event(name, number * EVENTS + place, at, body, at)
        process = replace(process, before=before, **more)
        found = release(process, event)
        assert found is not None, name
        made.append(found)
        merge.add(before, found)
    return made, before


def _terms(number: int, lots: int, quantity: Decimal, random: Random) -> dict:
    limit = {
        "parameter": "MOISTURE",
        "name": "Moisture",
        "unit": "%",
        "kind": "maximum",
        "minimum": None,
        "maximum": "12.5",
        "equals": None,
        "source": "published standard",
    }
    item = {
        "item": 1,
        "commodity": "MAIZE_GRAIN",
        "description": "White maize",
        "quantity": str(quantity),
        "unit": "t",
        "delivery_place": "Depot",
        "province": "Harare",
        "district": "Harare",
        "delivery_starts": "2020-04-01",
        "delivery_ends": "2020-05-01",
        "specification": [limit],
    }
    gate = {"criterion": 1, "title": "Tax", "kind": "gate", "source": "", "options": []}
    return {
        "title": f"Maize {number}",
        "description": "For the depots of the year.",
        "method": random.choice(("open", "selective", "limited")),
        "reserved_for": "",
        "deadline": "2020-02-01T08:00:00+00:00",
        "enquiry_deadline": "2020-01-20T08:00:00+00:00",
        "lots": [
            {
                "lot": lot,
                "title": f"Lot {lot}",
                "evaluation_method": "lowest_price",
                "reserve_price": None,
                "minimum_price": None,
                "items": [item],
                "criteria": [gate],
                "points": None,
            }
            for lot in range(1, lots + 1)
        ],
    }


def _events(number: int, bids, lots: int) -> Iterator[tuple[str, dict, dict]]:
    from procurement.ocds import facts

    yield "TenderPublished", {}, {}
    yield "BidsOpened", {}, {}
    ranked = sorted(bids, key=lambda bid: bid.lines[0].unit_price)
    result, first = _result(ranked), ranked[0]
    price = first.lines[0].unit_price * first.lines[0].quantity
    award = facts.AwardFacts(
        str(number), 1, first.id, first.tenderer, price, "USD", "Lowest.", START, first.lines[:1]
    )
    told = {"results": {1: (result, START)}, "awards": {str(number): award}}
    yield "AwardDecided", {"award": number, "lot": 1}, told
    if lots == 2:
        yield "LotUnsuccessful", {"lot": 2, "reason": "Too dear."}, {"results": {}}
    contract = {"contract": f"B-{number:06}-L1"}
    more = {"contracts": {contract["contract"]: str(number)}}
    yield "ContractSigned", contract, more
    yield "DeliveryReceived", {**contract, "item": 1, "quantity": "5", "unit": "t"}, {}
    paid = {"amount": str(price.quantize(Decimal("0.01"))), "currency": "USD", "final": True}
    yield "PaymentMade", contract | paid, {}


def _result(ranked) -> dict:
    def amount(bid):
        text = format((bid.lines[0].unit_price * bid.lines[0].quantity).normalize(), "f")
        return {"decimal": text, "exact": text, "shown": text}

    gate = {"kind": "criterion", "name": "1", "item": None, "passed": True, "reason": ""}
    return {
        "engine": "2",
        "case_digest": "0" * 64,
        "bids": [
            {
                "bid": bid.id,
                "qualified": True,
                "rank": str(place),
                "gates": [gate],
                "price": amount(bid),
                "evaluated_price": amount(bid),
                "points": None,
                "working": [],
                "behind": None,
            }
            for place, bid in enumerate(ranked, 1)
        ],
    }


def written(path: Path, count: int) -> int:
    """The records of so many processes as one package, for check_ocds.py."""
    from procurement.ocds import package, values

    who = package.Publisher("Musika", "https://musika.example", "https://example.org/licence")
    head = package.header(who, "/records", "2026-01-01T00:00:00Z")
    records = (
        package.record(whole["ocid"], map(values.dumps, made), values.dumps(whole))
        for made, whole in map(story, range(1, count + 1))
    )
    with path.open("w") as out:
        out.writelines(package.chunks(head, package.RECORDS, records))
    print(f"{count:,} records written to {path}")
    return 0


# --- measures ---------------------------------------------------------------------------------


def exported(count: int) -> bool:
    """Making, keeping and writing out; the memory is that of the whole process."""
    from procurement.queries.ocdsfiles import Form, due

    begun, busy = time.perf_counter(), time.process_time()
    fill(count)
    filled = time.perf_counter()
    base = memory()
    wanted = (Form.RELEASES_JSONL, Form.RECORDS_JSON)
    for one in due():
        if one.form in wanted and len(one.period) == 4:
            _write(one)
    ended = time.perf_counter()
    print(f"{count:,} processes: releases made and merged in {filled - begun:.1f} s,")
    print(
        f"  releases and records written in {ended - filled:.1f} s, {ended - begun:.1f} s in all,"
    )
    print(f"  of which {time.process_time() - busy:.1f} s at work on one core")
    print(f"  memory {memory()} MB at most, {memory() - base} MB more for the files")
    return ended - begun <= MOST_SECONDS and memory() <= MOST_MB


def _write(one) -> None:
    from procurement.operations import ocdsfiles

    with tempfile.TemporaryFile() as out:
        ocdsfiles.write(out, one)


def memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def fill(count: int) -> None:
    """The rows that the sweep would write, a hundred processes at a time."""
    for first in range(1, count + 1, 100):
        _store([story(n) for n in range(first, min(first + 100, count + 1))])


def _store(stories) -> None:
    from django.db import transaction

    from procurement.models import OcdsProcess, OcdsRelease, Tender
    from procurement.ocds.values import digest, dumps

    buyer = _buyer()
    with transaction.atomic():
        tenders = Tender.objects.bulk_create(_tender(whole, buyer) for _, whole in stories)
        rows = []
        for (made, whole), tender in zip(stories, tenders, strict=True):
            text = dumps(whole)
            first, last = _place(made[0]), _place(made[-1])
            process = OcdsProcess(
                ocid=whole["ocid"],
                tender=tender,
                compiled=text,
                digest=digest(text),
                first_sequence=first,
                last_sequence=last,
                first_published_at=made[0]["date"],
                last_published_at=made[-1]["date"],
                last_date=made[-1]["date"],
                changed_at=made[-1]["date"],
                last_release=made[-1]["id"],
            )
            rows.append(process)
        OcdsProcess.objects.bulk_create(rows)
        OcdsRelease.objects.bulk_create(
            _release(process, one, dumps(one))
            for process, (made, _) in zip(rows, stories, strict=True)
            for one in made
        )


def _place(release: dict) -> int:
    return int(release["id"].rpartition("-")[2])


def _buyer():
    from marketplace.accounts.models import Organization

    fields = {"kind": "buyer", "name": "Board", "created_at": START}
    return Organization.objects.get_or_create(public_id="buyer", defaults=fields)[0]


def _tender(whole: dict, buyer):
    from procurement.models import Tender

    reference = whole["tender"]["id"]
    return Tender(reference=reference, buyer=buyer, title="Maize", currency="USD", created_at=START)


def _release(process, one: dict, text: str):
    from procurement.models import OcdsRelease
    from procurement.ocds.values import digest

    return OcdsRelease(
        process=process,
        sequence=_place(one),
        release_id=one["id"],
        tags=",".join(one["tag"]),
        date=one["date"],
        published_at=one["date"],
        made_at=one["date"],
        text=text,
        digest=digest(text),
    )


def feed(count: int) -> bool:
    """The first page of 1,000 and the one at the last release, through the endpoint."""
    from django.test import Client

    last = _grown(count)
    client = Client()
    places = {"first": -1, "deep": last - 1001}
    times: dict[str, list[float]] = {name: [] for name in places}
    for _ in range(7):
        for name, place in places.items():
            times[name].append(_page(client, place))
    first, deep = (median(times[name]) * 1000 for name in places)
    print(f"feed of {count:,} releases: first page {first:.0f} ms, deepest {deep:.0f} ms,")
    print(f"  ratio {deep / first:.2f} (at most {MOST_RATIO})")
    return deep / first <= MOST_RATIO


def _page(client, place: int) -> float:
    cursor = f"&cursor=after-{place}" if place >= 0 else ""
    begun = time.perf_counter()
    answer = client.get(f"/api/ocds/releases?limit=1000{cursor}")
    took = time.perf_counter() - begun
    assert answer.status_code == 200, answer.content[:200]
    return took


def _grown(count: int) -> int:
    """Rows of the same texts under new places, until the feed has so many."""
    from django.db import connection

    from procurement.models import OcdsRelease

    rows = OcdsRelease.objects.count()
    step = 10_000_000
    with connection.cursor() as cursor:
        for turn in range(1, -(-count // rows)):
            cursor.execute(
                "INSERT INTO procurement_ocdsrelease (process_id, sequence, release_id, tags, date,"
                " published_at, made_at, text, digest) SELECT process_id, sequence + %s,"
                " release_id || '-' || %s, tags, datetime(date, %s), published_at, made_at, text,"
                " digest FROM procurement_ocdsrelease WHERE sequence < %s",
                [turn * step, turn, f"+{turn} years", step],
            )
    found = OcdsRelease.objects.order_by("-sequence").first()
    assert found is not None
    return found.sequence


if __name__ == "__main__":
    sys.exit(main())
