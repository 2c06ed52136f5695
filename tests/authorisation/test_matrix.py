"""Every address, as every one of the cast, in every state: what answers, and what stands in it."""

import re

import pytest
from django.db import transaction

from marketplace import authorisation, clock
from marketplace.authorisation import CAST, NEVER, STATES
from procurement.models import Look
from procurement.rules import visibility
from procurement.rules.visibility import LOGGED, Fact, Moment
from tests.authorisation import world
from tests.factories import AFTER

pytestmark = pytest.mark.django_db

ROWS = authorisation.rows()
# What has to be there before an address can answer, where that is later than the right to see it.
EXISTS = {
    "dossier": "opened",
    "lot_result": "evaluated",
    "lot_result_bid": "evaluated",
    "lot_result_file": "evaluated",
    "lot_case_file": "evaluated",
    "evaluation": "evaluated",
    "award": "standstill",
    # Of divided lots alone; who sees what then: tests/web/test_division_pages.py.
    **dict.fromkeys(
        [
            "tender_allocation",
            "allocation_csv",
            "allocation_case_file",
            "allocation_result_file",
            "allocation",
            "allocation-awards",
            "allocation-whole",
        ],
        "paid",
    ),
    **dict.fromkeys(
        [
            "contract",
            "one-contract",
            "goods_received",
            "goods_received_pdf",
            "invoice",
            "invoices",
            "load",
            "loads",
        ],
        "paid",
    ),
    "receipt": "open",
    "receipt_json": "open",
    "receipt_pdf": "open",
    "own-bid": "open",
    "enquiry": "open",
    "tender_looks": "open",
    "tender_enquiries": "open",
    "lot_award": "open",
}
# The gap of an address that means another thing there than by its name.
GAPS = {
    "receipt": {"bid": "receipt"},
    "receipt_json": {"bid": "receipt"},
    "receipt_pdf": {"bid": "receipt"},
    "bid_document": {"document": "bid_document"},
    "bid-document": {"sha256": "bid_sha256"},
    "evaluation": {"key": "evaluation"},
    "export-file": {"key": "export"},
    "export": {"key": "export"},
}


def address(row, names) -> str:
    swap = GAPS.get(row.name, {})
    return re.sub(r"<\w+:(\w+)>", lambda gap: str(names[swap.get(gap[1], gap[1])]), row.address)


def reached(stage: str, other: str) -> bool:
    order = (*world.STAGES, "paid")
    return order.index(stage) >= order.index(other)


def text(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace")


# What must stand in no answer to somebody who may not see the fact.
CANARIES = (
    (Fact.QUESTION, world.QUESTION),
    (Fact.TENDERERS, "Chengeta"),
    (Fact.TENDERERS, "Mbare"),
    (Fact.BID, "310.37"),
    (Fact.BID, "300.53"),
    (Fact.BID, "31,037"),
    (Fact.OPENERS, "Olive Opener"),
    (Fact.CONTACT, world.MAIL),
    (Fact.CONTACT, world.PHONE),
    (Fact.FLAGS, "May be innocent"),
    (Fact.RECOMMENDATION, "First rank."),
    (Fact.DECLARATIONS, "Kin."),
)


def check(row, person, stage, answer) -> list[str]:
    """What is wrong with this answer, in words."""
    come = STATES[world.STATE_OF.get(stage, stage)]
    where = f"{row.method} {row.address} as {person.name}, {stage}: {answer.status_code}"
    general = row.shown.every or not row.shown.facts
    allowed = row.cell(person) != NEVER and (general or row.open_to(person, come))
    shown = answer.status_code == 200
    wrong = []
    if shown and not allowed:
        wrong.append(f"{where} is shown")
    exact = not general and not row.shown.act and row.method in ("GET", "PAGE")
    if exact and allowed and not shown and reached(stage, EXISTS.get(row.name, "draft")):
        wrong.append(f"{where} is kept back")
    in_office = shown and person.readers and LOGGED.intersection(row.shown.facts)
    if in_office and not Look.objects.filter(what=row.name).exists():
        wrong.append(f"{where} leaves no look")
    if shown and row.shown.facts:
        wrong += [f"{where} tells “{word}”" for word in told(text(answer), person, come)]
    return wrong


def told(content: str, person, come) -> list[str]:
    """The canaries in `content` that this person may not see."""
    public = {Fact.RECOMMENDATION: Fact.AWARD}
    return [
        word
        for fact, word in CANARIES
        if word in content
        # The question in the story was never answered.
        and not person.sees(fact, come - {Moment.ANSWER})
        and not (fact in public and person.sees(public[fact], come))
    ]


def walk(stage, monkeypatch, rows) -> list[str]:
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    cast = world.market()
    made = world.tender(stage, cast)
    names, wrong = world.names(made, cast), []
    for who, visitor in world.visitors(cast).items():
        person = next(person for person in CAST if person.name == who)
        for row in rows:
            with transaction.atomic():
                answer = visitor.ask(row.method, address(row, names))
                wrong += check(row, person, stage, answer)
                transaction.set_rollback(True)
    return wrong


@pytest.mark.parametrize("stage", world.STAGES)
def test_each_address_shows_what_the_table_says_and_nothing_else(stage, monkeypatch):
    read = [row for row in ROWS if row.method in ("GET", "PAGE") and row.shown.facts]
    # The pages of acts, half of all, are walked before the publication and after the opening.
    read = [row for row in read if not row.shown.act or stage in ("draft", "opened")]
    assert len(read) >= 50
    wrong = walk(stage, monkeypatch, read)
    assert not wrong, "\n".join(wrong)


def test_what_is_about_no_tender_asks_for_the_role_it_names(monkeypatch):
    others = [row for row in ROWS if row.method in ("GET", "PAGE") and not row.shown.facts]
    wrong = walk("standstill", monkeypatch, others)
    assert not wrong, "\n".join(wrong)


def test_who_is_not_named_writes_nothing(monkeypatch):
    """Sent by those whose cell says never: refused, whatever state the tender is in."""
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    cast = world.market()
    made = world.tender("opened", cast)
    names, wrong = world.names(made, cast), []
    for who, visitor in world.visitors(cast).items():
        person = next(person for person in CAST if person.name == who)
        for row in ROWS:
            if row.method not in ("GET", "PAGE") and row.cell(person) == NEVER:
                answer = visitor.ask(row.method, address(row, names))
                if answer.status_code not in (401, 403, 404):
                    wrong.append((who, row.method, row.address, answer.status_code))
    assert wrong == []


def test_every_kind_of_fact_is_in_the_table():
    assert set(visibility.RULES) == set(Fact)
