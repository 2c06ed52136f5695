"""Any Django form looks right and can be read aloud, with nothing written in the form."""

from datetime import date
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.test import Client

from marketplace.web.forms.styleguide import SampleForm


def test_a_hint_is_tied_to_its_box() -> None:
    shown = str(SampleForm()["name"].as_field_group())
    assert 'aria-describedby="id_name_helptext"' in shown
    assert 'id="id_name_helptext"' in shown


def test_an_error_is_tied_to_its_box() -> None:
    shown = str(SampleForm({"price": "many"})["price"].as_field_group())
    assert 'aria-invalid="true"' in shown
    assert 'id="id_price_error"' in shown and "id_price_error" in shown.split("<input")[1]


def test_a_group_of_choices_has_a_legend() -> None:
    shown = str(SampleForm()["delivery"].as_field_group())
    assert "<fieldset" in shown and "<legend" in shown


def test_money_shows_its_currency_beside_the_box() -> None:
    assert ">USD</span>" in str(SampleForm()["price"].as_field_group())


def test_three_boxes_make_a_date() -> None:
    form = SampleForm({"harvested_day": "7", "harvested_month": "4", "harvested_year": "2026"})
    form.is_valid()
    assert form.cleaned_data["harvested"] == date(2026, 4, 7)


def test_an_impossible_date_is_refused_and_kept_as_typed() -> None:
    form = SampleForm({"harvested_day": "31", "harvested_month": "2", "harvested_year": "2026"})
    assert "harvested" in form.errors
    assert 'value="31"' in str(form["harvested"])


def test_the_page_says_error_in_its_title_and_leads_to_the_box(client: Client, db: None) -> None:
    page = client.post("/styleguide/question/", {"price": "many"}).content.decode()
    assert "<title>Error:" in page
    assert 'href="#id_price"' in page and 'href="#id_delivery_0"' in page


def test_each_line_of_the_summary_names_its_field(client: Client, db: None) -> None:
    page = client.post("/styleguide/question/", {"price": "many"}).content.decode()
    assert ">Price per tonne: Enter a number.</a>" in page


def test_the_sheet_stays_within_its_budget() -> None:
    sheet = find("web/musika.css")
    assert Path(sheet).stat().st_size <= 20 * 1024


def test_the_language_is_kept_and_leads_back(client: Client, db: None) -> None:
    answer = client.get("/language/sn/?next=/styleguide/")
    assert answer["Location"] == "/styleguide/" and answer.cookies["django_language"].value == "sn"


def test_the_language_never_leads_to_another_site(client: Client, db: None) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.get("/language/sn/", {"next": elsewhere})["Location"] == "/"
