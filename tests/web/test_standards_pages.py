"""Standards for everybody: browse, compare, download; for a buyer's people: add a table."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from produce.models import Grade, Standard, StandardProposal
from tests.factories import START
from tests.produce.test_nationals import form, proposed

pytestmark = pytest.mark.django_db


def test_everybody_browses_the_tables_with_their_remarks(client, market):
    text = client.get("/standards/").content.decode()
    eas2 = Standard.objects.get(code="EAS2")
    assert f"/standards/{eas2.pk}/" in text
    page = client.get(f"/standards/{eas2.pk}/").content.decode()
    assert "at most 13.5 %" in page and "to be confirmed against the official text" in page
    assert "Add or correct a table" not in text


def test_two_grades_are_compared_and_each_difference_is_named(client, market):
    first, second = Grade.objects.filter(standard__code="EAS2").order_by("rank")[:2]
    page = client.get(f"/standards/compare/?first={first.pk}&second={second.pk}")
    rows = {row.name: row.change for row in page.context["rows"]}
    assert rows["Foreign matter"] == "loosened" and rows["Moisture"] == ""


@pytest.mark.parametrize("query", ["", "?first=x", "?first=99999999"])
def test_a_comparison_of_nothing_is_not_found(client, market, query):
    assert client.get(f"/standards/compare/{query}").status_code == 404


def test_a_second_grade_of_other_produce_is_refused_beside_its_box(client, market):
    first = Grade.objects.filter(standard__code="EAS2").first()
    other = Grade.objects.exclude(standard__commodity=first.standard.commodity).first()
    page = client.get(f"/standards/compare/?first={first.pk}&second={other.pk}")
    assert "second" in page.context["form"].errors and not page.context["rows"]


def test_a_table_is_downloaded_as_json_and_csv(client, market):
    row = Standard.objects.get(code="EAS2")
    said = json.loads(client.get(f"/standards/{row.pk}/standard.json").content)
    assert said["code"] == "EAS2" and said["parameters"][0]["limits"][0]["source"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/standards/{row.pk}/standard.csv")
                                           .content.decode())))  # fmt: skip
    assert {r["confidence"] for r in rows} >= {"MEMORY"}
    assert client.get(f"/standards/{row.pk}/standard.xml").status_code == 404


def test_an_officer_sends_a_table_and_an_approver_confirms_it(signed_in, market, at):
    file = SimpleUploadedFile("table.json", json.dumps(form()).encode())
    browser = signed_in(market.officer)
    page = browser.post(
        reverse("standard_proposals"), {"file": file, "reason": "Gazetted."}, follow=True
    )
    row = StandardProposal.objects.get()
    assert "You proposed this" in page.content.decode()
    browser = signed_in(market.approver)
    there = reverse("standard_proposal", args=[row.pk])
    assert "Gazetted." in browser.get(there).content.decode()
    browser.post(there)
    assert Standard.objects.filter(code="ZWS_MAIZE").exists()


def test_a_table_with_a_fault_is_refused_with_its_place(signed_in, market, at):
    bad = json.dumps(form(valid_from="soon"))
    page = signed_in(market.officer).post(
        reverse("standard_proposals"), {"text": bad, "reason": "Gazetted."}
    )
    assert "table.valid_from" in page.content.decode() and not StandardProposal.objects.exists()


def test_a_proposal_can_be_declined(signed_in, market, at):
    row = proposed(market)
    signed_in(market.approver).post(reverse("standard_decline", args=[row.pk]))
    row.refresh_from_db()
    assert row.declined_by == market.approver and row.declined_at == START


def test_others_may_not_see_proposals(signed_in, market, at):
    browser = signed_in(market.tenderers[0][0])
    assert browser.get(reverse("standard_proposals")).status_code == 403
