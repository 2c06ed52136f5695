"""A farmer tries his numbers in a real browser, on a page that a small phone can hold."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from procurement.rules.content import CriterionContent, OptionContent
from tests.browser.looking import faults
from tests.factories import START, content, item, tender_at


def graded(market):
    options = (OptionContent("Grade 1", Decimal("0.1")), OptionContent("Grade 2", Decimal(0)))
    grade = CriterionContent("Grade offered", "quality", "Notice, 4.2", options)
    tax = CriterionContent("Tax clearance", "gate", "s.28")
    maize = item(standard="EAX_WM", grade="1")
    lot = replace(
        content().lots[0],
        evaluation_method="price_per_quality",
        items=(maize,),
        criteria=(tax, grade),
    )
    return tender_at("open", market, prices=(), lots=(lot,))


def test_a_dearer_bid_of_better_grade_is_tried_and_explained(page, at, market):
    tender = graded(market)
    at(START + timedelta(days=1))
    path = f"/tenders/{tender.reference}/lots/1/try/"
    assert faults(page, [path]) == []
    page.goto(path)
    for who, price, grade in (("mine", "320", "1"), ("other", "300", "2")):
        page.fill(f"[name={who}-price-1]", price)
        page.check(f"[name={who}-option-2][value='{grade}']")
        for box in page.locator(f"input[name^={who}-quality]").all():
            if box.get_attribute("type") == "text":
                box.fill("0")
        for choice in page.locator(f"select[name^={who}-quality]").all():
            choice.select_option("absent")
    page.get_by_role("button", name="Reckon").click()
    first = page.locator("section .card").first
    assert "Your bid" in first.inner_text() and "rank 1" in first.inner_text().lower()
    assert "The working" in first.inner_text()
    assert "your bid at 28800.00 USD" in page.locator("section .card").nth(1).inner_text()
    assert page.get_by_text("There is a problem").count() == 0
