"""What an outage holds and what time is owed for it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from procurement.rules import outages
from procurement.rules.outages import Outage, OutageRules

HOUR = timedelta(hours=1)
DEADLINE = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)
RULES = OutageRules(window=24 * HOUR, extension=24 * HOUR, hold=48 * HOUR)


def outage(since: float, until: float) -> Outage:
    """Hours before (negative) or after the deadline."""
    return Outage(DEADLINE + since * HOUR, DEADLINE + until * HOUR)


def test_an_outage_over_the_deadline_holds_the_close_for_two_days():
    found = [outage(-2, 3)]
    assert outages.held_until(DEADLINE, found, RULES) == DEADLINE + 51 * HOUR
    assert outages.due(DEADLINE, found, RULES) == DEADLINE + 27 * HOUR


def test_half_open_at_both_ends():
    micro = timedelta(microseconds=1)
    assert not outages.touching(DEADLINE, [outage(0, 1), outage(-30, -24)], RULES)
    before = Outage(DEADLINE - micro, DEADLINE + HOUR)
    after = Outage(DEADLINE - 30 * HOUR, DEADLINE - 24 * HOUR + micro)
    assert outages.touching(DEADLINE, [before, after], RULES) == (before, after)


def test_without_an_outage_nothing_is_held_and_nothing_is_owed():
    assert outages.held_until(DEADLINE, [], RULES) is None
    assert outages.due(DEADLINE, [], RULES) is None


def test_a_long_outage_is_given_back_whole_and_on_a_full_hour():
    assert outages.due(DEADLINE, [outage(-31.5, -1)], RULES) == DEADLINE + 31 * HOUR


hours = st.integers(-60 * 60, 60 * 60).map(lambda n: n / 60)


@given(st.lists(st.tuples(hours, hours).filter(lambda p: p[0] < p[1]), max_size=5))
def test_an_extension_by_the_rule_settles_it(pairs):
    found = [outage(*pair) for pair in pairs]
    due = outages.due(DEADLINE, found, RULES)
    touched = outages.touching(DEADLINE, found, RULES)
    assert (due is None) == (not touched)
    if due is not None:
        assert due > DEADLINE
        assert all(due >= one.until + RULES.extension for one in touched)
        later = [one for one in outages.touching(due, found, RULES) if one in touched]
        assert later == []
