"""“Grade my produce”: for everybody, without an account, and nothing is kept."""

import pytest

from produce.models import PriceAdjustmentSchedule, Standard
from produce.queries import grade_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def eas2(market):
    return Standard.objects.get(code="EAS2")


def best(standard, **changes):
    """The middle of the best grade for every box of the page."""
    sample = {}
    for limit in grade_table(standard)[0].limits:
        if limit.components:
            continue
        value = limit.text or (0 if limit.minimum is None else limit.minimum)
        sample[f"m_{limit.code}"] = str(value)
    return sample | {f"m_{code}": value for code, value in changes.items()}


def post(client, standard, said, schedule=None):
    query = f"?schedule={schedule.pk}" if schedule else ""
    return client.post(f"/grade/{standard.pk}/{query}", said)


def test_choosing_leads_to_the_table(client, eas2):
    page = client.get("/grade/")
    assert "Grade my produce" in page.content.decode()
    assert client.get(f"/grade/?standard={eas2.pk}").headers["Location"] == f"/grade/{eas2.pk}/"


def test_a_good_sample_has_the_best_grade(client, eas2):
    page = post(client, eas2, best(eas2)).content.decode()
    assert "Your produce is Grade 1" in page and "best grade of this standard" in page


def test_exactly_on_the_limit_is_inside_and_a_hair_beyond_it_is_not(client, eas2):
    limit = next(x for x in grade_table(eas2)[0].limits if x.code == "FOREIGN_MATTER")
    on, beyond = str(limit.maximum), f"{limit.maximum}0001"
    assert post(client, eas2, best(eas2, FOREIGN_MATTER=on)).context["view"].grade == "Grade 1"
    view = post(client, eas2, best(eas2, FOREIGN_MATTER=beyond)).context["view"]
    assert view.grade == "Grade 2" and [row.name for row in view.rows if row.decides]
    assert "0.00001 % too much" in view.lift.lacks[0].words


def test_beyond_the_last_grade_is_rejected_with_the_way_back(client, eas2):
    page = post(client, eas2, best(eas2, FOREIGN_MATTER="40"))
    view = page.context["view"]
    assert view.rejected and view.lift.grade.name == "Grade 3"
    assert "Foreign matter is beyond the last grade" in page.content.decode()


def test_what_was_not_measured_is_asked_for_and_never_a_pass(client, eas2):
    page = post(client, eas2, best(eas2, MOISTURE=""))
    assert page.context["view"] is None
    assert "never a pass" in str(page.context["form"].errors["m_MOISTURE"])


@pytest.mark.parametrize("typed", ["12,5", "abc", "-1", "101", "٣x"])
def test_a_wrong_number_is_refused_beside_its_box_and_kept(client, eas2, typed):
    page = post(client, eas2, best(eas2, MOISTURE=typed))
    assert list(page.context["form"].errors) == ["m_MOISTURE"]
    assert f'value="{typed}"' in page.content.decode()


def test_the_price_is_reckoned_with_its_working(client, eas2):
    dry = PriceAdjustmentSchedule.objects.get(code="DRY_MATTER_WEIGHT")
    said = best(eas2, MOISTURE="13.5") | {
        "net_weight": "10000",
        "price": "300",
        "currency": "USD",
        "per": "t",
    }
    page = post(client, eas2, said, dry).content.decode()
    assert "2,965.71" in page and "10000 × (100 − 13.5) ÷ (100 − 12.5)" in page


def test_a_schedule_can_reject_what_has_a_grade(client, market):
    wheat = Standard.objects.filter(commodity__code="WHEAT", code="EAX_WH").first()
    schedule = PriceAdjustmentSchedule.objects.get(code="ACCEPT_DEDUCT_REJECT", edition="wheat")
    page = client.get(f"/grade/{wheat.pk}/?schedule={schedule.pk}")
    said = best(wheat) | {
        **{name: "30" for name in page.context["form"].fields if name.startswith("x_")},
        "net_weight": "1000",
        "price": "300",
        "currency": "USD",
        "per": "t",
    }
    view = post(client, wheat, said, schedule).context["view"]
    assert view.adjustment.outcome == "reject"


def test_every_standard_with_every_schedule_shows_its_boxes(client, market):
    for standard in Standard.objects.all():
        assert client.get(f"/grade/{standard.pk}/").status_code == 200
    for schedule in PriceAdjustmentSchedule.objects.exclude(commodity=None):
        row = Standard.objects.filter(commodity=schedule.commodity).first()
        if row:
            page = client.get(f"/grade/{row.pk}/?schedule={schedule.pk}")
            assert page.status_code == 200


def test_a_schedule_of_other_produce_and_an_unknown_standard_are_not_found(client, eas2):
    milk = PriceAdjustmentSchedule.objects.get(code="KE_MILK_BONUS")
    assert client.get(f"/grade/{eas2.pk}/?schedule={milk.pk}").status_code == 404
    assert client.get("/grade/999999/").status_code == 404


def test_a_limit_from_memory_is_marked(client, market):
    standard = Standard.objects.filter(parameters__limits__confidence="MEMORY").first()
    page = client.get(f"/grade/{standard.pk}/").content.decode()
    assert "not confirmed against the official text" in page
    answer = post(client, standard, best(standard)).content.decode()
    assert "to be confirmed against the official text" in answer
