"""Accounts: one person one account, organisations, roles, keys, auditors, the demonstration."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.models import ApiKey, Membership, Organization, RoleProposal, User
from marketplace.accounts.roles import Role
from procurement.models import Export
from tests.factories import AFTER, START, organization, person, tender_at

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW = {
    "full_name": "Tendai Newcomer",
    "email": "tendai@example.org",
    "identity_number": "63-1234567 A 42",
    "password1": "millet and rain 2026",
    "password2": "millet and rain 2026",
}
FARM = {"kind": "farmer", "name": "Newcomer Farm", "place": "Matabeleland South/Gwanda"}


def sign_up(client, **changes):
    return client.post("/accounts/signup/", NEW | changes)


def test_a_person_signs_up_with_a_name_and_a_number(client, at):
    sign_up(client)
    user = User.objects.get()
    assert (user.full_name, user.date_joined) == ("Tendai Newcomer", START)
    assert user.identity_digest


def test_the_national_number_itself_is_kept_nowhere(client, at):
    sign_up(client)
    assert "1234567" not in str(User.objects.values())


def test_one_natural_person_has_one_account(client, at):
    sign_up(client)
    client.logout()
    answer = sign_up(client, email="other@example.org", identity_number="631234567a42")
    assert "already an account for this person" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_number_that_is_none_is_refused_and_nothing_is_kept(client, at):
    answer = sign_up(client, identity_number="12")
    assert "not a national identity number" in answer.content.decode()
    assert not User.objects.exists()


def test_who_registers_a_farm_may_bid_for_it(at, signed_in):
    user = person("Rudo Registrar")
    signed_in(user).post("/account/organisations/new/", FARM)
    farm = Organization.objects.get(name="Newcomer Farm")
    assert (farm.province, farm.district) == ("Matabeleland South", "Gwanda")
    assert Membership.objects.get(user=user).role == Role.TENDERER


def test_a_company_needs_its_registration_number(at, signed_in):
    client = signed_in(person("Rudo Registrar"))
    answer = client.post("/account/organisations/new/", FARM | {"kind": "company"})
    assert answer.context["form"].errors["registration_number"]


def test_the_way_on_after_registering_stays_on_this_site(at, signed_in):
    client = signed_in(person("Rudo Registrar"))
    answer = client.post("/account/organisations/new/?next=https://evil.example/", FARM)
    assert answer["Location"] == "/account/organisations/"


@pytest.fixture
def administrator():
    return person("Adam Admin", organization("Operator", "operator"), Role.ADMINISTRATOR)


@pytest.fixture
def second():
    return person("Sibo Second", Organization.objects.get(kind="operator"), Role.ADMINISTRATOR)


def propose(client, market, new):
    client.post(f"/people/{new.public_id}/", {"organization": market.buyer.pk, "role": "evaluator"})
    return RoleProposal.objects.get(user=new)


def test_two_administrators_give_a_role_and_one_ends_it(
    market, at, signed_in, administrator, second
):
    new = person("Nia New")
    proposal = propose(signed_in(administrator), market, new)
    client = signed_in(second)
    assert "Nia New" in client.get("/people/?q=nobody").content.decode()
    client.post(f"/people/proposals/{proposal.pk}/")
    membership = Membership.objects.get(user=new)
    client.post(f"/people/{new.public_id}/roles/{membership.pk}/end/")
    membership.refresh_from_db()
    assert membership.revoked_at == START


def test_who_proposed_a_role_is_offered_no_button_and_refused(market, at, signed_in, administrator):
    client = signed_in(administrator)
    path = f"/people/proposals/{propose(client, market, person('Nia New')).pk}/"
    assert "Confirm the role" not in client.get(path).content.decode()
    assert "takes two administrators" in client.post(path).content.decode()
    assert not Membership.objects.filter(user__full_name="Nia New").exists()


def test_a_proposal_is_declined(market, at, signed_in, administrator, second):
    proposal = propose(signed_in(administrator), market, person("Nia New"))
    signed_in(second).post(f"/people/proposals/{proposal.pk}/decline/")
    proposal.refresh_from_db()
    assert (proposal.declined_by, proposal.membership) == (second, None)


def test_a_person_who_is_not_identified_is_proposed_for_nothing(
    market, at, signed_in, administrator
):
    new = person("Nia New", identified=False)
    role = {"organization": market.buyer.pk, "role": "evaluator"}
    answer = signed_in(administrator).post(f"/people/{new.public_id}/", role)
    assert "not tied to a natural person" in answer.content.decode()
    assert not RoleProposal.objects.exists()


def test_a_role_that_does_not_fit_is_refused_in_words(market, at, signed_in, administrator):
    new = person("Nia New")
    role = {"organization": market.office.pk, "role": "evaluator"}
    answer = signed_in(administrator).post(f"/people/{new.public_id}/", role)
    assert "has these roles" in answer.content.decode()


def test_nobody_else_sees_people_and_roles(market, at, signed_in):
    assert signed_in(market.officer).get("/people/").status_code == 403


def test_a_key_for_programs_is_shown_once(market, at, signed_in):
    client = signed_in(market.officer)
    made = client.post("/account/keys/", {"name": "Stock"}).context["made"]
    later = client.get("/account/keys/").content.decode()
    assert made and made not in later
    assert "Stock" in later and "never used" in later


def test_a_key_is_removed_by_its_owner_alone(market, at, signed_in):
    token, _ = ApiKey.objects.create(user=market.officer)
    signed_in(market.approver).post(f"/account/keys/{token.token_key}/remove/")
    assert ApiKey.objects.exists()
    signed_in(market.officer).post(f"/account/keys/{token.token_key}/remove/")
    assert not ApiKey.objects.exists()


def test_an_auditor_asks_for_a_file(market, at, signed_in):
    tender = tender_at("open", market, prices=())
    data = {"kind": "history_jsonl", "tender": tender.reference}
    signed_in(market.auditor).post("/audit/", data)
    assert Export.objects.get().tender == tender


def test_the_public_history_leaves_out_what_is_for_auditors(client, market, at, signed_in):
    path = f"/tenders/{tender_at('opened', market).reference}/history/"
    at(AFTER + DAY)
    told = {e.event for e in client.get(path).context["entries"]}
    full = {e.event for e in signed_in(market.auditor).get(path).context["entries"]}
    assert "TenderDrafted" in full - told and "BidSubmitted" in told


def test_nobody_reads_who_bid_before_the_opening(market, at, signed_in):
    path = f"/tenders/{tender_at('closed', market).reference}/history/"
    at(AFTER + DAY)
    told = {e.event for e in signed_in(market.auditor).get(path).context["entries"]}
    assert "BidSubmitted" not in told


def test_a_downloaded_history_passes_on_the_verify_page(client, market, at):
    tender = tender_at("standstill", market)
    at(AFTER + DAY)
    lines = b"".join(client.get(f"/tenders/{tender.reference}/history.jsonl").streaming_content)

    report = client.post("/verify/", {"file": SimpleUploadedFile("h.jsonl", lines)}).context[
        "report"
    ]
    assert report.passed, report.lines()


def test_a_file_of_something_else_is_told_apart(client, market, at):
    assert "neither a receipt" in client.post("/verify/", {"text": "{}"}).content.decode()


@pytest.mark.parametrize("path", ["/demo/", "/demo/outbox/", "/demo/outbox/x"])
def test_there_is_no_demonstration_in_earnest(client, market, at, path):
    assert client.get(path).status_code == 404


@pytest.fixture
def demo(settings, tmp_path, at):
    settings.DEMO, settings.VAR_DIR = True, tmp_path
    return tmp_path


def test_who_cannot_sign_in_to_the_demonstration_is_told_why(demo, client, market):
    keep_logins(demo, market.officer.email)
    page = client.get("/demo/").content.decode()
    assert "velvet-anvil-barn" in page and "Procurement officer" in page
    assert "Without a password, because they only act in past tenders" in page


def keep_logins(folder, *emails):
    rows = [
        {"email": email, "password": "velvet-anvil-barn", "passphrase": "one two three four"}
        for email in emails
    ]
    (folder / "demo-logins.json").write_text(json.dumps(rows))


def test_openers_of_the_demonstration_have_login_and_passphrase(demo, client, market):
    keep_logins(demo, *(opener.email for opener, _ in market.openers))
    page = client.get("/demo/").content.decode()
    assert page.count("velvet-anvil-barn") == page.count("one two three four") == 3


def test_the_demonstration_lists_people_by_role(client, market, at, settings):
    settings.DEMO = True
    assert "Olga Officer" in client.get("/demo/").content.decode()


@pytest.mark.parametrize("who", ["officer", "auditor", "openers", "tenderers"])
def test_everybody_finds_a_home(market, at, signed_in, who):
    someone = getattr(market, who)
    user = someone[0][0] if isinstance(someone, list) else someone
    assert signed_in(user).get("/home/").status_code == 200
