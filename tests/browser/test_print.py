"""What people print: no navigation, nothing cut, and where it can be read again."""

import pytest
from django.conf import settings
from django.urls import reverse

from procurement.models import AwardLetter
from tests.factories import AFTER, tender_at

# The width of A4 paper between its margins, in CSS pixels.
PAPER = {"width": 658, "height": 900}
CUT = """() => [...document.querySelectorAll('main *')].filter(e => e.checkVisibility()
  && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.outerHTML.slice(0, 90))"""


def address(name, tender, user, firm):
    letter = AwardLetter.objects.get(bid__tenderer=firm)
    return {
        "receipt": reverse("receipt", args=[tender.sealed_bids.get(tenderer=firm).public_id]),
        "my letter": reverse("my_letter", args=[letter.pk]),
        "letter": reverse("lot_letter", args=[tender.reference, 1, letter.pk]),
        "opening": reverse("tender_opening", args=[tender.reference]),
        "result": reverse("lot_result", args=[tender.reference, 1]),
    }[name]


@pytest.mark.parametrize("name", ["receipt", "my letter", "letter", "opening", "result"])
def test_a_page_on_paper_has_no_navigation_and_nothing_cut(name, page, signed_in, at, market):
    tender = tender_at("standstill", market)
    at(AFTER)
    user, firm = market.tenderers[0]
    signed_in(market.officer if name == "letter" else user)
    path = address(name, tender, user, firm)
    page.set_viewport_size(PAPER)
    page.goto(path)
    page.emulate_media(media="print")
    assert [nav.is_visible() for nav in page.locator("nav, .button, .menu").all()].count(True) == 0
    assert page.evaluate(CUT) == []
    assert f"Printed from {settings.SITE_URL}{path}" in page.locator("footer").inner_text()
    assert page.pdf(format="A4").startswith(b"%PDF")
