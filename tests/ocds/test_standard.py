"""What is published is held to the standard by its own check, strictly: no finding of any kind."""

import pytest

from procurement.models import OcdsProcess
from procurement.ocds import package
from procurement.operations import ocds
from tests.factories import START, Market, cancel, tender_at
from tests.ocds import offline
from tests.ocds.checking import check

pytestmark = [pytest.mark.django_db, offline.needs_standard]
WHO = package.Publisher("Musika", "http://127.0.0.1:8000", "https://example.org/licence")


def files(folder):
    processes = list(OcdsProcess.objects.order_by("pk"))
    head = package.header(WHO, "/api/ocds/records", "2026-03-02T08:00:00Z")
    records = [
        package.record(p.ocid, p.releases.values_list("text", flat=True), p.compiled)
        for p in processes
    ]
    texts = [text for p in processes for text in p.releases.values_list("text", flat=True)]
    whole, lines = folder / "records.json", folder / "releases.jsonl"
    whole.write_text(package.package(head, package.RECORDS, records))
    lines.write_text("\n".join(texts) + "\n")
    return whole, lines


def test_the_profile_is_the_one_of_the_standard():
    assert offline.PROFILE.read_text() == offline.text(), "run python -m tests.ocds.offline"


def test_tenders_in_all_states_pass_without_a_finding(tmp_path):
    market = Market()
    tender_at("paid", market)
    tender_at("standstill", market, prices=("310",))
    tender_at("opened", market)
    cancel(tender_at("open", market), market)
    ocds.publish(now=START)
    whole, lines = files(tmp_path)
    assert check(whole)["found"] == {}
    assert check(lines)["found"] == {}
