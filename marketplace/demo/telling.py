"""What the demo says on the terminal."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from rich.console import Console
from rich.status import Status

from marketplace import clock
from marketplace.demo import people, prepare, seed
from marketplace.demo.environment import HOST
from procurement.models import Tender

# Seconds between two lines where the output is a file.
SAY_EVERY = 10.0
STALE = (
    "This marketplace has aged: no tender in it is open any more.\n"
    "To begin anew, stop it, then: make demo FRESH=1\n"
    "or: python -m marketplace demo --fresh\n"
    "That deletes this demo's data, and only then is anything deleted.\n"
)
# An estimate from less than this share of the work is a guess.
SURE_FROM = Fraction(1, 20)


def set_up(console: Console, told: threading.Event, *, small: bool = False) -> None:
    """Prepare and seed, and say how far it has come."""
    now = clock.now()
    prepare.ready(now, lambda words: console.print(f"  {words} …"))
    if not seed.is_empty():
        prepare.filled(now, lambda done: None)
        return
    console.print("  inventing people, tenders and bids; this happens at the first start only …")
    began = time.monotonic()
    with console.status("") as status:
        prepare.filled(now, _teller(console, status, told, began), small=small)
    console.print(f"  a marketplace, invented in {time.monotonic() - began:.0f} s")


def _teller(
    console: Console, status: Status, told: threading.Event, began: float
) -> Callable[[seed.Done], None]:
    """On a terminal one line that changes, elsewhere a line now and then."""
    last = began

    def progress(done: seed.Done) -> None:
        nonlocal last
        if told.is_set():
            raise KeyboardInterrupt
        at = time.monotonic()
        if at - last < (0.5 if console.is_terminal else SAY_EVERY):
            return
        last = at
        words = so_far(done, at - began)
        if console.is_terminal:
            status.update(words)
        else:
            console.print(f"  {words}", soft_wrap=True)

    return progress


def so_far(done: seed.Done, elapsed: float) -> str:
    """What is done and, once a twentieth is, how much longer it takes at this pace."""
    words = (
        f"{done.tenders} of {done.all_tenders} tenders, "
        f"{done.bids:,} of {done.all_bids:,} bids sealed, {elapsed:.0f} s"
    )
    if done.share < SURE_FROM:
        return words
    left = elapsed * float((1 - done.share) / done.share)
    return f"{words}, about {max(5, round(left / 5) * 5)} s more"


def code(email: str, at: datetime) -> str:
    """The two-step code of that person at that instant; empty for one who needs none."""
    row = Authenticator.objects.filter(user__email=email, type=Authenticator.Type.TOTP).first()
    if row is None:
        return ""
    secret = get_adapter().decrypt(row.data["secret"])
    counter = int(at.timestamp()) // app_settings.TOTP_PERIOD
    return format_hotp_value(hotp_value(secret, counter))


def welcome(console: Console, port: int, seconds: float) -> None:
    address = f"http://{HOST}:{port}"
    console.print(f"\n[bold green]Musika runs at {address}[/]  (after {seconds:.1f} s)\n")
    console.print("[bold]Who may sign in[/]")
    for line in logins():
        console.print(line, markup=False, soft_wrap=True)
    console.print(
        f"\nTwo-step codes change every 30 seconds. Those of this minute:\n  {address}/demo/\n"
        f"Mails that were sent:\n  {Path(settings.OUTBOX_DIR)}\n"
        f"These logins once more:\n  {people.logins_file()}\n"
        f"Logs:\n  {Path(settings.VAR_DIR) / 'log'}\n",
        soft_wrap=True,
    )
    if not anything_open(clock.now()):
        console.print(STALE, style="bold", soft_wrap=True)
    console.print("Everybody and everything in it is invented. Ctrl-C stops it.")


def anything_open(at: datetime) -> bool:
    """Whether a visitor still finds a tender to bid for."""
    return Tender.objects.filter(published_at__lte=at, deadline__gt=at, cancelled_at=None).exists()


def logins() -> Iterator[str]:
    """One thing a line, each of them short: nothing is cut, and each can be copied whole."""
    for login in people.read_logins():
        yield f"\n  {login.role.replace('_', ' ')}, {login.organization}"
        yield f"    e-mail      {login.email}"
        yield f"    password    {login.password}"
        if login.passphrase:
            yield f"    passphrase  {login.passphrase}  (opens bids)"
        if code(login.email, clock.now()):
            yield "    and the two-step code of this minute"
