from datetime import UTC, datetime
from decimal import Decimal

import pytest

from produce import queries
from produce.models import Commodity, Grade, Limit, QualitySpecification
from produce.operations.specifications import (
    MaySpecifyNothing,
    StandardNotInForce,
    WrongStandard,
    specify,
)
from produce.rules.limits import BadLimit
from produce.rules.specification import AddLimit, RemoveLimit, SetLimit, differences
from tests.produce.facts import limit

DRIER = SetLimit(code="MOISTURE", maximum=Decimal("12.5"))


def test_a_grade_is_frozen_as_it_is(maize, eas2_grade_1, officer, now):
    made = specify(commodity=maize, grade=eas2_grade_1, by=officer, now=now)
    assert made.standard == eas2_grade_1.standard
    assert queries.limits_of(made) == queries.limits_for(eas2_grade_1)
    assert (made.created_at, made.created_by) == (now, officer)


def test_a_tightened_limit_keeps_the_one_it_started_from(maize, eas2_grade_1, officer, now):
    made = specify(commodity=maize, grade=eas2_grade_1, changes=[DRIER], by=officer, now=now)
    row = made.limits.get(code="MOISTURE")
    assert (row.change, row.maximum, row.base_maximum) == (
        "tightened", Decimal("12.5"), Decimal("13.5"),
    )  # fmt: skip
    assert (row.source, row.confidence) == ("set by the buyer for this tender", "VERIFIED")
    assert differences(queries.demands_of(made)) == [
        "Moisture: at most 12.5 %, stricter than the grade (at most 13.5 %)"
    ]


def test_a_changed_limit_does_not_hide_that_the_grade_is_from_memory(
    maize, eas2_grade_1, officer, now
):
    made = specify(commodity=maize, grade=eas2_grade_1, changes=[DRIER], by=officer, now=now)
    demand = next(d for d in queries.demands_of(made) if d.limit.code == "MOISTURE")
    assert (demand.limit.confidence, demand.base.confidence) == ("VERIFIED", "MEMORY")


def test_a_later_correction_of_the_standard_changes_no_demand(maize, eas2_grade_1, officer, now):
    made = specify(commodity=maize, grade=eas2_grade_1, by=officer, now=now)
    before = queries.limits_of(made)
    Limit.objects.filter(grade=eas2_grade_1).update(maximum="99")
    assert queries.limits_of(made) == before


def test_a_removed_limit_stays_as_a_row_and_leaves_the_facts(maize, eas2_grade_1, officer, now):
    changes = [RemoveLimit("FILTH")]
    made = specify(commodity=maize, grade=eas2_grade_1, changes=changes, by=officer, now=now)
    assert made.limits.get(code="FILTH").change == "removed"
    assert "FILTH" not in [fact.parameter for fact in queries.specification_facts(made)]
    assert differences(queries.demands_of(made)) == [
        "Filth: not demanded here (the grade: at most 0.1 %)"
    ]


def test_a_specification_can_start_from_nothing(officer, now, loaded):
    cabbage = Commodity.objects.get(code="CABBAGE")
    changes = [AddLimit(limit("HEAD_WEIGHT", low="1", high="3", unit="kg"))]
    made = specify(commodity=cabbage, changes=changes, by=officer, now=now)
    assert [(x.kind, x.minimum, x.maximum) for x in queries.specification_facts(made)] == [
        ("range", Decimal(1), Decimal(3))
    ]


def test_the_facts_for_evaluation_name_each_kind(officer, now, loaded):
    grade = Grade.objects.get(standard__code="BUYER_KE_WHITE_SORGHUM")
    made = specify(commodity=grade.standard.commodity, grade=grade, by=officer, now=now)
    facts = {x.parameter: x for x in queries.specification_facts(made)}
    assert (facts["MOISTURE"].kind, facts["MOISTURE"].maximum) == ("maximum", Decimal(13))
    assert (facts["PROTEIN"].kind, facts["PROTEIN"].minimum) == ("minimum", Decimal(7))
    assert (facts["MOULDY"].kind, facts["MOULDY"].equals) == ("equals", "absent")
    assert all(x.source for x in facts.values())


def test_only_who_drafts_tenders_specifies_quality(maize, stranger, now):
    with pytest.raises(MaySpecifyNothing):
        specify(commodity=maize, by=stranger, now=now)


def test_grade_standard_and_commodity_must_belong_together(maize, eas2_grade_1, officer, now):
    wheat = Grade.objects.get(standard__code="CXS199")
    wrong = [
        {"commodity": maize, "grade": wheat},
        {"commodity": maize, "standard": wheat.standard, "grade": eas2_grade_1},
        {"commodity": maize, "standard": eas2_grade_1.standard},
    ]
    for arguments in wrong:
        with pytest.raises(WrongStandard):
            specify(**arguments, by=officer, now=now)


def test_an_edition_that_has_ended_is_refused_from_its_last_midnight(maize, officer, loaded):
    grade = Grade.objects.get(standard__edition="May 2023, temporary")
    # Harare is two hours ahead of UTC: its first of June begins at 22:00.
    last, first = (datetime(2023, 5, 31, h, m, tzinfo=UTC) for h, m in ((21, 59), (22, 0)))
    specify(commodity=maize, grade=grade, by=officer, now=last)
    with pytest.raises(StandardNotInForce, match="2023-06-01"):
        specify(commodity=maize, grade=grade, by=officer, now=first)


def test_a_refused_change_leaves_nothing_behind(maize, eas2_grade_1, officer, now):
    wet = SetLimit(code="MOISTURE", minimum=Decimal(15), maximum=Decimal(14))
    with pytest.raises(BadLimit):
        specify(commodity=maize, grade=eas2_grade_1, changes=[wet], by=officer, now=now)
    assert not QualitySpecification.objects.exists()
