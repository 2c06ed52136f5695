"""Rows that cannot be imported: each refusal names row, column, reason and remedy."""

import pytest

from procurement.models import Award, Bid, BidLine, Tender
from tests.history.cast import BID, BOUNDS, ROWS, import_rows, mapping_text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("9,31/02/2019,Maize,Aloe Farms,,,900,1,", "day", "does not exist"),
        ("9,2019-02-01,Maize,Aloe Farms,,,900,1,", "day", "not a date written as %d/%m/%Y"),
        ("9,14/05/2119,Maize,Aloe Farms,,,900,1,", "day", "in the future"),
        ("9,14/05/0201,Maize,Aloe Farms,,,900,1,", "day", "before 1900"),
        ("9,14/05/2019,Maize,Aloe Farms,,,-900,1,", "price", "below zero"),
        ("9,14/05/2019,Maize,Aloe Farms,,,0,1,", "price", "is zero"),
        ("9,14/05/2019,Maize,Aloe Farms,,,9e5,1,", "price", "not a number"),
        ("9,14/05/2019,Maize,Aloe Farms,,,nan,1,", "price", "not a number"),
        ("9,14/05/2019,Maize,Aloe Farms,,,900.5.1,1,", "price", "not a number"),
        ("9,14/05/2019,Maize,Aloe Farms,,,1234567890123456,1,", "price", "absurd"),
        ("9,14/05/2019,Maize,Aloe Farms,,,1.1234567890123456789,1,", "price", "18 decimals"),
        ("9,14/05/2019,Maize,Aloe Farms,,,,1,", "price", "no amount"),
        ("9,14/05/2019,Maize,Aloe Farms,-5,,900,1,", "ceiling", "below zero"),
        ("9,14/05/2019,Maize,Aloe Farms,800,900,850,1,", "floor", "above the reserve price"),
        ("9,14/05/2019,Maize,,,,900,1,", "firm", "is empty"),
        ("9,14/05/2019,,Aloe Farms,,,900,1,", "goods", "is empty"),
        (",14/05/2019,Maize,Aloe Farms,,,900,1,", "no", "belongs to no tender"),
        ("9,14/05/2019,Maize,Aloe\x07 Farms,,,900,1,", "firm", "control character"),
        ("9,14/05/2019,Maize," + "A" * 201 + ",,,900,1,", "firm", "at most 200"),
        ("9,14/05/2019,Maize,Aloe Farms,,,900", "(all)", "7 cells and the header has 9"),
        ("9,14/05/2019,Maize,Aloe Farms,,,900,1,,,", "(all)", "11 cells"),
    ],
)
def test_a_bad_row_is_refused_with_its_place_and_the_others_are_imported(
    tmp_path, row, column, words
):
    imported = import_rows(tmp_path, row, *ROWS)
    line = imported.refused
    assert (line.row, line.column) == (2, column)
    assert words in line.why
    assert line.remedy
    assert Tender.objects.count() == 2


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    quoted = ROWS[0].replace("White maize", '"White\nmaize"')
    imported = import_rows(tmp_path, quoted, "", ROWS[1].replace("950", "x"))
    assert imported.refused.row == 4


def test_the_second_bid_of_a_tenderer_in_a_tender_is_refused(tmp_path):
    imported = import_rows(tmp_path, *ROWS, ROWS[0].replace("900,1", "880,0"))
    assert (imported.refused.row, imported.refused.column) == (6, "firm")
    assert "in row 2" in imported.refused.why
    assert Tender.objects.get(reference="H-depots-1").bids.count() == 2


def test_a_repeated_row_is_refused_even_where_tenderers_are_numbered(tmp_path):
    mapping = mapping_text(bid=BID + '\nsame_tenderer_again = "number"')
    imported = import_rows(tmp_path, *ROWS, ROWS[0], mapping=mapping)
    assert "repeats row 2" in imported.refused.why


def test_two_firms_of_one_name_are_numbered_when_the_mapping_says_so(tmp_path):
    mapping = mapping_text(bid=BID + '\nsame_tenderer_again = "number"')
    import_rows(tmp_path, *ROWS, ROWS[0].replace("900,1", "880,0"), mapping=mapping)
    names = Bid.objects.filter(tender__reference="H-depots-1").values_list("tenderer__name")
    assert sorted(name for (name,) in names) == ["Aloe Farms", "Aloe Farms (2)", "Baobab Millers"]


def test_a_row_that_contradicts_its_tender_is_refused(tmp_path):
    imported = import_rows(tmp_path, *ROWS, "1,14/05/2019,Maize,Cactus Traders,999,700,800,0,")
    assert imported.refused.column == "reserve price"
    assert "row 2 of the same tender says 1000" in imported.refused.why


def test_a_tender_whose_rows_are_all_refused_is_not_made(tmp_path):
    imported = import_rows(tmp_path, *(row.replace("14/05", "14/15") for row in ROWS))
    assert imported.summary.rows_refused == 2
    assert list(Tender.objects.values_list("reference", flat=True)) == ["H-depots-2"]


def test_a_bid_without_an_amount_can_be_kept_as_one_that_could_not_be_read(tmp_path):
    mapping = mapping_text(bid=BID + '\nwithout_amount = "keep"')
    import_rows(tmp_path, *ROWS, "1,14/05/2019,Maize,Cactus,1000,700,,0,no seal", mapping=mapping)
    bid = Bid.objects.get(tenderer__name="Cactus")
    assert "no amount" in bid.failure
    assert "no seal" in bid.failure
    assert not bid.lines.exists()


def test_a_price_per_unit_keeps_all_its_decimals(tmp_path):
    mapping = mapping_text(
        tender="", bid='unit_price = "price"\nquantity = "ceiling"\nunit = "floor"'
    )
    import_rows(
        tmp_path, "1,14/05/2019,Maize,Aloe,1250.5,kg,0.123456789012345678,1,", mapping=mapping
    )
    line = BidLine.objects.get()
    assert str(line.unit_price) == "0.123456789012345678"
    assert str(line.quantity) == "1250.5"
    assert (line.item.unit, str(line.item.quantity)) == ("kg", "1250.5")
    # 0.123456789012345678 × 1250.5, by hand.
    assert str(line.bid.evaluated.get().price) == "154.382714659938270339"


def test_a_total_of_more_than_eighteen_decimals_is_awarded_exactly(tmp_path):
    bid = BID.replace("amount", "unit_price") + '\nquantity = "ceiling"'
    row = "1,14/05/2019,Maize,Aloe,0.03,,0.123456789012345679,1,"
    import_rows(tmp_path, row, mapping=mapping_text(tender="", bid=bid))
    assert str(Award.objects.get().price) == "0.00370370367037037037"


def test_a_total_that_no_field_can_hold_is_refused(tmp_path):
    bid = BID.replace("amount", "unit_price") + '\nquantity = "ceiling"'
    big = "123456789012345.123456789012345679"
    mapping = mapping_text(tender="", bid=bid)
    imported = import_rows(tmp_path, f"1,14/05/2019,Maize,Aloe,{big},,{big},1,", mapping=mapping)
    assert "times the quantity" in imported.refused.why


def test_bounds_per_unit_are_multiplied_by_the_quantity(tmp_path):
    mapping = mapping_text(
        tender='reserve_price = "ceiling"\nbounds_are = "unit prices"',
        bid='unit_price = "price"\nquantity = "floor"',
    )
    import_rows(tmp_path, "1,14/05/2019,Maize,Aloe,0.125,80,0.1,1,", mapping=mapping)
    assert str(Tender.objects.get().lots.get().reserve_price) == "10"


@pytest.mark.parametrize(
    ("date", "cell", "expected"),
    [
        ('column = "day"\nformat = "%d.%m.%y"\ntwo_digit_years_from = 1970', "1.2.69", 2069),
        ('column = "day"\nformat = "%d.%m.%y"\ntwo_digit_years_from = 1950', "1.2.69", 1969),
        ('column = "day"\nformat = "%d.%m.%y"\ntwo_digit_years_from = 1950', "1.2.07", 2007),
        ('column = "day"\nformat = "%Y%m%d"', "20070211", 2007),
        ('column = "day"\nformat = "%d %b %Y"', "11 Feb 2007", 2007),
        ('column = "day"\nformat = "%B %d, %Y %H:%M"', '"February 11, 2007 09:30"', 2007),
        (
            'year = "day"\nmonth = { text = "2" }\nday = { text = "1" }\n'
            "two_digit_years_from = 1950",
            "07",
            2007,
        ),
    ],
)
def test_dates_are_read_as_the_mapping_says(tmp_path, date, cell, expected):
    row = f"1,{cell},Maize,Aloe Farms,,,900,1,"
    imported = import_rows(tmp_path, row, mapping=mapping_text(date=date))
    if expected > 2026:
        assert "in the future" in imported.refused.why
    else:
        assert Tender.objects.get().deadline.year == expected


def test_the_offset_of_the_mapping_counts(tmp_path):
    date = 'column = "day"\nformat = "%d/%m/%Y"\nutc_offset = "+09:00"'
    import_rows(tmp_path, ROWS[0], mapping=mapping_text(date=date))
    assert Tender.objects.get().deadline.isoformat() == "2019-05-13T15:00:00+00:00"


def test_a_missing_reserve_price_is_no_bound(tmp_path):
    import_rows(tmp_path, "1,14/05/2019,Maize,Aloe Farms,,,900,1,", mapping=mapping_text())
    assert Tender.objects.get().lots.get().reserve_price is None


def test_thousands_and_currency_marks_are_taken_off(tmp_path):
    shape = 'thousands_mark = " "\ncurrency_marks = ["$", "USD"]'
    row = "1,14/05/2019,Maize,Aloe Farms,,,$ 1\u00a0234 567.50 USD,1,"
    import_rows(tmp_path, row, mapping=mapping_text(file=shape))
    assert str(BidLine.objects.get().unit_price) == "1234567.5"


def test_thousands_in_the_wrong_place_are_no_number(tmp_path):
    shape = 'thousands_mark = " "'
    row = "1,14/05/2019,Maize,Aloe Farms,,,12 34,1,"
    imported = import_rows(tmp_path, row, *ROWS[2:], mapping=mapping_text(file=shape))
    assert "not a number" in imported.refused.why


def test_an_unknown_commodity_is_noticed_and_left_out(tmp_path):
    mapping = mapping_text(tender=BOUNDS + '\ncommodity = "goods"')
    imported = import_rows(tmp_path, ROWS[0], mapping=mapping)
    assert "not the code of a commodity" in imported.lines[0].why
    assert Tender.objects.get().lots.get().items.get().commodity is None
