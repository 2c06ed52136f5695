"""What became of it: my bids, the receipt, withdrawing, payments."""

from marketplace.phone.rules.entry import wrong
from marketplace.phone.rules.facts import Facts
from marketplace.phone.rules.screens import (
    BACK,
    MORE,
    Act,
    Say,
    Screen,
    State,
    chosen,
    compose,
    count,
    listing,
    split,
)


def _title(facts: Facts, say: Say) -> str:
    return say("My bids") if facts.bids else say("You have no bid yet.")


def show_bids(state: State, facts: Facts, say: Say) -> Screen:
    return listing(state, _title(facts, say), [line.words for line in facts.bids], say)


def take_bids(state: State, typed: str, facts: Facts, say: Say) -> State:
    words = [line.words for line in facts.bids]
    if typed == BACK:
        return state.go("home")
    if typed == MORE:
        return state.turn(count(_title(facts, say), words, say))
    at = chosen(state, _title(facts, say), words, typed, say)
    return state.stay(wrong(say)) if at is None else state.go("bid", facts.bids[at].key)


def show_bid(state: State, facts: Facts, say: Say) -> Screen:
    bid = facts.standing
    assert bid is not None
    head = f"{bid.reference}: {bid.state}, {bid.received}. {say('Receipt')} {bid.code}"
    lines = [f"1 {say('Replace it')}", f"2 {say('Withdraw it')}"] if bid.open else []
    return compose(head, [*lines, f"0 {say('Back')}"], state.note)


def take_bid(state: State, typed: str, facts: Facts, say: Say) -> State:
    bid = facts.standing
    assert bid is not None
    if typed == BACK:
        return state.go("bids")
    if not bid.open or typed not in ("1", "2"):
        return state.stay(wrong(say))
    if typed == "2":
        return state.go("withdraw", *state.at)
    return state.go("tender", bid.reference)


def show_withdraw(state: State, facts: Facts, say: Say) -> Screen:
    head = say("Withdraw your bid for %(tender)s? It will never be opened.")
    lines = [f"1 {say('Yes, withdraw')}", f"0 {say('Back')}"]
    return compose(head % {"tender": state.at[0]}, lines, state.note)


def take_withdraw(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == "1":
        return Act("withdraw", state.go("home", note=say("Your bid is withdrawn.")))
    return state.go("bid", *state.at)


ROOM = 130


def _told(facts: Facts, say: Say) -> list[str]:
    nothing = say("No contract yet. What is paid to you will stand here.")
    texts = facts.payments or (nothing,)
    return [piece for text in texts for piece in split(text, ROOM)]


def show_payments(state: State, facts: Facts, say: Say) -> Screen:
    told = _told(facts, say)
    lines = [f"9 {say('More')}"] if len(told) > 1 else []
    return compose(told[state.page % len(told)], [*lines, f"0 {say('Back')}"], state.note)


def take_payments(state: State, typed: str, facts: Facts, say: Say) -> State:
    if typed == MORE:
        return state.turn(len(_told(facts, say)))
    return state.go("home") if typed == BACK else state.stay(wrong(say))
