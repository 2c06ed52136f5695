"""The menu as one table: what each screen shows and what it does with what is typed. Pure."""

from collections.abc import Callable

from marketplace.notify import gsm
from marketplace.phone.rules import entry, finding, offering, standing
from marketplace.phone.rules.facts import Facts
from marketplace.phone.rules.screens import MOST, Act, Say, Screen, State

Show = Callable[[State, Facts, Say], Screen]
Take = Callable[[State, str, Facts, Say], State | Act]


def _end(state: State, typed: str, facts: Facts, say: Say) -> State:
    return state


SCREENS: dict[str, tuple[Show, Take]] = {
    "home": (entry.show_home, entry.take_home),
    "bye": (entry.show_bye, _end),
    "stranger": (entry.show_stranger, entry.take_stranger),
    "language": (entry.show_language, entry.take_language),
    "pin": (entry.show_pin, entry.take_pin),
    "newpin": (entry.show_newpin, entry.take_newpin),
    "name": (entry.show_name, entry.take_name),
    "identity": (entry.show_identity, entry.take_identity),
    "province": (entry.show_places, entry.take_places),
    "district": (entry.show_places, entry.take_places),
    "firstpin": (entry.show_newpin, entry.take_firstpin),
    "area": (finding.show_area, finding.take_area),
    "where": (finding.show_where, finding.take_where),
    "tenders": (finding.show_tenders, finding.take_tenders),
    "tender": (finding.show_tender, finding.take_tender),
    "lots": (offering.show_lots, offering.take_lots),
    "ask": (offering.show_ask, offering.take_ask),
    "check": (offering.show_check, offering.take_check),
    "sent": (offering.show_sent, _end),
    "bids": (standing.show_bids, standing.take_bids),
    "bid": (standing.show_bid, standing.take_bid),
    "withdraw": (standing.show_withdraw, standing.take_withdraw),
    "payments": (standing.show_payments, standing.take_payments),
}


def show(state: State, facts: Facts, say: Say) -> Screen:
    """What the telephone shows: at most 160 characters of its alphabet."""
    screen = SCREENS[state.screen][0](state, facts, say)
    return Screen(gsm.cut(screen.text, MOST), screen.ends)


def take(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    """Where what was typed leads, or what it wants done."""
    return SCREENS[state.screen][1](state, typed.strip(), facts, say)
