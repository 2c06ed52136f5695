"""`python -m marketplace ledger status|recover`: what stands of the record, and the way back.

Recovering takes two administrators at the server's own shell, each with the code of his second
factor: while entries are missing nothing can be changed on the pages, and whoever runs the server
alone must not be the one who decides that they are gone.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from marketplace.accounts.models import User
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, MusikaError, NotFound, NotPermitted
from marketplace.ledger import epochs, outside, queries, recovery, roles, signer, triggers
from marketplace.ledger.models import Epoch, Head

Ask = Callable[[str], str]


def recover(*, first: User, second: User, reason: str, now: datetime) -> Epoch:
    """Open a new epoch in the name of two administrators, both signed in with two factors.

    Raises NotPermitted, Invalid, and what recovery.open_epoch raises.
    """
    if first.pk == second.pk:
        raise NotPermitted(
            "A new epoch takes two administrators.",
            code="separation-of-duties",
            remedy="Name two different people.",
        )
    for person in (first, second):
        if not person.is_active or not has_permission(person, Permission.ROLE_GRANT):
            raise NotPermitted(f"{person.email} is not an administrator.")
    if not reason.strip():
        raise Invalid("Say why entries were lost; it is published.", where="reason")
    return recovery.open_epoch(by=[first, second], reason=reason.strip(), now=now)


def proved(email: str, ask: Ask) -> User:
    """The person of that address, once the code of the second factor was given. NotPermitted."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise NotFound(f"Nobody signed up as {email}.")
    device = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if device is None or not TOTP(device).validate_code(ask(f"Code of {user.email}: ").strip()):
        raise NotPermitted(
            f"The code of {user.email} is wrong, was used, or there is no second factor.",
            remedy="Wait for the next code and begin again.",
        )
    return user


# --- the command --------------------------------------------------------------------------------


def main(arguments: Sequence[str], ask: Ask = input) -> int:
    """The command; 0 if all is well or was mended, 1 if not."""
    from marketplace import clock

    given = _parser().parse_args(arguments)
    if given.act == "status":
        return _status(given.audit)
    try:
        people = [proved(email, ask) for email in given.by]
        row = recover(first=people[0], second=people[1], reason=given.reason, now=clock.now())
    except MusikaError as error:
        return _say(f"{error.message} {error.remedy or ''}".strip(), 1)
    return _say(
        f"Epoch {row.number} begins at entry {row.kept}. Entries {row.kept} to "
        f"{row.lost_size - 1} of the epoch before are lost; the record says so.\n"
        f"Publish its key, and give it to the witnesses: {queries.verifier_key()}\n"
        "Make a backup now: one of before this epoch cannot be put back any more.",
        0,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="musika ledger", description=__doc__.splitlines()[0])
    acts = parser.add_subparsers(dest="act", required=True)
    status = acts.add_parser("status", help="whether the database holds all that was signed")
    status.add_argument("--audit", action="store_true", help="read every entry again")
    act = acts.add_parser("recover", help="open a new epoch after entries were lost")
    act.add_argument("--by", nargs=2, required=True, metavar="EMAIL", help="two administrators")
    act.add_argument("--reason", required=True, help="why entries were lost; it is published")
    return parser


def _status(audit: bool) -> int:
    signed, size = queries.latest_checkpoint(), Head.objects.get(pk=1).size
    lines = [
        f"Entries in the database: {size}, signed: {signed.size if signed else 0}",
        f"Epoch: {epochs.current()}, origin {queries.origin()}",
        *(_lost(row) for row in Epoch.objects.all()),
        *(f"Not guarded: {name} is missing." for name in triggers.missing(connection)),
        *(f"This role may change the ledger: {what}" for what in roles.excess(connection)),
    ]
    error = outside.read_only() or (_audited(lines) if audit else None)
    if error is None:
        return _say("\n".join([*lines, "The database holds all that was signed."]), 0)
    return _say("\n".join([*lines, f"READ-ONLY: {error.message} {error.remedy or ''}"]), 1)


def _lost(row: Epoch) -> str:
    when = row.opened_at.isoformat(timespec="seconds")
    return f"Lost before epoch {row.number} ({when}): entries {row.kept} to {row.lost_size - 1}"


def _audited(lines: list[str]) -> MusikaError | None:
    try:
        lines.append(f"Read again from the first entry: {signer.audit().size}, as signed.")
    except MusikaError as error:
        return error
    return None


def _say(words: str, status: int) -> int:
    sys.stdout.write(words + "\n")
    return status
