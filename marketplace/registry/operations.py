"""Registering people and organisations; roles are given and taken in `grants`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from marketplace.accounts import personal
from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.personal import Kind
from marketplace.accounts.queries import has_permission
from marketplace.accounts.roles import Permission, Role
from marketplace.errors import Conflict, Invalid, NotPermitted
from marketplace.ledger.record import record
from marketplace.registry import identity
from marketplace.registry.eligible import check_may_hold

TENDERER_KINDS = ("farmer", "cooperative", "company")


class AlreadyRegistered(Conflict):
    """One natural person has one account; one registration is one organisation."""

    code = "already-registered"


class AlreadyIdentified(Conflict):
    """An identity number is given once."""

    code = "already-identified"


@dataclass(frozen=True)
class OrganizationDetails:
    kind: str
    name: str
    registration_number: str = ""
    province: str = ""
    district: str = ""
    ward: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    bank_account: str = ""

    @property
    def public(self) -> dict[str, str]:
        """What everybody may read of it."""
        return {k: v for k, v in self.__dict__.items() if k not in Kind.values}


@transaction.atomic
def identify(*, user: User, identity_number: str, now: datetime) -> User:
    """Tie an account to a natural person, once and for good.

    The same number again changes nothing. Raises AlreadyRegistered for a second account of the
    person, AlreadyIdentified for another number: whoever could change it could be two people.
    """
    digest = identity.digest(identity_number)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.identity_digest == digest:
        return user
    if user.identity_digest is not None:
        raise AlreadyIdentified(
            "This account is tied to another identity number.",
            where="identity_number",
            remedy="It cannot be changed. If it was mistyped, tell an administrator.",
        )
    if User.objects.filter(identity_digest=digest).exclude(pk=user.pk).exists():
        raise AlreadyRegistered(
            "There is already an account for this person.",
            where="identity_number",
            remedy="Sign in with that account; if you lost its password, reset it.",
        )
    user.identity_digest = digest
    user.save(update_fields=["identity_digest"])
    record(
        "PersonIdentified",
        subject=f"person:{user.public_id}",
        body={},
        by=user,
        now=now,
        visibility="auditor",
    )
    return user


@transaction.atomic
def register_tenderer(*, details: OrganizationDetails, by: User, now: datetime) -> Organization:
    """Register a farmer, co-operative or company; who registers it may bid for it."""
    if details.kind not in TENDERER_KINDS:
        raise Invalid("Register as a farmer, a co-operative or a company.", where="kind")
    check_may_hold(by, Role.TENDERER)
    organization = _create(details, now)
    Membership.objects.create(
        user=by, organization=organization, role=Role.TENDERER, granted_at=now
    )
    by.__dict__.pop("_current_memberships", None)
    _recorded("OrganizationRegistered", organization, by, now, {"kind": organization.kind})
    return organization


@transaction.atomic
def state_contact(
    *, holder: User | Organization, values: Mapping[str, str], by: User, now: datetime
) -> bool:
    """Keep telephone, address or bank account of a person or of an organisation he bids for.

    The ledger says that it was stated, never what.
    """
    mine = holder == by or (
        isinstance(holder, Organization) and has_permission(by, Permission.BID_SUBMIT, holder)
    )
    if not mine:
        raise NotPermitted("Only who bids for an organisation states how to reach and pay it.")
    for kind in Kind.values:
        if kind in values:
            personal.state(holder.public_id, kind, values[kind], now)
    name = "person" if isinstance(holder, User) else "organization"
    record(
        "ContactStated",
        subject=f"{name}:{holder.public_id}",
        body={"kinds": sorted(kind for kind in values if values[kind])},
        by=by,
        now=now,
        visibility="auditor",
    )
    return True


def _create(details: OrganizationDetails, now: datetime) -> Organization:
    if not details.name.strip():
        raise Invalid("Give the name.", where="name")
    try:
        with transaction.atomic():
            row = Organization.objects.create(**details.public, created_at=now)
    except IntegrityError:
        raise AlreadyRegistered(
            "This registration number is registered already.",
            where="registration_number",
            remedy="Ask whoever registered it to add you.",
        ) from None
    for kind in Kind.values:
        personal.state(row.public_id, kind, getattr(details, kind), now)
    return row


def _recorded(
    event: str, organization: Organization, by: User, now: datetime, body: dict[str, str]
) -> None:
    record(
        event,
        subject=f"organization:{organization.public_id}",
        body=body,
        by=by,
        now=now,
        visibility="auditor",
    )
