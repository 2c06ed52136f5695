"""Finding a tender and reading it, a few lines at a time."""

from marketplace.phone.rules.entry import guarded, wrong
from marketplace.phone.rules.facts import Facts, LotFacts, TenderFacts
from marketplace.phone.rules.screens import (
    BACK,
    MORE,
    MOST,
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
from procurement.rules.words import amount
from produce.rules.limits import bound_words

HERE, AROUND, EVERYWHERE = "district", "province", "all"


def _areas(facts: Facts, say: Say) -> list[tuple[str, str, str]]:
    """Way, place, words: near first."""
    found = []
    if facts.me and facts.me.district:
        found.append((HERE, facts.me.district, facts.me.district))
    if facts.me and facts.me.province:
        found.append((AROUND, facts.me.province, facts.me.province))
    found.append((EVERYWHERE, "", say("All provinces")))
    return [*found, ("choose", "", say("Choose a province"))]


def show_area(state: State, facts: Facts, say: Say) -> Screen:
    lines = [f"{n} {words}" for n, (_, _, words) in enumerate(_areas(facts, say), start=1)]
    return compose(say("Open tenders. Where?"), [*lines, f"0 {say('Back')}"], state.note)


def take_area(state: State, typed: str, facts: Facts, say: Say) -> State:
    if typed == BACK:
        return state.go("home")
    areas = _areas(facts, say)
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(areas)):
        return state.stay(wrong(say))
    way, place, _ = areas[int(typed) - 1]
    return state.go("where") if way == "choose" else state.go("tenders", way, place)


def show_where(state: State, facts: Facts, say: Say) -> Screen:
    return listing(state, say("Which province?"), facts.places, say)


def take_where(state: State, typed: str, facts: Facts, say: Say) -> State:
    title = say("Which province?")
    if typed == BACK:
        return state.go("area")
    if typed == MORE:
        return state.turn(count(title, facts.places, say))
    at = chosen(state, title, facts.places, typed, say)
    return state.stay(wrong(say)) if at is None else state.go("tenders", AROUND, facts.places[at])


def _tenders_title(facts: Facts, say: Say) -> str:
    return say("Open tenders") if facts.tenders else say("No tender is open here now.")


def show_tenders(state: State, facts: Facts, say: Say) -> Screen:
    return listing(state, _tenders_title(facts, say), [line.words for line in facts.tenders], say)


def take_tenders(state: State, typed: str, facts: Facts, say: Say) -> State:
    title, words = _tenders_title(facts, say), [line.words for line in facts.tenders]
    if typed == BACK:
        return state.go("area")
    if typed == MORE:
        return state.turn(count(title, words, say))
    at = chosen(state, title, words, typed, say)
    if at is None:
        return state.stay(wrong(say))
    return state.go("tender", facts.tenders[at].key, list=" ".join(state.at))


def _tender_options(tender: TenderFacts, say: Say) -> list[str]:
    bid = [f"1 {say('Bid')}"] if tender.open else []
    return [*bid, f"9 {say('More')}", f"0 {say('Back')}"]


def _told(tender: TenderFacts, say: Say) -> list[str]:
    """The tender in pieces that fit above the options."""
    room = MOST - len("\n".join(_tender_options(tender, say))) - 1
    texts = [
        f"{tender.reference}: {tender.title}. {tender.buyer}",
        f"{say('Closes')} {tender.closes}. {tender.place}",
    ]
    for lot in tender.lots:
        texts += _lot_texts(lot, len(tender.lots) > 1, say)
    return [piece for text in texts for piece in split(text, room)]


def _lot_texts(lot: LotFacts, named: bool, say: Say) -> list[str]:
    start = f"{say('Lot')} {lot.number}: " if named else ""
    found = []
    for goods in lot.goods:
        limits = "; ".join(f"{limit.name} {bound_words(limit)}" for limit in goods.limits)
        asked = f"{start}{goods.words}, {amount(goods.quantity, goods.unit)}"
        found.append(f"{asked}. {limits}" if limits else asked)
    if lot.gates:
        found.append(f"{start}{say('You need')}: {'; '.join(lot.gates)}")
    return found


def show_tender(state: State, facts: Facts, say: Say) -> Screen:
    assert facts.tender is not None
    told = _told(facts.tender, say)
    head = told[state.page % len(told)]
    return compose(head, _tender_options(facts.tender, say), state.note)


def take_tender(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    assert facts.tender is not None
    tender = facts.tender
    if typed == BACK:
        way, _, place = state.held.get("list", "all").partition(" ")
        return state.go("tenders", way, place)
    if typed == MORE:
        return state.turn(len(_told(tender, say)))
    if typed != "1" or not tender.open:
        return state.stay(wrong(say))
    if len(tender.lots) == 1:
        return guarded(state, facts, "ask", tender.reference, str(tender.lots[0].number), "0")
    return guarded(state, facts, "lots", tender.reference)
