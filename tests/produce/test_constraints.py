"""Each sentence above a database constraint, violated once."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from produce.models import (
    Commodity,
    Grade,
    Limit,
    Parameter,
    ParameterComponent,
    PriceAdjustmentSchedule,
    PriceAdjustmentStep,
    QualitySpecification,
    SpecificationComponent,
    SpecificationLimit,
    Standard,
    StandardProposal,
)
from produce.operations.specifications import specify

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 1)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def rows(maize, eas2_grade_1, officer, now):
    """One row of every table."""
    made = specify(commodity=maize, grade=eas2_grade_1, by=officer, now=now)
    part, other = made.limits.order_by("position")[:2]
    SpecificationComponent.objects.create(total=part, component=other)
    standard = eas2_grade_1.standard
    return {
        Commodity: maize,
        Standard: standard,
        Grade: eas2_grade_1,
        Parameter: standard.parameters.get(code="MOISTURE"),
        ParameterComponent: ParameterComponent.objects.first(),
        Limit: Limit.objects.get(grade=eas2_grade_1, parameter__code="MOISTURE"),
        PriceAdjustmentSchedule: PriceAdjustmentSchedule.objects.get(code="FSEMN_CORN"),
        PriceAdjustmentStep: PriceAdjustmentStep.objects.filter(per="started_step").first(),
        QualitySpecification: made,
        SpecificationLimit: made.limits.get(code="MOISTURE"),
        SpecificationComponent: SpecificationComponent.objects.first(),
        StandardProposal: StandardProposal.objects.create(
            code="X", edition="1", reason="why", proposed_by=officer, proposed_at=now
        ),
    }


BROKEN = [
    ("commodity_code_and_name_given", Commodity, {"name": ""}),
    ("commodity_category_known", Commodity, {"category": "minerals"}),
    ("commodity_codes_carry_sources", Commodity, {"hs6_source": ""}),
    ("standard_ends_after_it_begins", Standard, {"valid_from": DAY, "valid_to": DAY}),
    ("standard_source_given", Standard, {"source": ""}),
    ("standard_confidence_known", Standard, {"confidence": "RUMOUR"}),
    ("grade_rank_from_one", Grade, {"rank": 0}),
    ("parameter_kind_and_direction_known", Parameter, {"direction": "sideways"}),
    ("parameter_direction_fits_kind", Parameter, {"direction": "equals"}),
    ("limit_numbers_or_words", Limit, {"text": "dry"}),
    ("limit_numbers_or_words", Limit, {"maximum": None}),
    ("limit_source_given", Limit, {"source": ""}),
    ("limit_confidence_known", Limit, {"confidence": "RUMOUR"}),
    ("schedule_ends_after_it_begins", PriceAdjustmentSchedule, {"valid_to": date(2023, 9, 11)}),
    ("schedule_source_given", PriceAdjustmentSchedule, {"source": ""}),
    ("schedule_words_known", PriceAdjustmentSchedule, {"rounding": "generous"}),
    ("step_value_fits_effect", PriceAdjustmentStep, {"value": None}),
    ("step_size_only_for_begun_steps", PriceAdjustmentStep, {"step_size": None}),
    ("step_words_known", PriceAdjustmentStep, {"effect": "forgive"}),
    ("specification_grade_with_standard", QualitySpecification, {"standard": None}),
    ("specification_limit_numbers_or_words", SpecificationLimit, {"text": "dry"}),
    ("specification_limit_numbers_or_words", SpecificationLimit, {"change": "removed"}),
    ("specification_base_unless_added", SpecificationLimit, {"change": "added"}),
    ("specification_base_unless_added", SpecificationLimit, {"base_maximum": None}),
    ("standard_proposal_says_why", StandardProposal, {"reason": ""}),
    ("standard_proposal_answered_once", StandardProposal, {"declined_at": NOON}),
    ("specification_limit_place_known", SpecificationLimit, {"measured_at": "moon"}),
    ("specification_limit_words_known", SpecificationLimit, {"kind": "smell"}),
    ("specification_limit_source_given", SpecificationLimit, {"source": ""}),
]


@pytest.mark.parametrize(("name", "model", "change"), BROKEN, ids=lambda x: str(x))
def test_the_database_refuses_a_row_that_breaks_its_rule(rows, name, model, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.filter(pk=rows[model].pk).update(**change)


@pytest.mark.parametrize(
    "model",
    [
        Commodity,
        Standard,
        Grade,
        Parameter,
        ParameterComponent,
        Limit,
        PriceAdjustmentSchedule,
        PriceAdjustmentStep,
        SpecificationLimit,
        SpecificationComponent,
    ],
)
def test_the_database_refuses_the_same_thing_twice(rows, model):
    twin = rows[model]
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_two_grades_never_share_a_rank(rows):
    with pytest.raises(IntegrityError), transaction.atomic():
        Grade.objects.create(standard=rows[Standard], rank=1, code="A", name="A")


@pytest.mark.parametrize("model", [ParameterComponent, SpecificationComponent])
def test_nothing_is_part_of_itself(rows, model):
    row = rows[model]
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(component_id=row.total_id)


def test_nobody_confirms_a_table_that_he_proposed(rows, now, officer):
    row = rows[StandardProposal]
    with pytest.raises(IntegrityError), transaction.atomic():
        mine = {"confirmed_by": officer, "confirmed_at": now}
        StandardProposal.objects.filter(pk=row.pk).update(**mine)


def test_an_edition_waits_for_an_answer_once(rows):
    twin = rows[StandardProposal]
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
