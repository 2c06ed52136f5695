"""“Grade my produce” on a phone, from the first page to the price with its working."""

from produce.models import Grade, PriceAdjustmentSchedule, Standard
from produce.queries import grade_table
from tests.browser import looking


def test_a_farmer_reads_the_grade_and_the_price_of_a_load(page, market, at):
    standard = Standard.objects.get(code="EAS2")
    dry = PriceAdjustmentSchedule.objects.get(code="DRY_MATTER_WEIGHT")
    page.goto("/grade/")
    page.get_by_label("Which produce, and which standard?").select_option(str(standard.pk))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Reckon the price as well").select_option(str(dry.pk))
    page.get_by_role("button", name="Use this schedule").click()
    for limit in grade_table(standard)[0].limits:
        if limit.components:
            continue
        if limit.text:
            box = page.locator(f"[name=m_{limit.code}]")
            box.first.check() if limit.text == "absent" else box.select_option(limit.text)
        else:
            page.locator(f"[name=m_{limit.code}]").fill(str(limit.minimum or 0))
    page.locator("[name=m_MOISTURE]").fill("13.5")
    page.locator("[name=m_FOREIGN_MATTER]").fill("0.8")
    page.get_by_label("Net weight of the load").fill("10000")
    page.get_by_label("Price before adjustment").fill("300")
    page.get_by_role("button", name="Grade and reckon").click()
    assert page.get_by_text("Your produce is Grade 2").is_visible()
    assert page.get_by_text("USD 2,965.71").first.is_visible()
    assert looking.look(page, "graded") == []


def test_two_grades_are_read_beside_each_other(page, market, at):
    first, second = Grade.objects.filter(standard__code="EAS2").order_by("rank")[:2]
    path = f"/standards/compare/?first={first.pk}&second={second.pk}"
    assert looking.faults(page, [path]) == []
