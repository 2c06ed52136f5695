"""Two journeys as people make them: by keyboard alone, and from signing in to a receipt."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from procurement.models import SealedBid
from tests.factories import START, content, tender_at

DAY = timedelta(days=1)


@pytest.fixture
def tenderer(market):
    """A farmer without a second factor, who has confirmed an e-mail address."""
    user, _ = market.tenderers[0]
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_the_list_is_searched_by_keyboard_alone(page, at, market):
    tender_at("open", market, prices=(), title="Maize for Gwanda")
    tender_at("open", market, prices=(), title="Beans for Binga")
    at(START + DAY)
    page.goto("/tenders/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the main content"
    page.keyboard.press("Enter")
    _tab_to(page, "[name=q]")
    page.keyboard.type("beans")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    words = page.locator("main").inner_text()
    assert "Beans for Binga" in words and "Maize for Gwanda" not in words


def test_a_bid_is_made_from_signing_in_to_the_receipt(page, at, market, tenderer):
    lots = content().lots
    tender = tender_at("open", market, prices=(), lots=(lots[0], lots[0]))
    at(START + DAY)
    _sign_in(page, tenderer)
    page.goto(f"/tenders/{tender.reference}/")
    page.get_by_role("link", name="Start your bid").click()
    page.get_by_role("link", name="Write the bid").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Save and continue").click()
    page.locator("[name^=price-]").fill("300")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Go on to check").click()
    page.get_by_role("button", name="Seal and submit my bid").click()
    page.wait_for_url("**/receipts/**")
    assert "received and sealed" in page.locator("main").inner_text()
    assert SealedBid.objects.get().public_id in page.url


def _tab_to(page, selector, most=30):
    """Tab until the element has the focus; it must be within reach, and the focus must show."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus-visible").count():
            return
    raise AssertionError(f"{selector} is not within {most} tabs of the main content.")


def _sign_in(page, user):
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
