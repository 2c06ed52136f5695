"""Mappings: read strictly, with errors that name the place."""

from pathlib import Path

import pytest

from procurement.rules.history import reading, table
from procurement.rules.history.errors import MappingInvalid
from tests.history.cast import BID, DATE, csv_text, mapping_text

EXAMPLE = Path(__file__).parents[2] / "docs/reference/history-mapping-example.toml"


def refusal(text: str) -> MappingInvalid:
    with pytest.raises(MappingInvalid) as caught:
        reading.parse(text.encode())
    return caught.value


def test_the_shipped_example_is_a_mapping():
    assert reading.parse(EXAMPLE.read_bytes()).source == "tsuchiura"


def test_a_misspelt_key_is_named_with_the_nearest_one():
    error = refusal(mapping_text(bid=BID + '\ntendrer = "firm"'))
    assert error.where == "bid.tendrer"
    assert 'Did you mean "tenderer"?' in error.remedy


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (mapping_text(bid=""), "bid"),
        (mapping_text(bid=BID + '\nunit_price = "price"'), "bid"),
        (mapping_text(bid=BID + '\nquantity = "won"'), "bid.quantity"),
        (mapping_text(bid=BID.replace('values = ["1"]', "values = [1]")), "bid.winner.values[0]"),
        (mapping_text(bid=BID.replace(', values = ["1"]', "")), "bid.winner"),
        (mapping_text(date='column = "day"'), "date"),
        (mapping_text(date='year = "y"\nmonth = "m"'), "date"),
        (mapping_text(date='column = "day"\nformat = "%d/%m/%y"'), "date.two_digit_years_from"),
        (mapping_text(date='column = "day"\nformat = "%d/%q/%Y"'), "date.format"),
        (mapping_text(date=DATE + '\nutc_offset = "2 hours"'), "date.utc_offset"),
        (mapping_text(date=DATE + "\ntwo_digit_years_from = 70"), "date.two_digit_years_from"),
        (mapping_text(file='encoding = "klingon"'), "file.encoding"),
        (mapping_text(file='encoding = "utf-16"'), "file.encoding"),
        (mapping_text(file='delimiter = ";;"'), "file.delimiter"),
        (mapping_text(file='thousands_mark = "."'), "file.thousands_mark"),
        (
            mapping_text(tender='description = { template = "{no!r}" }'),
            "tender.description.template",
        ),
        (mapping_text(tender='description = { text = "a", column = "no" }'), "tender.description"),
        (mapping_text(tender='bounds_are = "guesses"'), "tender.bounds_are"),
        (mapping_text().replace("depots", "The Depots"), "source"),
        (mapping_text().replace('key = ["no"]', "key = []"), "tender.key"),
        (mapping_text().replace('title = "goods"', ""), "tender.title"),
        (mapping_text().replace("mapping/1", "mapping/9"), "format"),
        ("format = ", "mapping"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named_by_its_place(text, where):
    error = refusal(text)
    assert error.where == where
    assert error.remedy


def test_a_mapping_that_is_not_utf_8_is_refused_by_byte():
    with pytest.raises(MappingInvalid, match="Byte 12 of the mapping"):
        reading.parse(b'source = "d\xe9p"')


def survey(text: str, mapping: str) -> table.Survey:
    return table.survey(text.encode().splitlines(keepends=True), reading.parse(mapping.encode()))


def test_a_mapping_that_names_a_missing_column_names_the_nearest():
    mapping = mapping_text(bid=BID.replace('"price"', '"prise"'))
    with pytest.raises(MappingInvalid) as caught:
        survey(csv_text(), mapping)
    assert caught.value.where == "bid.amount"
    assert 'no column "prise"' in caught.value.message
    assert 'Did you mean "price"?' in caught.value.remedy


@pytest.mark.parametrize(
    ("tender", "where"),
    [
        ('description = { template = "{goods} for {dept}" }', "tender.description"),
        ('no_winner = { column = "none", values = ["1"] }', "tender.no_winner"),
    ],
)
def test_columns_in_templates_and_marks_are_looked_for_too(tender, where):
    with pytest.raises(MappingInvalid) as caught:
        survey(csv_text(), mapping_text(tender=tender))
    assert caught.value.where == where


def test_two_columns_of_one_name_are_refused_when_the_mapping_needs_them():
    text = csv_text("1,14/05/2019,Maize,Aloe Farms,1,1,9,1,,9", header=HEADER_TWICE)
    with pytest.raises(MappingInvalid, match=r'2 columns named "price" \(columns 7, 10\)'):
        survey(text, mapping_text())


def test_two_columns_of_one_name_do_no_harm_when_nothing_names_them():
    text = csv_text("1,14/05/2019,Maize,Aloe Farms,1,1,9,1,,9", header=HEADER_OTHER)
    assert survey(text, mapping_text(bid=BID.replace('remark = "said"', ""))).rows == 1


HEADER_TWICE = "no,day,goods,firm,ceiling,floor,price,won,said,price"
HEADER_OTHER = "no,day,goods,firm,ceiling,floor,price,won,said,said"
