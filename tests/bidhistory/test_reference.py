"""The page of the columns is the list in the code; everything that is said of it holds."""

from procurement.bidhistory import __main__ as written
from procurement.bidhistory import columns


def test_the_reference_page_has_todays_columns():
    text = written.PAGE.read_text()
    assert written.page(text) == text


def test_every_column_is_told_once():
    assert len(set(columns.NAMES)) == len(columns.NAMES)
    assert all(c.meaning and c.source and c.kind for c in columns.COLUMNS)


def test_the_leaves_are_the_last_two_columns():
    """The digest over the leaves is taken from the end of each line."""
    assert columns.NAMES[-2:] == ("leaf_hash", "opening_leaf_hash")
