"""Coming in: the first screen, the language, the PIN, and registering."""

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
)

LANGUAGES = (("en", "English"), ("sn", "chiShona"), ("nd", "isiNdebele"))
PIN_DIGITS = 5


def wrong(say: Say) -> str:
    return say("Not a choice here.")


def show_home(state: State, facts: Facts, say: Say) -> Screen:
    if facts.me is None:
        lines = [say("Open tenders"), say("Register"), say("Language")]
        head = say("Musika. Farm tenders of the state.")
    else:
        lines = [say("Open tenders"), say("My bids"), say("Payments"), say("Language"), say("PIN")]
        head = f"Musika. {facts.me.name.split()[0]}"
    numbered = [f"{n} {line}" for n, line in enumerate(lines, start=1)]
    return compose(head, [*numbered, f"0 {say('End')}"], state.note)


def take_home(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == BACK:
        return state.go("bye")
    ways = ("area", "name", "language")
    if facts.me is not None:
        ways = ("area", "bids", "payments", "language", "newpin")  # type: ignore[assignment]
    if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(ways)):
        return state.stay(wrong(say))
    way = ways[int(typed) - 1]
    if way in ("bids", "payments", "newpin"):
        return guarded(state, facts, way)
    return state.go(way)


def guarded(state: State, facts: Facts, screen: str, *at: str) -> State:
    """To that screen, by way of what is missing: an account, a PIN, the PIN typed."""
    if facts.me is None:
        return state.go("stranger")
    if state.held.get("trusted") and screen != "newpin":
        return state.go(screen, *at)
    way = " ".join((screen, *at))
    if not facts.me.has_pin:
        return state.go("newpin", way="" if screen == "newpin" else way)
    return state.go("pin", way=way)


def show_bye(state: State, facts: Facts, say: Say) -> Screen:
    return compose(say("Musika: goodbye."), note=state.note, ends=True)


def show_stranger(state: State, facts: Facts, say: Say) -> Screen:
    head = say(
        "To bid, register first. Have an account already? Add this telephone to it on the "
        "web page, under Telephone."
    )
    return compose(head, [f"1 {say('Register')}", f"0 {say('Back')}"])


def take_stranger(state: State, typed: str, facts: Facts, say: Say) -> State:
    return state.go("name") if typed == "1" else state.go("home")


def show_language(state: State, facts: Facts, say: Say) -> Screen:
    lines = [f"{n} {name}" for n, (_, name) in enumerate(LANGUAGES, start=1)]
    return compose(say("Language"), [*lines, f"0 {say('Back')}"], state.note)


def take_language(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == BACK:
        return state.go("home")
    if typed not in ("1", "2", "3"):
        return state.stay(wrong(say))
    code = LANGUAGES[int(typed) - 1][0]
    return Act("language", state.go("home", language=code), {"language": code})


def show_pin(state: State, facts: Facts, say: Say) -> Screen:
    return compose(say("Type your PIN (5 digits)."), [f"0 {say('Back')}"], state.note)


def take_pin(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == BACK:
        return state.go("home").without("way")
    return Act("pin", onward(state.go("home", trusted="1")))


def onward(state: State) -> State:
    """To where somebody wanted to go before the PIN was asked."""
    screen, *at = state.held.get("way", "home").split() or ["home"]
    return state.go(screen, *at).without("way")


def show_newpin(state: State, facts: Facts, say: Say) -> Screen:
    head = say("Choose a PIN of 5 digits, not all alike and not in a row.")
    if state.held.get("pin"):
        head = say("Type the same PIN once more.")
    return compose(head, [f"0 {say('Back')}"], state.note)


def take_newpin(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == BACK:
        return state.go("home").without("pin", "way")
    first = state.held.get("pin")
    if not first:
        return state.go("newpin", pin=typed)
    if first != typed:
        return state.without("pin").stay(say("The two were not alike. Choose again."))
    done = onward(state.go("home", trusted="1").without("pin"))
    return Act("newpin", done.stay(say("Your PIN is set.")), {"pin": typed})


# --- registering --------------------------------------------------------------------------------


def show_name(state: State, facts: Facts, say: Say) -> Screen:
    head = say("Register as a farmer. Type your first name and family name.")
    return compose(head, [f"0 {say('Back')}"], state.note)


def take_name(state: State, typed: str, facts: Facts, say: Say) -> State:
    if typed == BACK:
        return state.go("home")
    if len(typed.split()) < 2 or len(typed) > 100:
        return state.stay(say("Type both names."))
    return state.go("identity", name=typed)


def show_identity(state: State, facts: Facts, say: Say) -> Screen:
    head = say("Type your national ID number, for example 63-1234567 A 42. Only a digest is kept.")
    return compose(head, [f"0 {say('Back')}"], state.note)


def take_identity(state: State, typed: str, facts: Facts, say: Say) -> State:
    if typed == BACK:
        return state.go("name")
    return state.go("province", identity=typed)


def show_places(state: State, facts: Facts, say: Say) -> Screen:
    return listing(state, _place_title(state, say), facts.places, say)


def _place_title(state: State, say: Say) -> str:
    return say("Your district?") if state.screen == "district" else say("Your province?")


def take_places(state: State, typed: str, facts: Facts, say: Say) -> State:
    title = _place_title(state, say)
    if typed == BACK:
        return state.go("identity" if state.screen == "province" else "province")
    if typed == MORE:
        return state.turn(count(title, facts.places, say))
    at = chosen(state, title, facts.places, typed, say)
    if at is None:
        return state.stay(wrong(say))
    if state.screen == "province":
        return state.go("district", facts.places[at], province=facts.places[at])
    return state.go("firstpin", district=facts.places[at])


def take_firstpin(state: State, typed: str, facts: Facts, say: Say) -> State | Act:
    if typed == BACK:
        return state.go("home").without("pin", "name", "identity")
    first = state.held.get("pin")
    if not first:
        return state.go("firstpin", pin=typed)
    if first != typed:
        return state.without("pin").stay(say("The two were not alike. Choose again."))
    names = ("name", "identity", "province", "district")
    values = {name: state.held.get(name, "") for name in names} | {"pin": typed}
    done = state.go("home", trusted="1").without("pin", *names)
    return Act("register", done.stay(say("You are registered.")), values)
