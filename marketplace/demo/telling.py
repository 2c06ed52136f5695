"""What the demo says on the terminal."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from marketplace import clock
from marketplace.demo import people, prepare, seed
from marketplace.demo.environment import HOST


def set_up(console: Console, told: threading.Event, *, small: bool = False) -> None:
    """Prepare and seed, with a bar that moves through the invented past."""
    now = clock.now()
    prepare.ready(now, lambda words: console.print(f"  {words} …"))
    bar = Progress(
        TextColumn("  inventing a marketplace"),
        BarColumn(),
        TextColumn("{task.fields[month]}"),
        console=console,
        transient=True,
    )
    with bar:
        begin = now - seed.BEGINNING
        task = bar.add_task("", total=seed.BEGINNING / timedelta(hours=1), month="", visible=False)

        def progress(at: datetime) -> None:
            if told.is_set():
                raise KeyboardInterrupt
            hours = (at - begin) / timedelta(hours=1)
            bar.update(task, completed=hours, month=f"{at:%B %Y}", visible=True)

        began = time.monotonic()
        if prepare.filled(now, progress, small=small):
            console.print(f"  a marketplace, invented in {time.monotonic() - began:.0f} s")


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
    console.print("[bold]One login per role[/]")
    for line in _logins():
        console.print(line, soft_wrap=True)
    console.print(
        f"\nTwo-step codes change every 30 seconds: {address}/demo/ shows the current ones.\n"
        f"Mails that were sent: {Path(settings.OUTBOX_DIR)}\n"
        f"These logins once more: {people.logins_file()}\n"
        f"Logs: {Path(settings.VAR_DIR) / 'log'}\n\n"
        "Everybody and everything in it is invented. Ctrl-C stops it.",
        soft_wrap=True,
    )


def _logins() -> Iterator[str]:
    """Two lines each, whole words that can be copied from a narrow terminal."""
    now = clock.now()
    for login in people.read_logins():
        yield f"\n  [cyan]{login.role.replace('_', ' ')}[/], {login.organization}"
        now_code = code(login.email, now)
        parts = [login.email, login.password, f"code {now_code}" if now_code else ""]
        yield "    " + "   ".join(part for part in parts if part)
        if login.passphrase:
            yield f"    passphrase for opening: {login.passphrase}"
