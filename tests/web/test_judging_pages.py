"""The evaluators' pages: declare, state what is added to a price, mark, sign."""

from dataclasses import replace

import pytest
from django.urls import reverse

from marketplace.accounts.roles import Role
from procurement.queries import judging
from tests.factories import declare, person, tender_at
from tests.method_lots import RELATIVE
from tests.operations.test_judging import WITHOUT_ANSWERS
from tests.web.buyer_support import send, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(market):
    return person("Enos Evaluator", market.buyer, Role.EVALUATOR)


def test_who_has_not_declared_is_led_to_the_declaration(market, second):
    tender = tender_at("opened", market)
    page = signed_in(second).get(reverse("lot_evaluation", args=[tender.reference, 1]))
    assert reverse("evaluator_declaration", args=[tender.reference]) in page.content.decode()


def test_a_declared_conflict_shuts_the_bids(market, second):
    tender = tender_at("opened", market)
    client, firm = signed_in(second), market.tenderers[0][1]
    said = {"tenderer": firm.public_id, "reason": "My brother farms there."}
    send(client, "evaluator_declaration", tender.reference, **said)
    assert judging.declaration(second, tender).tenderer == firm
    shut = client.get(reverse("lot_evaluation", args=[tender.reference, 1]))
    assert shut.status_code == 403
    assert "You declared a conflict of interest" in shut.content.decode()


def test_amounts_and_the_group_are_stated_on_a_page(market):
    tender = tender_at("opened", market, lots=(WITHOUT_ANSWERS,))
    bid = tender.bids.first()
    said = {
        "addition_1_1": "12.5",
        "why_addition_1_1": "85 km",
        "addition_2_0": "50",
        "why_addition_2_0": "Fee",
        "belongs": "yes",
        "evidence": "Certificate 7",
    }
    client, where = signed_in(market.evaluator), (tender.reference, 1, bid.public_id)
    without = text(send(client, "bid_assessment", *where, **{**said, "evidence": ""}))
    assert "Name the evidence." in without and not bid.additions.exists()
    send(client, "bid_assessment", *where, **said)
    assert bid.additions.count() == 2 and bid.group_findings.get().belongs


def marked(client, tender, value):
    for bid in tender.bids.all():
        said = {"mark_1": value, "reason_1": f"Tasted, gave {value}."}
        send(client, "bid_marks", tender.reference, 1, bid.public_id, **said)


def test_marks_are_hidden_until_all_have_signed(market, second):
    tender = tender_at("opened", market, lots=(replace(RELATIVE, criteria=RELATIVE.criteria),))
    declare(tender, second)
    first, other = signed_in(market.evaluator), signed_in(second)
    address = reverse("lot_marks", args=[tender.reference, 1])
    marked(first, tender, "5")
    send(first, "marks_sign", tender.reference, 1)
    assert "gave 5" not in other.get(address).content.decode()
    marked(other, tender, "7")
    send(other, "marks_sign", tender.reference, 1)
    for client in (first, other):
        page = client.get(address).content.decode()
        assert "gave 5" in page and "gave 7" in page


def test_marks_say_how_many_must_still_declare(market, second):
    tender = tender_at("opened", market, lots=(RELATIVE,))
    address, client = reverse("lot_marks", args=[tender.reference, 1]), signed_in(market.evaluator)
    assert "must still declare" in client.get(address).content.decode()
    declare(tender, second)
    assert "must still declare" not in client.get(address).content.decode()


def test_only_the_chair_is_offered_to_close(market, second):
    tender = tender_at("opened", market, lots=(RELATIVE,))
    third = person("Esi Evaluator", market.buyer, Role.EVALUATOR)
    for user in (second, third):
        declare(tender, user)
    chair, other = signed_in(market.evaluator), signed_in(second)
    for client in (chair, other):
        marked(client, tender, "5")
        send(client, "marks_sign", tender.reference, 1)
    address, close = (reverse(n, args=[tender.reference, 1]) for n in ("lot_marks", "marks_close"))
    assert close in chair.get(address).content.decode()
    assert close not in other.get(address).content.decode()
    send(chair, "marks_close", tender.reference, 1)
    assert judging.panel(tender.lots.get()).revealed


def test_a_consensus_stands_beside_the_mark_given_alone(market, second):
    agree = replace(
        RELATIVE.criteria[0], rating=replace(RELATIVE.criteria[0].rating, combine="consensus")
    )
    tender = tender_at("opened", market, lots=(replace(RELATIVE, criteria=(agree,)),))
    declare(tender, second)
    first, other = signed_in(market.evaluator), signed_in(second)
    for client, value in ((first, "5"), (other, "7")):
        marked(client, tender, value)
        send(client, "marks_sign", tender.reference, 1)
    marked(other, tender, "5")
    page = text(first.get(reverse("lot_marks", args=[tender.reference, 1])))
    assert "Marked alone: 7. Tasted, gave 7." in page
    assert "alone: 5" not in page and "A consensus is asked for" in page
