"""The dossier for everybody over the API."""

import pytest

from procurement.operations import exports
from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db


def test_anybody_asks_for_it_and_takes_it_away(at, market, caller):
    at.now = AFTER
    tender = tender_at("opened", market)
    path, anybody = f"tenders/{tender.reference}/dossier", caller()
    assert anybody.get(path).status_code == 404
    made = anybody.post(path)
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/{path}")
    assert anybody.get(f"{path}/file").status_code == 404
    exports.run(exports.latest_public(tender).pk, now=AFTER)
    told = anybody.get(path).json()
    answer = anybody.get(f"{path}/file")
    assert answer["ETag"] == f'"{told["sha256"]}"' and told["rows_done"] == told["rows_total"]
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_before_the_opening_there_is_none(at, market, caller):
    answer = caller().post(f"tenders/{tender_at('open', market).reference}/dossier")
    assert answer.status_code == 409
