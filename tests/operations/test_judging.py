"""Declarations, amounts, marks: who judges, what is seen of it when, and what counts."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.accounts.roles import Role
from marketplace.errors import Conflict, Invalid, NotFound, NotNow, NotPermitted
from marketplace.ledger.models import Entry
from procurement import visibility
from procurement.models import EvaluatedBid, Mark
from procurement.operations import assessments, declarations, evaluations, marks
from procurement.operations.assessments import Assessment
from procurement.operations.marks import GivenMark, MarksMissing
from procurement.queries import judging
from procurement.rules.visibility import Fact
from tests.factories import AFTER, Market, declare, person, tender_at
from tests.method_lots import FIXED, MARGIN, RELATIVE, TASTE

pytestmark = pytest.mark.django_db
PLAIN = replace(RELATIVE, rounding="half-up")


@pytest.fixture
def market():
    return Market()


@pytest.fixture
def second(market):
    return person("Enos Evaluator", market.buyer, Role.EVALUATOR)


def opened(market, lot=PLAIN):
    return tender_at("opened", market, lots=(lot,)).lots.get()


def conflict(lot, user, market, reason="My brother farms there."):
    said = {"tenderer": market.tenderers[0][1], "reason": reason}
    return declarations.declare(tender=lot.tender, by=user, now=AFTER, **said)


def mark(lot, user, *values, reason="Tasted twice."):
    criterion = judging.rated(lot)[0]
    given = [
        GivenMark(bid, criterion, Decimal(value), reason)
        for bid, value in zip(lot.tender.bids.order_by("id"), values, strict=False)
    ]
    return marks.save(lot=lot, marks=given, by=user, now=AFTER)


def mark_and_sign(lot, user, *values, **more):
    mark(lot, user, *values, **more)
    marks.sign(lot=lot, by=user, now=AFTER)


def evaluate(lot, by):
    return evaluations.evaluate(lot=lot, by=by, now=AFTER)


def test_nobody_judges_without_a_declaration(market, second):
    lot = opened(market)
    for act in (lambda: mark(lot, second, 5), lambda: evaluate(lot, second)):
        with pytest.raises(NotPermitted) as refused:
            act()
        assert refused.value.code == "declaration-missing"


def test_a_declaration_waits_for_the_names(market):
    tender = tender_at("closed", market)
    with pytest.raises(NotNow):
        declare(tender, market.evaluator)


def test_a_conflict_recuses_and_is_on_record(market, second):
    lot = opened(market)
    conflict(lot, second, market)
    assert not visibility.sees(second, Fact.WORKING, lot.tender)
    with pytest.raises(NotPermitted) as refused:
        mark(lot, second, 5)
    assert refused.value.code == "conflict-of-interest"
    body = json.loads(Entry.objects.filter(event="ConflictDeclared").last().body)
    assert (body["reason"], body["evaluators_left"]) == ("My brother farms there.", {"1": 1})


def test_a_conflict_needs_a_bidder_and_a_reason(market, second):
    lot = opened(market)
    with pytest.raises(Invalid):
        conflict(lot, second, market, reason=" ")
    with pytest.raises(Invalid):
        said = {"tenderer": market.buyer, "reason": "x"}
        declarations.declare(tender=lot.tender, by=second, now=AFTER, **said)


def test_a_conflict_is_not_taken_back_and_none_can_be_corrected(market):
    lot = opened(market)
    with pytest.raises(Conflict):
        declare(lot.tender, market.evaluator)
    conflict(lot, market.evaluator, market)
    with pytest.raises(Conflict):
        declare(lot.tender, market.evaluator)


def test_marks_stay_alone_until_all_have_signed(market, second):
    lot = opened(market)
    declare(lot.tender, second)
    mark_and_sign(lot, market.evaluator, 5, 6, 7)
    mark(lot, second, 6, 7, 8)
    seen = [m.sheet.evaluator for m in judging.marks_seen(second, lot)]
    assert seen == [second] * 3
    marks.sign(lot=lot, by=second, now=AFTER)
    assert judging.marks_seen(second, lot).count() == 6


def test_one_signature_is_no_quorum(market, second):
    lot = opened(market)
    mark_and_sign(lot, market.evaluator, 5, 6, 7)
    assert not judging.panel(lot).revealed
    with pytest.raises(MarksMissing):
        marks.close(lot=lot, by=market.evaluator, now=AFTER)
    with pytest.raises(MarksMissing):
        evaluate(lot, market.evaluator)


def test_only_the_chair_closes_and_late_marks_do_not_count(market, second):
    lot = opened(market)
    third = person("Esi Evaluator", market.buyer, Role.EVALUATOR)
    for user in (second, third):
        declare(lot.tender, user)
    for user in (market.evaluator, second):
        mark_and_sign(lot, user, 5, 6, 7)
    mark(lot, third, 10, 0, 0)
    with pytest.raises(NotPermitted):
        marks.close(lot=lot, by=second, now=AFTER)
    marks.close(lot=lot, by=market.evaluator, now=AFTER)
    case = json.loads(evaluate(lot, second).case)
    assert {m["mark"] for bid in case["bids"] for m in bid["marks"]} == {"5", "6", "7"}


def test_a_late_conflict_takes_the_marks_out_and_the_quorum_is_asked_again(market, second):
    lot = opened(market)
    declare(lot.tender, second)
    for user in (market.evaluator, second):
        mark_and_sign(lot, user, 5, 6, 7)
    evaluate(lot, market.evaluator)
    conflict(lot, second, market)
    with pytest.raises(MarksMissing):
        evaluate(lot, market.evaluator)
    third = person("Esi Evaluator", market.buyer, Role.EVALUATOR)
    declare(lot.tender, third)
    mark(lot, third, 4, 4, 4)
    assert {m.sheet.evaluator for m in judging.marks_seen(third, lot)} == {third}
    marks.sign(lot=lot, by=third, now=AFTER)
    evaluators = {m["evaluator"] for m in json.loads(evaluate(lot, third).case)["bids"][0]["marks"]}
    assert evaluators == {market.evaluator.public_id, third.public_id}


def test_who_comes_after_the_closure_neither_sees_nor_marks(market, second):
    lot = opened(market)
    declare(lot.tender, second)
    for user in (market.evaluator, second):
        mark_and_sign(lot, user, 5, 6, 7)
    third = person("Esi Evaluator", market.buyer, Role.EVALUATOR)
    declare(lot.tender, third)
    assert not judging.marks_seen(third, lot).exists()
    with pytest.raises(Conflict) as refused:
        mark(lot, third, 1, 1, 1)
    assert refused.value.code == "marks-closed"
    assert judging.marks_seen(market.officer, lot).count() == 6


def test_marks_are_combined_by_the_declared_rule(market, second):
    lot = opened(market)
    declare(lot.tender, second)
    mark_and_sign(lot, market.evaluator, 4, 8, 6)
    mark_and_sign(lot, second, 6, 10, 7)
    result = json.loads(evaluate(lot, second).result)
    technical = {line["bid"]: line["technical"]["exact"] for line in result["bids"]}
    bids = lot.tender.bids.order_by("id")
    # Weight 30 of marks to 10: means 5, 9 and 6.5.
    assert [technical[bid.public_id] for bid in bids] == ["15", "27", "19.5"]


def test_what_is_signed_stands_and_must_be_whole(market):
    lot = opened(market)
    mark(lot, market.evaluator, 5, 6)
    with pytest.raises(MarksMissing) as refused:
        marks.sign(lot=lot, by=market.evaluator, now=AFTER)
    assert "1 marks are missing" in refused.value.message
    mark_and_sign(lot, market.evaluator, 5, 6, 7)
    with pytest.raises(Conflict):
        mark(lot, market.evaluator, 1)


def test_a_consensus_is_found_after_the_marks_are_seen(market, second):
    agree = replace(TASTE, rating=replace(TASTE.rating, combine="consensus"))
    lot = opened(market, replace(PLAIN, criteria=(agree,)))
    declare(lot.tender, second)
    mark_and_sign(lot, market.evaluator, 5, 6, 7)
    mark_and_sign(lot, second, 5, 6, 8)
    with pytest.raises(Invalid, match="do not agree"):
        evaluate(lot, second)
    mark(lot, second, 5, 6, 7, reason="Tasted again together.")
    assert Entry.objects.filter(event="MarksChanged").count() == 1
    assert evaluate(lot, second).bids.filter(rank=1).count() == 1


def test_the_mark_given_alone_stays_beside_the_consensus(market, second):
    agree = replace(TASTE, rating=replace(TASTE.rating, combine="consensus"))
    lot = opened(market, replace(PLAIN, criteria=(agree,)))
    declare(lot.tender, second)
    mark_and_sign(lot, market.evaluator, 5, 6, 7)
    mark_and_sign(lot, second, 5, 6, 8, reason="Sweet.")
    for agreed in (7, 6, 7):
        mark(lot, second, 5, 6, agreed, reason="Tasted again together.")
    rows = Mark.objects.filter(sheet__evaluator=second).order_by("bid")
    assert [(row.mark, row.alone, row.alone_reason) for row in rows] == [
        (5, 5, "Sweet."),
        (6, 6, "Sweet."),
        (7, 8, "Sweet."),
    ]
    assert not Mark.objects.filter(sheet__evaluator=market.evaluator).exclude(alone=None).exists()


@pytest.mark.parametrize(("value", "reason"), [("11", "x"), ("-1", "x"), ("5", " ")])
def test_a_mark_has_bounds_and_a_reason(market, value, reason):
    lot = opened(market)
    with pytest.raises(Invalid):
        mark(lot, market.evaluator, value, reason=reason)


def test_two_marks_for_one_bid_on_one_criterion_are_refused(market):
    lot = opened(market)
    bid, criterion = lot.tender.bids.first(), lot.criteria.get(kind="rated")
    given = [GivenMark(bid, criterion, Decimal(value), "x") for value in (1, 2)]
    with pytest.raises(Invalid, match="two marks"):
        marks.save(lot=lot, marks=given, by=market.evaluator, now=AFTER)


def test_a_gate_is_not_marked(market):
    lot = opened(market, FIXED_WITHOUT_ANSWERS)
    gate, bid = lot.criteria.get(kind="gate"), lot.tender.bids.first()
    given = [GivenMark(bid, gate, Decimal(1), "x")]
    with pytest.raises(NotFound):
        marks.save(lot=lot, marks=given, by=market.evaluator, now=AFTER)


FIXED_WITHOUT_ANSWERS = replace(
    FIXED,
    criteria=(FIXED.criteria[0], FIXED.criteria[2]),
    points=replace(FIXED.points, total=Decimal(90)),
)
WITHOUT_ANSWERS = replace(MARGIN, criteria=MARGIN.criteria[:1])


def assess(lot, by, belongs=(False, False, False), amount="2"):
    for bid, group in zip(lot.tender.bids.order_by("id"), belongs, strict=True):
        found = Assessment(
            {(1, 1): (Decimal(amount), "85 km"), (2, None): (Decimal(50), "Fee")},
            group,
            "Certificate 7" if group else "",
        )
        assessments.assess(lot=lot, bid=bid, found=found, by=by, now=AFTER)


def passed(lot, by):
    gate = lot.criteria.get(kind="gate")
    for bid in lot.tender.bids.all():
        said = {"passed": True, "reason": "", "by": by, "now": AFTER}
        evaluations.decide_gate(bid=bid, criterion=gate, **said)


def ranks(lot):
    rows = EvaluatedBid.objects.filter(evaluation__lot=lot).order_by("bid")
    return list(rows.values_list("rank", flat=True))


def test_the_margin_of_preference_decides_who_is_first(market):
    lot = opened(market, WITHOUT_ANSWERS)
    passed(lot, market.evaluator)
    # 310, 300 and 320 a tonne: 10 % on 100 t at 300 + 2 lifts the others above the preferred.
    assess(lot, market.evaluator, belongs=(True, False, False))
    evaluation = evaluate(lot, market.evaluator)
    assert ranks(lot) == [1, 2, 3]
    second_ = json.loads(evaluation.result)["bids"][1]
    # 30000 + 200 + 50 + 10 % of (30000 + 200).
    assert second_["evaluated_price"]["exact"] == "33270"


def test_without_the_margin_the_cheapest_is_first(market):
    lot = opened(market, WITHOUT_ANSWERS)
    passed(lot, market.evaluator)
    assess(lot, market.evaluator)
    evaluate(lot, market.evaluator)
    assert ranks(lot) == [2, 1, 3]


def test_a_lot_is_not_evaluated_before_every_amount_is_stated(market):
    lot = opened(market, WITHOUT_ANSWERS)
    passed(lot, market.evaluator)
    with pytest.raises(evaluations.FindingsMissing) as refused:
        evaluate(lot, market.evaluator)
    assert "9 findings are missing" in refused.value.message


@pytest.mark.parametrize(
    ("additions", "belongs", "evidence"),
    [
        ({}, False, ""),
        ({(1, 1): (Decimal(-1), "x"), (2, None): (Decimal(0), "x")}, False, ""),
        ({(1, 1): (Decimal(1), ""), (2, None): (Decimal(0), "x")}, False, ""),
        ({(1, 1): (Decimal(1), "x"), (2, None): (Decimal(0), "x")}, None, ""),
        ({(1, 1): (Decimal(1), "x"), (2, None): (Decimal(0), "x")}, True, ""),
    ],
)
def test_an_incomplete_assessment_is_refused(market, additions, belongs, evidence):
    lot = opened(market, WITHOUT_ANSWERS)
    found = Assessment(additions, belongs, evidence)
    with pytest.raises(Invalid):
        bid = lot.tender.bids.first()
        assessments.assess(lot=lot, bid=bid, found=found, by=market.evaluator, now=AFTER)
