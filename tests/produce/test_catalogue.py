import json
import shutil
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from produce import queries
from produce.models import Commodity, Grade, Limit, Parameter, Standard
from produce.operations import catalogue
from produce.rules.facts import Change
from produce.rules.grading import grade
from produce.rules.reading import BadDataFile

pytestmark = pytest.mark.django_db


def test_a_second_load_writes_nothing(loaded, now):
    ids = set(Limit.objects.values_list("pk", flat=True))
    again = catalogue.load(now=now)
    assert (again.created, again.changed, again.removed) == (0, 0, 0)
    assert again.unchanged == loaded.created
    assert set(Limit.objects.values_list("pk", flat=True)) == ids


def test_a_load_mends_what_was_altered_and_leaves_what_was_added_by_hand(loaded, maize, now):
    Limit.objects.filter(pk=Limit.objects.first().pk).update(source="altered")
    Standard.objects.create(
        code="EAS2", edition="by hand", title="National", issuer="X", commodity=maize,
        source="gazette", confidence="VERIFIED",
    )  # fmt: skip
    again = catalogue.load(now=now)
    assert (again.created, again.changed, again.removed) == (0, 1, 0)
    assert Standard.objects.filter(edition="by hand").exists()


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(catalogue.DATA, tmp_path / "data")
    return tmp_path / "data"


def test_a_parameter_that_left_the_file_leaves_the_table(loaded, copy, now):
    path = copy / "standards" / "msf_maize.json"
    data = json.loads(path.read_text())
    gone = data["parameters"].pop()
    path.write_text(json.dumps(data))
    assert catalogue.load(now=now, data=copy).removed >= 1
    assert not Parameter.objects.filter(standard__code="MSF_MAIZE", code=gone["code"]).exists()


def test_one_bad_file_loads_nothing_at_all(copy, now):
    (copy / "standards" / "zzz.json").write_text("{}")
    with pytest.raises(BadDataFile):
        catalogue.load(now=now, data=copy)
    assert not Commodity.objects.exists()


def test_a_standard_for_an_unknown_commodity_loads_nothing(copy, now):
    path = copy / "standards" / "eas67.json"
    path.write_text(path.read_text().replace("RAW_MILK_COW", "CAMEL_MILK"))
    with pytest.raises(catalogue.UnknownCommodity, match="CAMEL_MILK"):
        catalogue.load(now=now, data=copy)
    assert not Commodity.objects.exists()


def test_one_edition_in_two_files_is_refused(copy, now):
    shutil.copy(copy / "standards" / "eas2.json", copy / "standards" / "zzz.json")
    with pytest.raises(catalogue.SameEditionTwice):
        catalogue.load(now=now, data=copy)


def test_the_command_loads_and_says_how_much(capsys):
    call_command("load_produce")
    assert "rows created" in capsys.readouterr().out


def test_the_command_fails_in_words(copy):
    (copy / "standards" / "zzz.json").write_text("{}")
    with pytest.raises(CommandError, match=r"standards/zzz\.json"):
        call_command("load_produce", data=copy)


def test_a_day_finds_the_edition_that_was_in_force(loaded):
    soya = Commodity.objects.get(code="SOYA_BEANS")

    def editions(day):
        return [s for s in queries.standards_for(soya, on=day) if s.code == "USDA_SOYBEANS"]

    before, after = editions(date(2023, 8, 31)), editions(date(2023, 9, 1))
    assert [s.edition for s in before] == ["7 CFR 810.1604 before 2023-09-01"]
    assert [s.edition for s in after] == ["7 CFR 810.1604 from 2023-09-01"]


@pytest.mark.parametrize(
    "day", [date(2023, 4, 30), date(2023, 5, 1), date(2023, 5, 31), date(2023, 6, 1)]
)
def test_the_query_and_its_twin_agree_on_each_boundary_day(loaded, maize, day):
    found = set(queries.standards_for(maize, on=day))
    assert found == {s for s in queries.standards_for(maize) if queries.is_in_force(s, day)}


def test_the_limits_of_a_grade_come_in_two_queries(eas2_grade_1, django_assert_num_queries):
    with django_assert_num_queries(2):
        limits = queries.limits_for(eas2_grade_1)
    assert len(limits) == 14
    total = next(x for x in limits if x.code == "TOTAL_DEFECTIVE")
    assert set(total.components) == {
        "PEST_DAMAGED", "ROTTEN_DISEASED", "DISCOLOURED", "IMMATURE_SHRIVELLED",
    }  # fmt: skip


def test_two_grades_are_compared_parameter_by_parameter(eas2_grade_1):
    second = Grade.objects.get(standard__code="EAS2", rank=2)
    rows = {row.code: row.change for row in queries.comparison(eas2_grade_1, second)}
    assert rows["FOREIGN_MATTER"] is Change.LOOSENED
    assert rows["MOISTURE"] is Change.SAME


def test_the_comparison_of_two_standards_shows_what_only_one_has(eas2_grade_1):
    codex = Grade.objects.get(standard__code="CXS153")
    rows = {row.code: row.change for row in queries.comparison(eas2_grade_1, codex)}
    assert rows["AFLATOXIN_B1"] is Change.REMOVED
    assert rows["BLEMISHED"] is Change.ADDED


GOOD_MAIZE = {
    "FOREIGN_MATTER": "0.4", "INORGANIC_MATTER": "0.2", "BROKEN": "1.8", "PEST_DAMAGED": "0.8",
    "ROTTEN_DISEASED": "1.2", "DISCOLOURED": "0.4", "IMMATURE_SHRIVELLED": "0.7", "FILTH": "0.05",
    "MOISTURE": "12.4", "AFLATOXIN_TOTAL": "3", "AFLATOXIN_B1": "1", "FUMONISIN": "0.5",
    "LIVE_INSECTS": "0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        ({}, 1),
        ({"BROKEN": "2.1"}, 2),
        # Each defect alone is grade 1, together 3.3 is above 3.2.
        ({"ROTTEN_DISEASED": "1.4"}, 2),
        ({"MOISTURE": "13.6"}, None),
        ({"AFLATOXIN_TOTAL": "10.1"}, None),
        ({"LIVE_INSECTS": "1"}, None),
    ],
)
def test_a_maize_sample_is_graded_by_eas_2(eas2_grade_1, difference, expected):
    table = queries.grade_table(eas2_grade_1.standard)
    found = grade(table, GOOD_MAIZE | difference).grade
    assert (found.rank if found else None) == expected


def test_every_loaded_table_can_grade(loaded):
    for standard in Standard.objects.all():
        table = queries.grade_table(standard)
        best = {x.code: _best(x) for x in table[0].limits if not x.components}
        assert grade(table, best).grade is not None, standard


def _best(limit):
    # Zero of anything bad; the bound itself of anything good.
    if limit.text:
        return limit.text
    return "0" if limit.minimum is None and limit.unit != "°C" else limit.minimum or limit.maximum
