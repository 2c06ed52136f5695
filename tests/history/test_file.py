"""Files that cannot be read to their end leave nothing behind; the line is named."""

import pytest

from procurement.models import ImportBatch, Tender
from procurement.rules.history.errors import FileUnreadable
from tests.history.cast import csv_text, import_bytes, mapping_text

pytestmark = pytest.mark.django_db


def refusal(folder, data: bytes, mapping: str = "") -> FileUnreadable:
    with pytest.raises(FileUnreadable) as caught:
        import_bytes(folder, data, mapping)
    assert not Tender.objects.exists()
    assert not ImportBatch.objects.exists()
    assert caught.value.remedy
    return caught.value


def test_a_file_whose_last_row_is_cut_is_refused_whole(tmp_path):
    error = refusal(tmp_path, csv_text().encode()[:-12])
    assert error.where == "row 5"
    assert "ends in the middle" in error.message


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_line(tmp_path):
    error = refusal(tmp_path, csv_text().replace("Cowpeas,Aloe", '"Cowpeas,Aloe').encode())
    assert error.where == "line 4"
    assert "never closed" in error.message


def test_bytes_that_are_not_of_the_encoding_are_named_by_line_and_byte(tmp_path):
    data = csv_text().encode().replace(b"Cactus", b"C\xe9ctus")
    error = refusal(tmp_path, data)
    assert error.where == "line 5, byte 23"
    assert "0xe9" in error.message
    assert "latin-1" in error.remedy


def test_the_byte_counts_from_the_mark_at_the_beginning(tmp_path):
    error = refusal(tmp_path, b"\xef\xbb\xbf\xff" + csv_text().encode())
    assert error.where == "line 1, byte 4"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (csv_text().splitlines()[0].encode(), "no rows"),
        (csv_text().encode("utf-16"), "UTF-16"),
        (csv_text().replace("\n", "\r").encode(), "not CSV"),
        (csv_text().replace("Aloe Farms", '"Aloe" Farms').encode(), "not CSV"),
    ],
)
def test_what_is_not_a_table_is_refused(tmp_path, data, words):
    error = refusal(tmp_path, data)
    assert words in f"{error.message} {error.remedy}"


def test_a_mark_at_the_beginning_and_windows_line_ends_are_read(tmp_path):
    data = b"\xef\xbb\xbf" + csv_text().replace("\n", "\r\n").encode()
    assert import_bytes(tmp_path, data).summary.bids_added == 4


def test_latin_1_semicolons_and_decimal_commas_are_read_as_mapped(tmp_path):
    text = csv_text("1;14/05/2019;Maïs;Société Aloès;;;1.234.567,89;1;").replace(",said", ";said")
    text = text.replace(
        csv_text().splitlines()[0], "no;day;goods;firm;ceiling;floor;price;won;said"
    )
    header = "no;day;goods;firm;ceiling;floor;price;won;said"
    text = "\n".join([header, *text.splitlines()[1:]]) + "\n"
    shape = 'encoding = "latin-1"\ndelimiter = ";"\ndecimal_mark = ","\nthousands_mark = "."'
    import_bytes(tmp_path, text.encode("latin-1"), mapping_text(file=shape))
    bid = Tender.objects.get(title="Maïs").bids.get()
    assert bid.tenderer.name == "Société Aloès"
    assert str(bid.lines.get().unit_price) == "1234567.89"


def test_a_file_without_a_last_line_end_is_read_with_a_notice(tmp_path):
    imported = import_bytes(tmp_path, csv_text().rstrip("\n").encode())
    assert imported.summary.bids_added == 4
    assert "does not end with a line end" in imported.lines[0].why


def test_blank_lines_and_unknown_columns_do_no_harm(tmp_path):
    text = csv_text().replace("said\n", "said,mood\n").replace(",\n", ",,glad\n")
    assert import_bytes(tmp_path, text.replace("glad\n", "glad\n\n").encode()).summary.bids == 4
