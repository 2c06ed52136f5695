"""Organisations, natural persons, and the roles that persons hold in organisations."""

import secrets

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from knox.models import AbstractAuthToken

from marketplace.accounts.personal_data import Erasure, PersonalDatum
from marketplace.accounts.phone_data import Phone, PhoneCode
from marketplace.accounts.roles import Role

__all__ = [
    "ApiKey",
    "Debarment",
    "Erasure",
    "Membership",
    "Organization",
    "PersonalDatum",
    "Phone",
    "PhoneCode",
    "RoleProposal",
    "User",
    "public_id",
]


def public_id() -> str:
    """A short random name for use in addresses and the ledger: says nothing about its bearer."""
    return secrets.token_hex(8)


class Organization(models.Model):
    class Kind(models.TextChoices):
        BUYER = "buyer", "Buyer"
        FARMER = "farmer", "Farmer"
        COOPERATIVE = "cooperative", "Co-operative"
        COMPANY = "company", "Company"
        OVERSIGHT = "oversight", "Oversight body"
        OPERATOR = "operator", "Platform operator"

    class BuyerKind(models.TextChoices):
        GRAIN_BOARD = "grain_board", "Grain board"
        SCHOOL_FEEDING = "school_feeding", "School feeding"
        HOSPITAL = "hospital", "Hospital"
        PRISON = "prison", "Prison service"
        OTHER = "other", "Other public body"

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    buyer_kind = models.CharField(max_length=16, choices=BuyerKind, blank=True)
    name = models.CharField(max_length=200)
    # Unique where given: one registration, one organisation. Historical tenderers have none.
    registration_number = models.CharField(max_length=60, blank=True)
    province = models.CharField(max_length=60, blank=True)
    district = models.CharField(max_length=60, blank=True)
    ward = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    # Set for those that exist only as names in an imported history; they cannot log in or bid.
    historical_source = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            # Only a buyer has a kind of buyer.
            models.CheckConstraint(
                condition=Q(buyer_kind="") | Q(kind="buyer"), name="buyer_kind_only_for_buyers"
            ),
            # One registration number, one organisation of that kind.
            models.UniqueConstraint(
                fields=["kind", "registration_number"],
                condition=~Q(registration_number=""),
                name="one_organization_per_registration",
            ),
            # Within one imported history a name is one tenderer.
            models.UniqueConstraint(
                fields=["historical_source", "kind", "name"],
                condition=~Q(historical_source=""),
                name="one_historical_organization_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Debarment(models.Model):
    """A period, half-open, in which an organisation may not be awarded; never deleted."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="debarments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            # A period has a length.
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="debarment_has_a_length"
            )
        ]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


# Knox, whose keys point here, tells the type checker nothing.
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]
    """One natural person: the national number's keyed digest is unique, so no one has two."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=200)
    # HMAC-SHA-256 of the national identity number under a key that is not in the database.
    identity_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField()
    language = models.CharField(max_length=5, default="en")
    # Counted up when a second factor comes or goes: sessions opened before it end.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    # No Django admin, no Django groups: authority comes from memberships alone.
    is_staff = False
    is_superuser = False

    def get_session_auth_hash(self) -> str:
        """What a session must match at each request: the password and the epoch as they are now."""
        facts = f"{self.session_epoch}:{self.password}"
        return salted_hmac("musika.session/1", facts, algorithm="sha256").hexdigest()

    def __str__(self) -> str:
        return self.full_name


class ApiKey(AbstractAuthToken):
    """A key with which a person's program uses the API; only its digest is kept.

    It ends by itself, at its removal, and with the password, second factor or roles it was made
    under (`marketplace.accounts.keys`).
    """

    name = models.CharField(max_length=60, default="Unnamed")
    # To the day: a date of use is worth one write a day, not one a request.
    last_used_on = models.DateField(null=True)


class Membership(models.Model):
    """A role that a person holds in an organisation, from grant to revocation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # A person holds a role in an organisation once at a time.
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(revoked_at=None),
                name="one_current_membership_per_role",
            ),
            # Nobody gives a role to himself.
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=models.F("user")),
                name="nobody_grants_himself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} in {self.organization}"


class RoleProposal(models.Model):
    """One administrator proposes a role for a person; another confirms or somebody declines.

    Facts only: what happened to it is read from who confirmed or declined it, and when.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="role_proposals")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="role_proposals")
    role = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Role])
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)
    # What the confirmation made.
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, related_name="proposal"
    )

    class Meta:
        constraints = [
            # A role takes two people: nobody confirms what he proposed.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("proposed_by")),
                name="proposer_does_not_confirm",
            ),
            # Neither of the two is the person whom the role is for.
            models.CheckConstraint(
                condition=~Q(proposed_by=models.F("user"))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=models.F("user"))),
                name="nobody_has_a_hand_in_his_own_role",
            ),
            # Confirmed is who, when and the role that it made; declined is who and when; not both.
            models.CheckConstraint(
                condition=Q(
                    confirmed_by=None,
                    confirmed_at=None,
                    membership=None,
                    declined_by=None,
                    declined_at=None,
                )
                | Q(
                    confirmed_by__isnull=False,
                    confirmed_at__isnull=False,
                    membership__isnull=False,
                    declined_by=None,
                    declined_at=None,
                )
                | Q(
                    confirmed_by=None,
                    confirmed_at=None,
                    membership=None,
                    declined_by__isnull=False,
                    declined_at__isnull=False,
                ),
                name="proposal_ends_once",
            ),
            # The same role for the same person waits once.
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(confirmed_by=None, declined_by=None),
                name="one_waiting_proposal_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} in {self.organization}?"
