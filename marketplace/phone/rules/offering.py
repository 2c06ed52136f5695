"""Writing a bid: one question a screen, then a look at it, then it is sealed."""

import re
from collections.abc import Iterator

from marketplace.errors import MusikaError
from marketplace.phone.rules.entry import wrong
from marketplace.phone.rules.facts import Facts, Question, TenderFacts, questions
from marketplace.phone.rules.screens import (
    BACK,
    CHOICES,
    MORE,
    Act,
    Say,
    Screen,
    State,
    chosen,
    compose,
    count,
    listing,
)
from procurement.rules import bidding
from produce.rules.facts import Kind
from produce.rules.limits import read_value
from produce.rules.numbers import plain

# A nought can be an answer here: none of it, for example.
STEP_BACK, KEEP = "00", "000"


def _tender(facts: Facts) -> TenderFacts:
    assert facts.tender is not None
    return facts.tender


def _lots(facts: Facts, say: Say) -> list[str]:
    return [f"{say('Lot')} {lot.number}: {lot.title}" for lot in _tender(facts).lots]


def show_lots(state: State, facts: Facts, say: Say) -> Screen:
    return listing(state, say("Which lot?"), _lots(facts, say), say)


def take_lots(state: State, typed: str, facts: Facts, say: Say) -> State:
    title, words = say("Which lot?"), _lots(facts, say)
    if typed == BACK:
        return state.go("tender", *state.at)
    if typed == MORE:
        return state.turn(count(title, words, say))
    at = chosen(state, title, words, typed, say)
    if at is None:
        return state.stay(wrong(say))
    return state.go("ask", state.at[0], str(_tender(facts).lots[at].number), "0")


def _asked(state: State, facts: Facts) -> tuple[Question, int, int]:
    """The question at hand, its place and how many there are."""
    all_ = questions(_tender(facts).lot(state.at[1]))
    at = min(int(state.at[2]), len(all_) - 1)
    return all_[at], at, len(all_)


def show_ask(state: State, facts: Facts, say: Say) -> Screen:
    question, at, total = _asked(state, facts)
    head = f"{at + 1}/{total} {_words(question, facts, say)}"
    lines = [f"{digit} {label}" for digit, _, label in _options(question, say)]
    typed = facts.typed.get(question.key, "")
    if typed:
        lines.append(f"{KEEP} {say('Keep')} {typed}")
    return compose(head, [*lines, f"{STEP_BACK} {say('Back')}"], state.note)


def _words(question: Question, facts: Facts, say: Say) -> str:
    if question.kind == "price":
        goods, _, unit = question.words.rpartition("|")
        told = {"unit": unit, "goods": goods, "currency": _tender(facts).currency}
        return say("Price in %(currency)s for one %(unit)s of %(goods)s, delivered?") % told
    if question.kind == "gate":
        return say("Do you have: %(gate)s?") % {"gate": question.words}
    if question.kind == "value" and not question.options:
        return say("Yours: %(limit)s?") % {"limit": question.words}
    return f"{question.words}?"


def _options(question: Question, say: Say) -> Iterator[tuple[str, str, str]]:
    """Digit, value, label."""
    if question.kind == "gate":
        yield from (("1", "yes", say("Yes")), ("2", "no", say("No")))
    for digit, (value, label) in zip(CHOICES, question.options, strict=False):
        yield digit, value, label


def take_ask(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    question, at, total = _asked(state, facts)
    reference, lot = state.at[0], state.at[1]
    if typed == STEP_BACK:
        return state.go("ask", reference, lot, str(at - 1)) if at else state.go("tender", reference)
    following = str(at + 1)
    then = (
        state.go("check", reference, lot)
        if at + 1 == total
        else state.go("ask", reference, lot, following)
    )
    if typed == KEEP and facts.typed.get(question.key):
        return then
    try:
        value = read(question, typed, say)
    except MusikaError as error:
        return state.stay(error.message)
    if question.kind == "gate":
        missing = say("Who lacks it cannot be awarded. You may go on or go back.")
        return then if value == "yes" else then.stay(missing)
    key = " ".join(question.key)
    return Act("save", then, {"key": key, "value": value})


def read(question: Question, typed: str, say: Say) -> str:
    """The value that was typed, as the draft keeps it; raises BadBid and what limits raise."""
    picked = {digit: value for digit, value, _ in _options(question, say)}
    if typed in picked and (question.limit is None or question.limit.kind is not Kind.TEXT):
        return picked[typed]
    if question.kind == "price":
        return price(typed, say)
    if question.limit is None or question.limit.kind is Kind.BOOLEAN:
        raise bidding.BadBid(wrong(say))
    if question.limit.kind is Kind.TEXT:
        return picked.get(typed, typed)[:60]
    value = read_value(question.limit, typed)
    return value if isinstance(value, str) else plain(value)


def price(typed: str, say: Say) -> str:
    """A price as digits with a point; raises BadBid, which says how to type it."""
    text = typed.replace(" ", "")
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise bidding.BadBid(say("Type digits, with a point for cents: 312.50"))
    try:
        value = bidding.number(text, "price")
    except bidding.BadBid:
        raise bidding.BadBid(say("This number is too long.")) from None
    if value <= 0:
        raise bidding.BadBid(say("The price must be above zero."))
    return format(value, "f")


def show_check(state: State, facts: Facts, say: Say) -> Screen:
    if facts.gap:
        lines = [f"2 {say('Change')}", f"0 {say('Back')}"]
        return compose(f"{say('Not complete yet')}: {facts.gap}", lines, state.note)
    head = "\n".join([_tender(facts).reference, *facts.totals])
    lines = [f"1 {say('Send, sealed')}", f"2 {say('Change')}", f"0 {say('Later')}"]
    return compose(head, lines, state.note)


def take_check(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    reference, lot = state.at
    if typed == "2":
        return state.go("ask", reference, lot, "0")
    if typed == BACK:
        return state.go("home", note=say("Kept for you, not sent. No receipt, no bid."))
    if typed != "1" or facts.gap:
        return state.stay(wrong(say))
    return Act("submit", state.go("sent", reference))


def show_sent(state: State, facts: Facts, say: Say) -> Screen:
    told = {"tender": state.at[0], "code": facts.code}
    head = say(
        "Received and sealed: %(tender)s. Receipt %(code)s. It comes by SMS too. Nobody can "
        "read your bid before the opening."
    )
    return compose(head % told, ends=True)
