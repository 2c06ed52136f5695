"""A label says “optional” only of what nobody needs, now or before publication."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from marketplace.web.forms.drafts import ProcedureForm, TimetableForm
from marketplace.web.forms.exports import ExportForm
from marketplace.web.forms.findings import FindingsForm
from marketplace.web.forms.lots import ItemForm, QualityForm
from marketplace.web.forms.organisations import OrganisationForm
from marketplace.web.forms.record import VerifyForm
from procurement.rules import content as rules
from tests.factories import START, content, item

pytestmark = pytest.mark.django_db
GATE = SimpleNamespace(pk=1, number=1, title="Tax clearance", source="s.28")
PERIOD = timedelta(days=10)


def says_optional(form, name):
    return "optional)" in str(form[name].as_field_group())


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (lambda: FindingsForm(None, gates=[GATE], found={}), "met_1"),
        (lambda: FindingsForm(None, gates=[GATE], found={}), "reason_1"),
        (lambda: TimetableForm(now=START, period=PERIOD), "enquiry_time"),
        (ProcedureForm, "reserved_for"),
        (QualityForm, "label_1"),
        (QualityForm, "value_2"),
        (OrganisationForm, "registration_number"),
        (VerifyForm, "file"),
        (lambda: ExportForm(now=START), "tender"),
    ],
)
def test_what_is_needed_in_the_end_or_in_some_cases_is_not_called_optional(form, name):
    assert not says_optional(form(), name)


@pytest.mark.parametrize(
    ("form", "name"),
    [(QualityForm, "label_3"), (OrganisationForm, "ward"), (QualityForm, "source")],
)
def test_what_nobody_needs_is_called_optional(form, name):
    assert says_optional(form(), name)


BLANK = {"quantity": Decimal(0), "delivery_starts": None, "delivery_ends": None}


@pytest.mark.parametrize("name", sorted(ItemForm.base_fields))
def test_an_item_field_is_optional_if_and_only_if_publication_does_not_need_it(name):
    """The check before publication is what knows."""
    if name in ("commodity", "unit"):
        assert not says_optional(ItemForm(), name)
        return
    blank = replace(item(), **{name: BLANK.get(name, "")})
    draft = content()
    draft = replace(draft, lots=(replace(draft.lots[0], items=(blank,)),))
    assert says_optional(ItemForm(), name) == (not rules.problems(draft, START, PERIOD))
