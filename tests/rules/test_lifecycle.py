"""The table of operations, its picture, and the one road that must not exist."""

from pathlib import Path

import pytest

from procurement.rules.lifecycle import (
    ALLOWED,
    THE_CLOCK,
    OperationNotAllowed,
    check_allowed,
    diagram,
    is_allowed,
    reference,
    transitions,
)
from procurement.rules.timeline import TenderStatus

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "lifecycle.md"
BEFORE_CLOSE = {TenderStatus.DRAFT, TenderStatus.PLANNED, TenderStatus.OPEN}


def _reachable(start):
    found, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        targets = {t.target for t in transitions() if t.source is here} - found
        found |= targets
        waiting += targets
    return found


def test_the_reference_page_is_the_generated_one():
    assert DOCUMENT.read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize(
    "status", [s for s in TenderStatus if s not in BEFORE_CLOSE | {TenderStatus.CLOSING}]
)
def test_from_the_close_on_nothing_leads_back(status):
    assert not _reachable(status) & (BEFORE_CLOSE | {TenderStatus.CLOSING})


def test_before_the_close_only_an_outage_gives_more_time():
    back = [
        t.by for t in transitions() if t.source is TenderStatus.CLOSING and t.target in BEFORE_CLOSE
    ]
    assert back == ["tenders.extend"]


def test_every_status_can_be_reached_from_a_draft():
    assert _reachable(TenderStatus.DRAFT) == set(TenderStatus) - {TenderStatus.DRAFT}


def test_every_arrow_is_an_allowed_operation_or_the_clock():
    for arrow in transitions():
        assert arrow.by == THE_CLOCK or is_allowed(arrow.by, arrow.source)


@pytest.mark.parametrize("operation", sorted(ALLOWED))
def test_nothing_is_allowed_in_a_final_status(operation):
    for final in ("paid", "unsuccessful", "cancelled"):
        assert not is_allowed(operation, TenderStatus(final))


def test_a_signed_contract_ends_the_right_to_cancel():
    check_allowed("tenders.cancel", TenderStatus.AWARDED)
    with pytest.raises(OperationNotAllowed):
        check_allowed("tenders.cancel", TenderStatus.CONTRACTED)


def test_a_contract_waits_for_the_standstill():
    assert not is_allowed("contracts.sign", TenderStatus.STANDSTILL)


def test_a_refusal_names_the_statuses_that_would_do():
    with pytest.raises(OperationNotAllowed) as refused:
        check_allowed("openings.open", TenderStatus.OPEN)
    assert "while the status is open" in refused.value.message
    assert refused.value.remedy == "It is possible in: awaiting_opening."


def test_an_unknown_operation_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        is_allowed("tenders.reopen", TenderStatus.CLOSING)


def test_the_picture_starts_with_the_draft_and_shows_every_status():
    picture = diagram()
    assert picture.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert all(f" {status.value}" in picture for status in TenderStatus)
