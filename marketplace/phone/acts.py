"""What the menu wants done: each act is one call of an operation, the same as on a page."""

from collections.abc import Callable, Mapping
from datetime import datetime

from marketplace.accounts.models import User
from marketplace.errors import MusikaError
from marketplace.notify import preferences
from marketplace.phone import world
from marketplace.phone.rules.screens import Act, Say, State
from marketplace.phone.world import Caller
from marketplace.registry import phones
from procurement.operations import bids, drafts
from procurement.queries import terms
from procurement.rules import biddraft
from procurement.rules.biddraft import Draft
from procurement.rules.demands import demand


class Desk:
    """One input of one call: who calls, where he is, and when it arrived."""

    def __init__(
        self,
        state: State,
        caller: Caller,
        say: Say,
        right: bool,
        received_at: datetime,
        now: datetime,
    ) -> None:
        self.state, self.caller, self.say = state, caller, say
        self.right, self.received_at, self.now = right, received_at, now


def perform(act: Act, desk: Desk) -> State:
    """Do it; where that leads. A refusal stays on the screen and says why."""
    try:
        return _DOERS[act.name](act, desk)
    except MusikaError as error:
        said = f"{error.message} {error.remedy}" if error.remedy else error.message
        return desk.state.without("pin").stay(desk.say(said))


def _language(act: Act, desk: Desk) -> State:
    if desk.caller.user is not None:
        code = act.values["language"]
        preferences.choose(person=desk.caller.user, wanted={}, language=code, now=desk.now)
    return act.then


def _pin(act: Act, desk: Desk) -> State:
    phone = desk.caller.phone
    assert phone is not None
    if phones.tried(phone=phone, right=desk.right, now=desk.now):
        return act.then
    phone.refresh_from_db()
    phones.check_unlocked(phone, desk.now)
    say = desk.say
    return desk.state.stay(say("This is not your PIN."))


def _newpin(act: Act, desk: Desk) -> State:
    phones.set_pin(user=_user(desk), pin=act.values["pin"], now=desk.now)
    return act.then


def _register(act: Act, desk: Desk) -> State:
    values = act.values
    phones.register_farmer(
        number=desk.caller.number,
        name=values["name"],
        identity_number=values["identity"],
        province=values["province"],
        district=values["district"],
        pin=values["pin"],
        language=desk.state.held.get("language", "en"),
        now=desk.now,
    )
    return act.then


def _save(act: Act, desk: Desk) -> State:
    farm, tender = desk.caller.farm, world.tender_of(desk.state.at[0], desk.now)
    assert farm is not None
    draft = with_answer(world.draft_of(tender, farm), act.values)
    data = biddraft.to_bytes(draft)
    drafts.save(tender=tender, tenderer=farm, data=data, by=_user(desk), now=desk.now)
    return act.then


def with_answer(draft: Draft, values: Mapping[str, str]) -> Draft:
    """The draft with one answer more."""
    kind, lot, *rest = values["key"].split(" ")
    number, value = int(lot), values["value"]
    prices = {k: t for k, t in draft.prices.items() if k[0] == number}
    declared = {k: t for k, t in draft.declared.items() if k[0] == number}
    options = {k: t for k, t in draft.options.items() if k[0] == number}
    if kind == "price":
        prices[number, int(rest[0])] = value
    elif kind == "value":
        declared[number, int(rest[0]), rest[1]] = value
    else:
        options[number, int(rest[0])] = value
    return draft.with_lot(number, prices, declared, options)


def _submit(act: Act, desk: Desk) -> State:
    farm, tender = desk.caller.farm, world.tender_of(desk.state.at[0], desk.now)
    assert farm is not None
    content = world.draft_of(tender, farm).content(demand(terms.frozen(tender)))
    bids.submit(
        tender=tender,
        tenderer=farm,
        content=content,
        by=_user(desk),
        received_at=desk.received_at,
        now=desk.now,
    )
    return act.then


def _withdraw(act: Act, desk: Desk) -> State:
    farm, tender = desk.caller.farm, world.tender_of(desk.state.at[0], desk.now)
    assert farm is not None
    bids.withdraw(
        tender=tender, tenderer=farm, by=_user(desk), received_at=desk.received_at, now=desk.now
    )
    return act.then


def _user(desk: Desk) -> User:
    assert desk.caller.user is not None
    return desk.caller.user


_DOERS: dict[str, Callable[[Act, Desk], State]] = {
    "language": _language,
    "pin": _pin,
    "newpin": _newpin,
    "register": _register,
    "save": _save,
    "submit": _submit,
    "withdraw": _withdraw,
}
