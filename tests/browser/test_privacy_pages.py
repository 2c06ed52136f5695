"""What is kept, who looked, what is shared: by keyboard, on a small phone, by screen reader."""

from django.urls import reverse

from marketplace.accounts import personal
from marketplace.accounts.roles import Role
from procurement.operations import erasures, looks
from tests.browser.looking import faults
from tests.factories import AFTER, START, organization, person, tender_at


def test_privacy_pages_can_be_used_by_everybody(page, market, at, signed_in):
    clerk, firm = market.tenderers[0]
    for _, row in market.tenderers[:2]:
        personal.state(row.public_id, "bank_account", "CBZ 0190 5550 1234", START)
    personal.state(market.tenderers[2][1].public_id, "phone", "077 555 0199", START)
    personal.state(market.evaluator.public_id, "phone", "+263 77 555 0199", START)
    tender = tender_at("opened", market)
    at(AFTER)
    bid = tender.bids.get(tenderer=firm)
    for what, one in (("bid_findings", bid), ("lot_evaluation", None)):
        looks.note(tender=tender, bid=one, what=what, by=market.evaluator, now=AFTER)
    boss = person("Bo Boss", organization("Operator", "operator"), Role.ADMINISTRATOR)
    asked = erasures.propose(user=person("Nobody Special"), by=boss, now=AFTER)
    erasures.propose(user=clerk, by=clerk, now=AFTER)
    own = [
        reverse("my_data"),
        reverse("organisation_contact", args=[firm.public_id]),
        reverse("tender_looks", args=[tender.reference]),
    ]
    assert faults(signed_in(clerk), own) == []
    shared = [reverse("tender_links", args=[tender.reference])]
    assert faults(signed_in(market.accountant), shared) == []
    assert faults(signed_in(market.auditor), own[2:]) == []
    decided = [reverse("erasures"), reverse("erasure", args=[asked.pk])]
    assert faults(signed_in(boss), decided) == []
