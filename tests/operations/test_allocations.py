"""Lots that are awarded in parts: from the draft to one contract for each part."""

import pytest

from tests.divided import divided_at
from tests.factories import Market

pytestmark = pytest.mark.django_db


def test_what_a_divided_lot_needs_comes_back_from_a_draft(db):
    market = Market()
    tender = divided_at("standstill", market)
    import json

    print(json.dumps(json.loads(tender.allocations.get().result), indent=1)[:3000])
    for a in tender.lots.get().awards.all():
        print(a.supplier, a.lines.get().quantity, a.price)
        for l in a.letters.all():
            print(l.kind, l.bid.tenderer, l.text)
