"""One request of a call: find the call, take what was typed, answer; once, however often asked.

The call's row, what an operation changed and the answer commit together: a request that is
repeated because its answer was lost gets the same answer and does nothing again.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from marketplace import keys
from marketplace.accounts import phones
from marketplace.errors import Invalid, MusikaError
from marketplace.phone import acts, world
from marketplace.phone.models import UssdSession
from marketplace.phone.rules import machine
from marketplace.phone.rules.screens import Act, Screen, State
from marketplace.phone.world import Caller
from procurement.rules import sealing

# Longer than any network lets a call stand still.
IDLE = timedelta(minutes=3)
CALLS, WITHIN = 30, timedelta(minutes=10)
LONGEST = 2000


@dataclass(frozen=True)
class Request:
    """What the operator of the short code sends: `text` is all input so far, with * between."""

    session: str
    number: str
    text: str

    @property
    def inputs(self) -> list[str]:
        return self.text.split("*") if self.text else []


@dataclass(frozen=True)
class Kept:
    """What a call keeps: where it is, and its last answer."""

    state: State
    screen: Screen


def answer(request: Request, *, received_at: datetime, now: datetime) -> Screen:
    """The screen that answers a request. Raises Invalid for one that makes no sense."""
    number = phones.number(request.number)
    if not request.session or len(request.session) > 200 or len(request.text) > LONGEST:
        raise Invalid("This is no request of a call.", where="sessionId")
    phone = phones.owner(number)
    # Before any lock: comparing a PIN is slow by design.
    right = _pin_is_right(request, phone)
    with transaction.atomic():
        caller = world.caller_of(number, phone)
        row = _row(request, number, now)
        if row is None:
            return _too_many(caller)
        return _answer(row, request, caller, right, received_at, now)


def _row(request: Request, number: str, now: datetime) -> UssdSession | None:
    """The call, locked; a new one, unless the number makes too many."""
    key, digest = _key(request.session), phones.digest(number)
    row = UssdSession.objects.select_for_update().filter(key=key).first()
    if row is not None:
        return row
    recent = UssdSession.objects.filter(number_digest=digest, opened_at__gt=now - WITHIN)
    if recent.count() >= CALLS:
        return None
    row, _ = UssdSession.objects.get_or_create(
        key=key,
        defaults={
            "number_digest": digest,
            "text_digest": "",
            "opened_at": now,
            "touched_at": now,
        },
    )
    return UssdSession.objects.select_for_update().get(pk=row.pk)


def _answer(
    row: UssdSession,
    request: Request,
    caller: Caller,
    right: bool,
    received_at: datetime,
    now: datetime,
) -> Screen:
    with translation.override(_language(caller)):
        if row.number_digest != phones.digest(caller.number) or now - row.touched_at > IDLE:
            return _over(row, now)
        kept = _read(row)
        if row.ended_at is not None and kept is None:
            return _over(row, now)
        if kept is not None and (
            _digest(request) == row.text_digest or len(request.inputs) <= row.steps
        ):
            # Asked again, or an older request that was held up on its way.
            return kept.screen
        if row.ended_at is not None:
            return _over(row, now)
        state = kept.state if kept else State()
        for typed in request.inputs[row.steps :]:
            state = _step(state, typed, caller, right, received_at, now)
            caller = world.caller_of(caller.number, phones.owner(caller.number))
        return _keep(row, request, state, caller, now)


def _step(
    state: State, typed: str, caller: Caller, right: bool, received_at: datetime, now: datetime
) -> State:
    with translation.override(_spoken(state, caller)):
        facts = world.load(state, caller, gettext, now)
        taken = machine.take(state.stay(""), typed, facts, gettext)
        if isinstance(taken, Act):
            desk = acts.Desk(state.stay(""), caller, gettext, right, received_at, now)
            return acts.perform(taken, desk)
        return taken


def _keep(
    row: UssdSession, request: Request, state: State, caller: Caller, now: datetime
) -> Screen:
    with translation.override(_spoken(state, caller)):
        screen = machine.show(state, world.load(state, caller, gettext, now), gettext)
    row.steps, row.text_digest, row.touched_at = len(request.inputs), _digest(request), now
    if screen.ends:
        row.ended_at, state = now, State(state.screen)
    row.sealed = _seal(row, Kept(state, screen))
    row.save()
    return screen


def _over(row: UssdSession, now: datetime) -> Screen:
    """A call that is too old or somebody else's; nothing of it is kept or told."""
    if row.ended_at is None and now - row.touched_at > IDLE:
        row.ended_at, row.sealed = now, None
        row.save(update_fields=["ended_at", "sealed"])
    return Screen(gettext("This call is over. Dial again: what you typed is kept."), ends=True)


def forget(*, now: datetime) -> int:
    """Empty the calls that ended or stand still; a sweep. Returns how many."""
    old = UssdSession.objects.filter(touched_at__lt=now - IDLE)
    old.filter(ended_at=None).update(ended_at=now)
    return old.exclude(sealed=None).update(sealed=None)


# --- what lies in the row -----------------------------------------------------------------------


def _key(session: str) -> str:
    return phones.keyed("musika-call/1", session)


def _digest(request: Request) -> str:
    return phones.keyed("musika-input/1", f"{request.session}\n{request.text}")


def _context(row: UssdSession) -> bytes:
    return f"musika-call/1\n{row.key}".encode()


def _seal(row: UssdSession, kept: Kept) -> bytes:
    state = kept.state
    data = {
        "screen": state.screen,
        "at": list(state.at),
        "page": state.page,
        "note": state.note,
        "held": dict(state.held),
        "shown": kept.screen.text,
        "ends": kept.screen.ends,
    }
    return sealing.protect(json.dumps(data).encode(), keys.load("draft"), _context(row))


def _read(row: UssdSession) -> Kept | None:
    if row.sealed is None:
        return None
    raw = sealing.reveal(bytes(row.sealed), keys.load("draft"), _context(row))
    data: dict[str, Any] = json.loads(raw)
    state = State(data["screen"], tuple(data["at"]), data["page"], data["note"], data["held"])
    return Kept(state, Screen(data["shown"], data["ends"]))


def _pin_is_right(request: Request, phone: Any) -> bool:
    """Whether the last input is the PIN that the call waits for; asked without a lock."""
    row = UssdSession.objects.filter(key=_key(request.session)).first()
    if row is None or phone is None or not request.inputs:
        return False
    try:
        kept = _read(row)
    except MusikaError:
        return False
    waits = kept is not None and kept.state.screen == "pin"
    return waits and phones.pin_matches(phone, request.inputs[-1].strip())


def _language(caller: Caller) -> str:
    code = caller.user.language if caller.user else ""
    return code if code in dict(settings.LANGUAGES) else "en"


def _spoken(state: State, caller: Caller) -> str:
    """The language of the call: the one chosen in it, else the person's."""
    return state.held.get("language") or _language(caller)


def _too_many(caller: Caller) -> Screen:
    with translation.override(_language(caller)):
        return Screen(gettext("Too many calls. Try again in ten minutes."), ends=True)
