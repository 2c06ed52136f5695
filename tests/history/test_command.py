"""The command: what it prints, its report, its exit status."""

import csv

import pytest

from marketplace.__main__ import main as musika
from procurement.management.history import main
from procurement.models import Tender
from tests.history.cast import ROWS, csv_text, mapping_text

pytestmark = pytest.mark.django_db


def words(folder, text: str = "", mapping: str = "") -> list[str]:
    (folder / "h.csv").write_text(text or csv_text())
    (folder / "m.toml").write_text(mapping or mapping_text())
    return [str(folder / "h.csv"), "--mapping", str(folder / "m.toml")]


def test_it_prints_the_agreement_and_exits_with_zero(tmp_path, capsys):
    assert musika(["import-history", *words(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "Added: 2 tenders with 4 bids." in out
    assert "2 of 2 recorded winners agree, 0 of them after a tie" in out


def test_a_second_run_says_that_nothing_was_added(tmp_path, capsys):
    main(words(tmp_path))
    assert main(words(tmp_path)) == 0
    assert "Nothing was added: all 2 tenders were there already." in capsys.readouterr().out


def test_refused_rows_give_status_one_and_are_listed(tmp_path, capsys):
    assert main(words(tmp_path, csv_text(*ROWS, "3,x,Maize,Aloe,,,9,1,"))) == 1
    out = capsys.readouterr().out
    assert "row 6, column day: “x” is not a date written as %d/%m/%Y. Write it as" in out


def test_the_report_has_every_line_and_no_formulas(tmp_path):
    report = tmp_path / "report.csv"
    row = "3,14/05/2019,Maize,Aloe,,,=1+1,1,"
    main([*words(tmp_path, csv_text(*ROWS, row)), "--report", str(report)])
    (line,) = csv.DictReader(report.open(encoding="utf-8-sig"))
    assert (line["kind"], line["row"], line["value"]) == ("row refused", "6", "'=1+1")
    assert line["remedy"]


def test_an_unreadable_file_gives_status_two_and_one_line(tmp_path, capsys):
    assert main(words(tmp_path, csv_text()[:-9])) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "history-file-unreadable" in err
    assert not Tender.objects.exists()


def test_a_bad_mapping_gives_status_two(tmp_path, capsys):
    assert main(words(tmp_path, mapping=mapping_text().replace('"firm"', '"frim"'))) == 2
    assert 'Did you mean "firm"?' in capsys.readouterr().err


@pytest.mark.parametrize("missing", [0, 2])
def test_a_file_that_is_not_there_gives_status_two(tmp_path, capsys, missing):
    given = words(tmp_path)
    given[missing] = str(tmp_path / "nowhere")
    assert main(given) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_noticed_before_anything_is_added(tmp_path):
    assert main([*words(tmp_path), "--report", str(tmp_path / "no" / "report.csv")]) == 2
    assert not Tender.objects.exists()


def test_manage_py_has_the_same_command(tmp_path):
    from procurement.management.commands.import_history import Command

    with pytest.raises(SystemExit) as caught:
        Command().run_from_argv(["manage.py", "import_history", *words(tmp_path)])
    assert caught.value.code == 0
    assert Tender.objects.count() == 2
