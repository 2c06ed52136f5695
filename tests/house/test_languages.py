"""The catalogues hold what the pages say today, and a translator's sheet cannot break a page."""

import io
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from django.conf import settings

from marketplace.errors import Invalid
from marketplace.web.languages import catalogue, extract

BASE = Path(settings.BASE_DIR)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_catalogue_holds_what_the_pages_say(language):
    kept = {message.id for message in catalogue.load(BASE, language)}
    found = extract.messages(BASE).values()
    said = {message.id for message in catalogue.updated(catalogue.empty(language), language, found)}
    assert kept == said, "python manage.py languages update"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_pages_read_what_people_read(language):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue.load(BASE, language))
    assert (catalogue.folder(BASE, language) / "django.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_string_has_a_translation(language):
    """And those whose places were lost on the way would break a page: they count as missing."""
    messages = [message for message in catalogue.load(BASE, language) if message.id]
    missing = [message.id for message in messages if not catalogue.is_translated(message)]
    assert not missing, f"python manage.py languages missing --language {language}"
    assert not [message.id for message in messages if not _keeps_places(message)]


def _keeps_places(message):
    """What a sheet is held to: the form with the number keeps every place of the original."""
    said = message.string[-1] if message.pluralizable else message.string
    lasting = message.id[-1] if message.pluralizable else message.id
    return catalogue.places(lasting) == catalogue.places(said)


@pytest.mark.parametrize(
    "path",
    ["presenters/events.py", "presenters/checks.py", "presenters/bid.py", "forms/bids.py"],
)
def test_what_the_public_and_sellers_read_is_no_office_page(path):
    assert not extract.OFFICE.search(f"marketplace/web/{path}")


def sheet(*rows: str) -> io.StringIO:
    return io.StringIO("\n".join([",".join(catalogue.COLUMNS), *rows]))


@pytest.fixture
def two():
    messages = [
        extract.Message("Ask %(name)s", "", "a.html"),
        extract.Message("%d day", "%d days", "b.py"),
    ]
    return catalogue.updated(catalogue.empty("sn"), "sn", messages)


def test_a_sheet_goes_out_and_comes_back(two):
    taken = catalogue.take_sheet(
        sheet(
            "Ask %(name)s,,a.html,Bvunza %(name)s,,yes", "%d day,%d days,b.py,Zuva %d,Mazuva %d,"
        ),
        two,
    )
    assert (taken, two.get("Ask %(name)s").string) == (2, "Bvunza %(name)s")
    assert two.get("%d day").string == ("Zuva %d", "Mazuva %d")
    assert catalogue.state(two) == catalogue.State(strings=2, translated=2, confirmed=1)


@pytest.mark.parametrize(
    "row",
    ["Ask %(name)s,,a.html,Bvunza,,", "No such thing,,x,Hapana,,", "%d day,%d days,b,%d,Mazuva,"],
)
def test_a_row_that_would_break_a_page_is_refused_and_nothing_is_taken(two, row):
    with pytest.raises(Invalid) as refused:
        catalogue.take_sheet(sheet("%d day,%d days,b.py,Zuva %d,Mazuva %d,", row), two)
    assert refused.value.where == "line 3"
    assert catalogue.state(two).translated == 0
