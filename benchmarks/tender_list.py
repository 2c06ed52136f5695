"""CPU of the tender list: values() and orjson against the same list by nested serializers.

    python -m benchmarks.tender_list [--tenders 50] [--repeat 40]

Both run in this process on the same rows of a throwaway database, turn about. The peer prefetches
what it shows and takes the statuses from the same function; the house wants a ratio of at
least 4.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.renderers import JSONRenderer  # noqa: E402

from api.renderers import dumps  # noqa: E402
from api.v1 import tenderlist  # noqa: E402
from procurement.models import Item, Lot, Tender  # noqa: E402
from procurement.operations import tenders  # noqa: E402
from procurement.queries import statuses  # noqa: E402
from tests.factories import START, Market, content, item  # noqa: E402

TARGET = 4


class ItemPeer(serializers.ModelSerializer):
    item = serializers.IntegerField(source="number")
    commodity = serializers.CharField(source="commodity.code", allow_null=True)
    quantity = serializers.CharField()

    class Meta:
        model = Item
        fields = ["item", "description", "commodity", "quantity", "unit"]


class LotPeer(serializers.ModelSerializer):
    lot = serializers.IntegerField(source="number")
    items = ItemPeer(many=True)

    class Meta:
        model = Lot
        fields = ["lot", "title", "items"]


class BuyerPeer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


class TenderPeer(serializers.ModelSerializer):
    status = serializers.SerializerMethodField()
    buyer = BuyerPeer()
    historical = serializers.BooleanField(source="is_historical")
    lots = LotPeer(many=True)

    class Meta:
        model = Tender
        fields = [
            "reference",
            "title",
            "status",
            "buyer",
            "method",
            "reserved_for",
            "currency",
            "province",
            "published_at",
            "enquiry_deadline",
            "deadline",
            "historical",
            "lots",
        ]

    def get_status(self, tender: Tender) -> str:
        return str(self.context[tender.pk])


def seed(count: int) -> None:
    """Published tenders of two lots with two items each."""
    market = Market()
    lot = replace(content().lots[0], items=(item(), item()))
    for number in range(count):
        said = content(title=f"Maize {number}", lots=(lot, lot))
        tender = tenders.draft(buyer=market.buyer, content=said, by=market.officer, now=START)
        # Published by a shortcut: a committee of its own for each would take minutes.
        Tender.objects.filter(pk=tender.pk).update(
            published_at=START, published_by=market.approver, terms_hash="0" * 64
        )


def ours(count: int) -> bytes:
    published = Tender.objects.filter(published_at__lte=START)
    page = tenderlist.heads(published).order_by("-id")[:count]
    return dumps({"results": tenderlist.rows(page, START)})


def peer(count: int) -> bytes:
    published = Tender.objects.filter(published_at__lte=START)
    rows = published.select_related("buyer").prefetch_related("lots__items__commodity")
    page = list(rows.order_by("-id")[:count])
    facts = [{name: getattr(row, name) for name in statuses.COLUMNS} for row in page]
    data = TenderPeer(page, many=True, context=statuses.of(facts, START)).data
    return JSONRenderer().render({"results": data})


def cpu(run: Callable[[int], bytes], count: int) -> float:
    begun = time.process_time()
    run(count)
    return (time.process_time() - begun) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenders", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=40)
    options = parser.parse_args()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        seed(options.tenders)
        return report(options.tenders, options.repeat)
    finally:
        teardown_databases(old, verbosity=0)


def report(count: int, repeat: int) -> int:
    for run in (ours, peer):
        run(count)
    samples = [(cpu(ours, count), cpu(peer, count)) for _ in range(repeat)]
    mine, theirs = (statistics.median(column) for column in zip(*samples, strict=True))
    ratio = theirs / mine
    print(f"{count} tenders, median of {repeat}, CPU milliseconds in this process")
    print(f"values() and orjson   {mine:8.2f}   {len(ours(count)):>7} bytes")
    print(f"nested serializers    {theirs:8.2f}   {len(peer(count)):>7} bytes")
    print(f"ratio                 {ratio:8.1f}   (at least {TARGET})")
    return 0 if ratio >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
