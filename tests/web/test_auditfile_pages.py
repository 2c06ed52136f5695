"""The pages of audit files: drawn, written in, taken away; another's is not there."""

import pytest

from marketplace.accounts.roles import Role
from procurement.models import AuditFile
from tests.factories import AFTER, person, tender_at

pytestmark = pytest.mark.django_db


def test_a_sample_is_drawn_written_in_and_taken_away(at, market, signed_in):
    tender = tender_at("standstill", market)
    at(AFTER)
    desk = signed_in(market.auditor)
    refused = desk.post("/audit/files/", {"title": "Spring", "method": "random", "size": "0"})
    assert "greater than or equal to 1" in refused.content.decode()
    asked = {"title": "Spring", "method": "random", "size": "3", "seed": "lotto-7"}
    assert desk.post("/audit/files/", asked).status_code == 302
    path = f"/audit/files/{AuditFile.objects.get().public_id}/"
    note = {"kind": "finding", "tender": tender.reference, "text": "No gap."}
    assert desk.post(path, note).status_code == 302
    page = desk.get(path).content.decode()
    assert "lotto-7" in page and "No gap." in page and tender.reference in page
    assert desk.get(f"{path}report.pdf").content.startswith(b"%PDF")
    assert desk.get(f"{path}report.xlsx").content.startswith(b"PK")
    other = signed_in(person("Ava Auditor", market.office, Role.AUDITOR))
    assert other.get(path).status_code == 404
    assert signed_in(market.officer).get("/audit/files/").status_code == 403


def test_the_api_draws_writes_and_reports_as_the_pages_do(at, market, signed_in):
    tender = tender_at("standstill", market)
    at(AFTER)
    desk, base = signed_in(market.auditor), "/api/v1/audit-files"
    told = {"title": "Spring", "method": "value", "size": 2, "seed": "lotto-7"}
    made = desk.post(base, told, content_type="application/json").json()
    note = {"kind": "note", "text": "Asked for the weighing slips.", "tender": tender.reference}
    answer = desk.post(f"{base}/{made['id']}/notes", note, content_type="application/json")
    assert answer.status_code == 201
    one = desk.get(f"{base}/{made['id']}").json()
    assert one["lots"] == [
        {"position": 1, "tender": tender.reference, "lot": 1, "measure": "30000"}
    ]
    assert one["notes"][0]["text"] == note["text"]
    assert desk.get(f"{base}/{made['id']}/report.pdf").content.startswith(b"%PDF")
    assert desk.get(f"{base}/{made['id']}/report.xlsx").content.startswith(b"PK")
    assert desk.get(f"{base}/{'0' * 16}").status_code == 404
