"""A sample that can be drawn again; notes that are one's own."""

import io
from decimal import Decimal

import openpyxl
import pypdf
import pytest
from django.db import DatabaseError, transaction

from marketplace.accounts.roles import Role
from marketplace.errors import Invalid, NotFound, NotPermitted
from marketplace.ledger.models import Entry
from marketplace.papers.paper import pdf
from procurement import auditreport
from procurement.models import AuditFile, AuditNote
from procurement.operations import auditfiles, redflags
from procurement.rules.sampling import Candidate, digest, draw
from tests.factories import AFTER, Market, person, tender_at

NAMES = [Candidate(f"T{n}", Decimal(n % 3)) for n in range(40)]


def test_the_same_seed_draws_the_same_and_another_does_not():
    first = draw(NAMES, "seed", 10, ranked=False)
    assert first == draw(reversed(NAMES), "seed", 10, ranked=False)
    assert first != draw(NAMES, "other", 10, ranked=False)
    assert digest(NAMES) == digest(reversed(NAMES))


def test_every_candidate_is_drawn_about_as_often():
    counts = dict.fromkeys((row.name for row in NAMES), 0)
    for seed in range(400):
        for row in draw(NAMES, str(seed), 10, ranked=False):
            counts[row.name] += 1
    assert all(60 < count < 140 for count in counts.values())


def test_ranked_takes_the_highest_first_and_equals_by_the_seed():
    drawn = draw(NAMES, "seed", 20, ranked=True)
    assert [row.measure for row in drawn[:13]] == [Decimal(2)] * 13
    assert drawn != draw(NAMES, "other", 20, ranked=True)


@pytest.fixture
def market(db):
    return Market()


@pytest.fixture
def file(market):
    tender_at("standstill", market, ("310", "300", "310"))
    tender_at("standstill", market, ("510", "500", "520"))
    redflags.refresh(now=AFTER)
    return drawn(market, "risk")


def drawn(market, method, **more):
    told = {"title": "Spring", "method": method, "size": 1, "seed": "", **more}
    return auditfiles.draw(**told, by=market.auditor, now=AFTER)


def test_by_risk_the_flagged_lot_comes_first_and_by_value_the_dearer(file, market):
    (risky,) = file.lots.all()
    assert (risky.lot.tender.bids.count(), risky.measure) == (3, "1")
    (dear,) = drawn(market, "value").lots.all()
    assert (dear.measure, dear.lot != risky.lot) == ("50000", True)
    entry = Entry.objects.filter(event="AuditFileDrawn").first()
    assert file.seed in entry.body and entry.visibility == "auditor"


def test_a_finding_stands_in_both_reports(file, market):
    tender = file.lots.get().lot.tender
    told = {"file": file, "kind": "finding", "text": "=One price list."}
    auditfiles.write(**told, tender=tender, by=market.auditor, now=AFTER)
    paper = pypdf.PdfReader(io.BytesIO(pdf(auditreport.paper(file))))
    assert "One price list." in paper.pages[0].extract_text()
    book = openpyxl.load_workbook(io.BytesIO(auditreport.xlsx(file)))
    cell = book["Notes and findings"]["C2"]
    assert (cell.value, cell.data_type) == ("=One price list.", "s")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditNote.objects.update(text="x")


def test_another_auditor_writes_nothing_in_it_and_an_officer_draws_nothing(file, market):
    other = person("Ava Auditor", market.office, Role.AUDITOR)
    told = {"kind": "note", "text": "x", "tender": None, "now": AFTER}
    with pytest.raises(NotFound):
        auditfiles.write(file=file, by=other, **told)
    with pytest.raises(NotPermitted):
        auditfiles.draw(title="x", method="risk", size=1, seed="", by=market.officer, now=AFTER)


@pytest.mark.parametrize(
    "wrong, where",
    [
        ({"title": " "}, "title"),
        ({"method": "by whim"}, "method"),
        ({"size": 0}, "size"),
        ({"seed": "a b"}, "seed"),
        ({}, "size"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_kept(market, wrong, where):
    with pytest.raises(Invalid) as refusal:
        drawn(market, **{"method": "random", **wrong})
    assert refusal.value.where == where
    assert not AuditFile.objects.exists()
