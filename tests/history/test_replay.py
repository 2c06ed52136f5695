"""The replay says how many recorded winners agree, and explains each that does not."""

import json

import pytest

from marketplace.ledger.models import Entry
from procurement import exports, verification
from procurement.models import Award, Evaluation, RecordedOutcome, Tender
from procurement.rules.case import case_digest, read_case
from procurement.rules.evaluation import evaluate
from procurement.rules.history.replay import Outcome
from procurement.rules.history.report import Kind
from tests.history.cast import BID, BOUNDS, NOW, ROWS, import_rows, mapping_text

pytestmark = pytest.mark.django_db


def outcome() -> RecordedOutcome:
    return RecordedOutcome.objects.get()


def test_the_lowest_bid_within_the_bounds_agrees(tmp_path):
    summary = import_rows(tmp_path).summary
    assert (summary.agreeing, summary.with_winner) == (2, 2)
    assert set(RecordedOutcome.objects.values_list("agrees", flat=True)) == {True}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROWS[0].replace("900", "650"), "650 is below the minimum price 700"),
        (ROWS[0].replace("900", "1200"), "1200 is above the reserve price 1000"),
        (ROWS[0].replace("900", "960"), "950 by Baobab Millers (row 3) is lower and valid"),
    ],
)
def test_a_disagreement_is_explained_in_plain_words(tmp_path, row, words):
    imported = import_rows(tmp_path, row, ROWS[1])
    (line,) = imported.of(Kind.DISAGREES)
    assert words in line.why
    assert (outcome().agrees, outcome().explanation) == (False, line.why)


def test_what_the_file_remarks_on_the_lower_bid_is_told(tmp_path):
    mapping = mapping_text(bid=BID + '\ndisqualified = { column = "won", values = ["x"] }')
    rows = (ROWS[0].replace("900", "960"), ROWS[1].replace("0,", "x,no tax certificate", 1))
    rows = (rows[0], "1,14/05/2019,White maize,Baobab Millers,1000,700,950,x,no tax certificate")
    import_rows(tmp_path, *rows, mapping=mapping)
    assert "marks that bid as disqualified: “no tax certificate”" in outcome().explanation


def test_a_recorded_winner_among_equal_bids_agrees_after_a_tie(tmp_path):
    summary = import_rows(tmp_path, ROWS[0], ROWS[1].replace("950", "900")).summary
    assert summary.outcomes[Outcome.AGREES_AFTER_TIE] == 1
    assert outcome().agrees is True
    assert "2 bids share the lowest price" in outcome().explanation


def test_a_bid_at_a_bound_is_within_it(tmp_path):
    rows = (ROWS[0].replace("900", "700"), ROWS[1].replace("950", "1000"))
    assert import_rows(tmp_path, *rows).summary.agreeing == 1


def test_a_tender_without_a_winner_is_unsuccessful_and_told(tmp_path):
    imported = import_rows(tmp_path, ROWS[0].replace(",1,", ",0,"), ROWS[1])
    (line,) = imported.of(Kind.NO_WINNER)
    assert "although the bid of 900 by Aloe Farms (row 2) is within the bounds" in line.why
    assert outcome().no_winner
    assert Tender.objects.get().lots.get().unsuccessful_reason
    assert not Award.objects.exists()


def test_a_refused_winner_is_a_disagreement_that_names_its_row(tmp_path):
    import_rows(tmp_path, ROWS[0].replace("900", "?"), ROWS[1])
    assert outcome().agrees is False
    assert outcome().refused_rows == 1
    assert "row 2 was refused (price: is not a number)" in outcome().explanation


def test_two_recorded_winners_are_a_disagreement(tmp_path):
    import_rows(tmp_path, ROWS[0], ROWS[1].replace(",0,", ",1,"))
    assert "several winners: rows 2, 3" in outcome().explanation
    assert not Award.objects.exists()


def test_without_a_winner_column_nothing_is_compared(tmp_path):
    summary = import_rows(tmp_path, mapping=mapping_text(bid='amount = "price"')).summary
    assert summary.outcomes[Outcome.UNKNOWN] == 2
    assert set(RecordedOutcome.objects.values_list("agrees", flat=True)) == {None}


def test_a_winner_can_be_named_by_another_column(tmp_path):
    bid = 'amount = "price"\nwinner = { column = "said", equals = "firm" }'
    rows = (ROWS[0] + "Aloe Farms", ROWS[1] + "Aloe Farms")
    assert import_rows(tmp_path, *rows, mapping=mapping_text(bid=bid)).summary.agreeing == 1


def test_a_cancelled_tender_is_kept_and_not_evaluated(tmp_path):
    mark = '\ncancelled = { column = "said", values = ["postponed"] }'
    summary = import_rows(
        tmp_path, ROWS[0] + "postponed", mapping=mapping_text(tender=BOUNDS + mark)
    ).summary
    assert summary.outcomes[Outcome.CANCELLED] == 1
    assert Tender.objects.get().cancelled_reason
    assert not Evaluation.objects.exists()


def test_the_stored_case_gives_the_stored_result_again(tmp_path):
    import_rows(tmp_path)
    for stored in Evaluation.objects.all():
        case = read_case(stored.case)
        assert case_digest(case) == stored.case_digest
        assert evaluate(case).to_bytes().decode() == stored.result


def test_the_ledger_holds_each_tender_whole(tmp_path):
    import_rows(tmp_path)
    body = json.loads(Entry.objects.get(subject="H-depots-1").body)
    assert (body["event"], body["outcome"]) == ("TenderImported", "agrees")
    assert [bid["tenderer"] for bid in body["bids"]] == ["Aloe Farms", "Baobab Millers"]
    assert body["case_digest"] == Evaluation.objects.order_by("id")[0].case_digest


def test_an_auditor_repeats_the_replay_offline(tmp_path):
    import_rows(tmp_path)
    lines = list(exports.history(Tender.objects.get(reference="H-depots-2"), "history_jsonl", NOW))
    report = verification.verify(lines)
    assert report.passed, report.lines()
    assert "evaluation recomputes" in {check.name for check in report.checks}
