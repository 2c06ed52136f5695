"""Pages in chiShona and isiNdebele: whole sentences of a page follow the reader's choice."""

import pytest
from django.conf import settings

from tests.factories import AFTER, tender_at

pytestmark = pytest.mark.django_db
STEP = {"en": "Farmers bid in secret", "sn": "Varimi vanobhidha", "nd": "Abalimi babhida ngasese"}
EVENT = {
    "en": "The tender was published",
    "sn": "Tender yakaburitswa",
    "nd": "Ithenda yamenyezelwa",
}
CLOSE = {"en": "Bids close", "sn": "mabhidhi anovharwa", "nd": "amabhidi avalwa"}
HINT = {"en": "As on your identity card.", "sn": "chitupa chenyu.", "nd": "kumazisi wakho."}
FILTER = {"en": "Latest first", "sn": "Zvazvino kutanga", "nd": "Okwakamuva kuqala"}


@pytest.fixture(params=["en", "sn", "nd"])
def language(request, client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = request.param
    return request.param


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_page_the_list_and_sign_up_follow_the_choice(client, at, market, language):
    assert STEP[language] in read(client, "/")
    assert FILTER[language] in read(client, "/tenders/")
    assert HINT[language] in read(client, "/accounts/signup/")


def test_a_tender_and_its_history_follow_the_choice(client, at, market, language):
    tender = tender_at("standstill", market)
    at(AFTER)
    assert EVENT[language] in read(client, f"/tenders/{tender.reference}/history/")
    assert CLOSE[language].lower() in read(client, f"/tenders/{tender.reference}/").lower()
