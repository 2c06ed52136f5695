"""What is kept about me; what administrators decide about it; flags and where they are not."""

import json

from django.urls import reverse

from marketplace.accounts import personal
from marketplace.accounts.models import User
from marketplace.accounts.roles import Role
from tests.factories import AFTER, START, organization, person, tender_at

PHONE, BANK = "+263 77 555 0199", "CBZ 0190 5550 1234"


def test_a_person_states_a_telephone_and_takes_everything_away(market, at, signed_in):
    user, firm = market.tenderers[0]
    browser = signed_in(user)
    assert browser.post(reverse("my_data"), {"phone": PHONE}).status_code == 302
    told = {"phone": "", "email": "", "address": "", "bank_account": BANK}
    browser.post(reverse("organisation_contact", args=[firm.public_id]), told)
    kept = json.loads(browser.get(reverse("my_data_file")).content)
    assert kept["stated"] == {"phone": PHONE}
    assert kept["organizations"] == {firm.name: {"bank_account": BANK}}
    assert PHONE in browser.get(reverse("my_data")).content.decode()


def test_the_account_of_another_firm_is_not_there(market, at, signed_in):
    other = market.tenderers[1][1]
    address = reverse("organisation_contact", args=[other.public_id])
    assert signed_in(market.tenderers[0][0]).get(address).status_code == 404


def test_a_person_asks_and_an_administrator_decides(market, at, signed_in):
    user = person("Nobody Special")
    boss = person("Bo Boss", organization("Operator", "operator"), Role.ADMINISTRATOR)
    signed_in(user).post(reverse("my_erasure"))
    browser = signed_in(boss)
    assert "Nobody Special" in browser.get(reverse("erasures")).content.decode()
    page = reverse("erasure", args=[user.erasures.get().pk])
    assert browser.post(page).status_code == 302
    assert User.objects.get(pk=user.pk).full_name == "Erased person"
    assert "Nobody Special" not in browser.get(reverse("erasures")).content.decode()


def test_an_administrator_asks_and_cannot_decide_it(market, at, signed_in):
    user = person("Nobody Special")
    boss = person("Bo Boss", organization("Operator", "operator"), Role.ADMINISTRATOR)
    browser = signed_in(boss)
    browser.post(reverse("erasures"), {"person": user.public_id})
    page = reverse("erasure", args=[user.erasures.get().pk])
    answer = browser.post(page)
    assert answer.status_code == 200 and "another person has to decide" in answer.content.decode()
    assert User.objects.get(pk=user.pk).full_name == "Nobody Special"


def flagged(market):
    for _, firm in market.tenderers[:2]:
        personal.state(firm.public_id, "bank_account", BANK, START)
    return tender_at("opened", market)


def test_the_accounting_officer_reads_a_flag_and_answers_it(market, at, signed_in):
    tender = flagged(market)
    at(AFTER)
    browser, page = signed_in(market.accountant), reverse("tender_links", args=[tender.reference])
    first = browser.get(page)
    shown = first.content.decode()
    assert "Farai Farmer" in shown and BANK not in shown and "innocent" in shown
    key = first.context["rows"][0]["link"].key
    browser.post(page, {"key": key, "state": "confirmed", "reason": "One owner."})
    told = signed_in(market.auditor).get(page).content.decode()
    assert "One owner." in told and "Ada Accounting" in told and "textarea" not in told


def test_no_page_of_the_public_or_of_a_tenderer_tells_of_a_flag(market, at, client, signed_in):
    tender = flagged(market)
    at(AFTER)
    for name in ("tender", "tender_opening", "tender_history", "tender_dossier"):
        shown = client.get(reverse(name, args=[tender.reference])).content.decode().lower()
        assert "shared account" not in shown and "bank account" not in shown
    page = reverse("tender_links", args=[tender.reference])
    assert client.get(page).status_code == 302
    assert signed_in(market.tenderers[0][0]).get(page).status_code == 404
    assert signed_in(market.officer).get(page).status_code == 404
