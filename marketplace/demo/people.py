"""Register the demo's people and organisations, and keep the logins of those who may sign in.

Passwords, passphrases and second factors are made anew for each installation: a demo that is
reachable from elsewhere is not open to whoever has read this repository.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction

from marketplace.accounts import personal
from marketplace.accounts.models import Organization, User
from marketplace.accounts.phones import WeakPin, check_pin
from marketplace.accounts.roles import SECOND_FACTOR_ROLES, Role
from marketplace.demo.world import Body, Person, World
from marketplace.registry import founders, grants, phones
from marketplace.registry import operations as registry
from marketplace.registry.operations import OrganizationDetails

WORDS = (
    "amber", "anvil", "barn", "basin", "bridge", "cedar", "chalk", "copper", "crane", "drum",
    "ember", "fern", "fiddle", "flint", "gourd", "granite", "hazel", "heron", "indigo", "ivory",
    "jacket", "kettle", "ladder", "lemon", "linen", "maple", "meadow", "needle", "olive", "orchard",
    "paddle", "pebble", "pepper", "plough", "quilt", "raven", "ribbon", "river", "saddle", "sickle",
    "silver", "spindle", "stone", "tallow", "thimble", "timber", "velvet", "violet", "walnut",
    "willow", "window", "winter", "yarrow", "zebra",
)  # fmt: skip


@dataclass(frozen=True)
class Login:
    """How one person signs in. `passphrase` unlocks an opener's keys; empty for everyone else."""

    role: str
    name: str
    organization: str
    email: str
    password: str
    passphrase: str = ""
    # Of the basic telephone that the demonstration draws; tenderers alone have one.
    phone: str = ""
    pin: str = ""


@dataclass(frozen=True)
class Cast:
    """The registered world: rows by key (organisations) and by name (people)."""

    world: World
    bodies: Mapping[str, Organization]
    people: Mapping[str, User]
    passphrases: Mapping[str, str]

    def staff(self, body: str, role: Role) -> User:
        person = next(p for p in self.world.people if p.body == body and p.role == role)
        return self.people[person.name]

    def tenderer(self, key: str) -> tuple[User, Organization]:
        return self.staff(key, Role.TENDERER), self.bodies[key]


def phrase(count: int) -> str:
    """Words at random, about 5.8 bits each."""
    return " ".join(secrets.choice(WORDS) for _ in range(count))


def logins_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-logins.json"


def read_logins() -> list[Login]:
    return [Login(**row) for row in json.loads(logins_file().read_text())]


def write_logins(logins: list[Login]) -> None:
    """Readable by the owner alone, from the first byte."""
    path = logins_file()
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([asdict(login) for login in logins], file, indent=2)


def register(world: World, now: datetime) -> tuple[Cast, list[Login]]:
    """Register everybody at `now`, through the registry wherever it has an operation."""
    logins = {p.name: _login(world, p) for p in world.people if p.signs_in}
    users = {p.name: _user(p, logins.get(p.name), now) for p in world.people}
    bodies = {b.key: _body(b, now) for b in (*world.buyers, *world.overseers, world.operator)}
    for number, user in enumerate(users.values()):
        registry.identify(user=user, identity_number=invented_number(number), now=now)
    admins = [users[p.name] for p in world.people if p.role == Role.ADMINISTRATOR]
    founders.found(first=admins[0], second=admins[1], now=now)
    for person in world.people:
        user = users[person.name]
        if person.role == Role.TENDERER:
            bodies[person.body] = _tenderer(world, person, user, now)
        elif person.role != Role.ADMINISTRATOR:
            _give(user, bodies[person.body], person.role, admins, now)
        user.__dict__.pop("_current_memberships", None)
    passphrases = {
        p.name: logins[p.name].passphrase if p.name in logins else phrase(4)
        for p in world.people
        if p.role == Role.OPENER
    }
    logins = _telephones(world, users, logins, now)
    return Cast(world, bodies, users, passphrases), list(logins.values())


def _telephones(
    world: World, users: Mapping[str, User], logins: Mapping[str, Login], now: datetime
) -> dict[str, Login]:
    """A proved telephone with a PIN for each tenderer who signs in; the numbers are invented."""
    found = dict(logins)
    tenderers = [p.name for p in world.people if p.role == Role.TENDERER and p.signs_in]
    for place, name in enumerate(tenderers, start=101):
        number, pin = f"+263771000{place}", _pin()
        with transaction.atomic():
            phones.take(users[name], number, now, how="network")
            phones.set_pin(user=users[name], pin=pin, now=now)
        found[name] = replace(found[name], phone=number, pin=pin)
    return found


def _pin() -> str:
    while True:
        try:
            return check_pin(f"{secrets.randbelow(100_000):05d}")
        except WeakPin:
            continue


def invented_number(number: int) -> str:
    """A national identity number that is visibly nobody's: district 00, origin 00."""
    return f"00-{number:07d} X 00"


def _give(user: User, body: Organization, role: Role, admins: list[User], now: datetime) -> None:
    """By two administrators, as in earnest."""
    proposal = grants.propose(user=user, organization=body, role=role, by=admins[0], now=now)
    grants.confirm(proposal=proposal, by=admins[1], now=now)


def _login(world: World, person: Person) -> Login:
    everybody = (*world.buyers, *world.overseers, world.operator, *world.tenderers)
    return Login(
        role=person.role.value,
        name=person.name,
        organization=next(body.name for body in everybody if body.key == person.body),
        email=person.email,
        password=phrase(3).replace(" ", "-"),
        passphrase=phrase(4) if person.role == Role.OPENER else "",
    )


def _user(person: Person, login: Login | None, now: datetime) -> User:
    user = User.objects.create_user(
        person.email,
        login.password if login else None,
        full_name=person.name,
        date_joined=now,
    )
    personal.state(user.public_id, personal.Kind.PHONE, person.phone, now)
    if login:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if person.role in SECOND_FACTOR_ROLES:
        Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": get_adapter().encrypt(generate_totp_secret())},
        )
    return user


def _body(body: Body, now: datetime) -> Organization:
    row = Organization.objects.create(
        kind=body.kind,
        buyer_kind=body.buyer_kind,
        name=body.name,
        province=body.province,
        district=body.district,
        created_at=now,
    )
    personal.state(row.public_id, personal.Kind.PHONE, body.phone, now)
    personal.state(row.public_id, personal.Kind.EMAIL, body.email, now)
    return row


def _tenderer(world: World, person: Person, user: User, now: datetime) -> Organization:
    body = next(b for b in world.tenderers if b.key == person.body)
    details = OrganizationDetails(
        kind=body.kind,
        name=body.name,
        province=body.province,
        district=body.district,
        email=body.email,
        phone=body.phone,
    )
    return registry.register_tenderer(details=details, by=user, now=now)
