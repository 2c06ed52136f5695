"""Proving a telephone, choosing its PIN, and registering a farmer who has nothing else.

A number belongs to whoever proved it last: networks give numbers to new owners. The one before
loses the number here and keeps his account. The ledger says that a number was proved, never
which.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from marketplace.accounts import personal, phones
from marketplace.accounts.models import Organization, Phone, PhoneCode, User, public_id
from marketplace.accounts.personal import Kind
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.ledger.record import record
from marketplace.notify import outbox, sms
from marketplace.registry import operations
from marketplace.registry.operations import OrganizationDetails

CODE_LIFE = timedelta(minutes=10)
TRIES = 5
CODES_AN_HOUR, AN_HOUR = 4, timedelta(hours=1)
PIN_TRIES = 5
# From the fifth wrong PIN on, doubling with each further one, at most a day.
FIRST_LOCK = timedelta(minutes=30)
LONGEST_LOCK = timedelta(days=1)


class CodeWrong(Invalid):
    """The code is not the one that was sent, or it is too old, or was tried too often."""

    code = "code-wrong"


class TooManyCodes(NotNow):
    """Codes cost money and patience: only a few an hour."""

    code = "too-many-codes"


class NoTexts(NotNow):
    """This installation has no gateway for text messages."""

    code = "no-text-messages"


class PinLocked(NotNow):
    """Too many wrong PINs."""

    code = "pin-locked"


@transaction.atomic
def ask(*, user: User, number: str, now: datetime) -> PhoneCode:
    """Send a code to a number. Whether it is somebody's already shows only to who reads it."""
    e164 = phones.number(number)
    if sms.gateway() is None:
        raise NoTexts("This installation sends no text messages.", where="phone")
    User.objects.select_for_update().get(pk=user.pk)
    digest, code = phones.digest(e164), phones.new_code()
    _check_few(user, digest, now)
    row = PhoneCode.objects.create(
        user=user,
        digest=digest,
        ciphertext=phones.seal(user, e164),
        code_digest=phones.code_digest(f"phone:{user.public_id}", code),
        made_at=now,
        expires_at=now + CODE_LIFE,
    )
    text = _("Musika code: %(code)s. Type it on the page within 10 minutes. Tell it to nobody.")
    outbox.queue_code(
        f"phone-code:{row.pk}", user, text=text % {"code": code}, now=now, number=e164
    )
    return row


def _check_few(user: User, digest: str, now: datetime) -> None:
    recent = PhoneCode.objects.filter(made_at__gt=now - AN_HOUR)
    most = max(recent.filter(user=user).count(), recent.filter(digest=digest).count())
    if most >= CODES_AN_HOUR:
        raise TooManyCodes(
            "Too many codes were sent.", where="phone", remedy="Try again in an hour."
        )


def confirm(*, user: User, code: str, now: datetime) -> Phone:
    """Take the number that the latest code was sent to as proved. Raises CodeWrong."""
    with transaction.atomic():
        row = PhoneCode.objects.select_for_update().filter(user=user).first()
        right = row is not None and _is_right(row, user, code, now)
        if row is not None and not right and row.used_at is None:
            # Counted for good: the refusal is raised after this transaction.
            row.attempts += 1
            row.save(update_fields=["attempts"])
        if row is not None and right:
            row.used_at = now
            row.save(update_fields=["used_at"])
            number = personal.unseal(user.public_id, phones.SEALED_AS, bytes(row.ciphertext))
            return take(user, number, now, how="code")
    raise CodeWrong(
        "This is not the code, or it is too old.",
        where="code",
        remedy="Look at the latest message, or have a new code sent.",
    )


def _is_right(row: PhoneCode, user: User, code: str, now: datetime) -> bool:
    alive = row.used_at is None and now < row.expires_at and row.attempts < TRIES
    return alive and row.code_digest == phones.code_digest(f"phone:{user.public_id}", code.strip())


@transaction.atomic
def take(user: User, e164: str, now: datetime, *, how: str) -> Phone:
    """The number is this person's from now on, and nobody else's."""
    digest = phones.digest(e164)
    Phone.objects.filter(digest=digest).exclude(user=user).delete()
    row, _made = Phone.objects.update_or_create(
        user=user,
        defaults={
            "digest": digest,
            "ciphertext": phones.seal(user, e164),
            "verified_at": now,
            "pin": "",
            "pin_failures": 0,
            "pin_locked_until": None,
        },
    )
    # What parties of a tender share is found by it too.
    personal.state(user.public_id, Kind.PHONE, e164, now)
    _recorded("PhoneProved", user, now, {"how": how})
    return row


@transaction.atomic
def forget(*, user: User, now: datetime) -> None:
    """The person has no telephone here any more; nothing is sent to it or taken from it."""
    gone, _ = Phone.objects.filter(user=user).delete()
    if not gone:
        raise NotFound("There is no telephone to forget.")
    codes = PhoneCode.objects.filter(user=user)
    codes.filter(made_at__lte=now - AN_HOUR).delete()
    # Spoiled, but still counted: who forgets a telephone gets no new tries at another's number.
    codes.update(used_at=Coalesce("used_at", Value(now, DateTimeField())), ciphertext=b"")
    _recorded("PhoneForgotten", user, now, {})


@transaction.atomic
def set_pin(*, user: User, pin: str, now: datetime) -> Phone:
    """Choose the PIN of the person's telephone. Raises WeakPin, NotFound."""
    row = Phone.objects.select_for_update().filter(user=user).first()
    if row is None:
        raise NotFound("Prove your telephone first.")
    row.pin, row.pin_failures, row.pin_locked_until = phones.hash_pin(pin), 0, None
    row.save(update_fields=["pin", "pin_failures", "pin_locked_until"])
    _recorded("PinChosen", user, now, {})
    return row


def check_unlocked(row: Phone, now: datetime) -> None:
    """Raise PinLocked while wrong PINs keep the telephone out."""
    if row.pin_locked_until is not None and now < row.pin_locked_until:
        raise PinLocked(
            "Too many wrong PINs.",
            where="pin",
            remedy="Wait, or choose a new PIN on the page “Telephone” of your account.",
        )


@transaction.atomic
def tried(*, phone: Phone, right: bool, now: datetime) -> bool:
    """Count an attempt at the PIN; whether it lets in. While locked nothing does, nor counts."""
    row = Phone.objects.select_for_update().get(pk=phone.pk)
    if row.pin_locked_until is not None and now < row.pin_locked_until:
        return False
    if right:
        row.pin_failures, row.pin_locked_until = 0, None
    else:
        row.pin_failures = min(row.pin_failures + 1, 100)
        over = row.pin_failures - PIN_TRIES
        if over >= 0:
            row.pin_locked_until = now + min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK)
    row.save(update_fields=["pin_failures", "pin_locked_until"])
    return right


@transaction.atomic
def register_farmer(
    *,
    number: str,
    name: str,
    identity_number: str,
    province: str,
    district: str,
    pin: str,
    language: str,
    now: datetime,
) -> tuple[User, Organization]:
    """A natural person with a telephone alone: account, identity, farm and PIN at once.

    The network says whose number it is. Raises AlreadyRegistered for somebody who has an
    account: he adds the number to it on the pages.
    """
    e164 = phones.number(number)
    if Phone.objects.filter(digest=phones.digest(e164)).exists():
        raise Conflict("This telephone is registered.", where="phone")
    if len(name.split()) < 2 or len(name) > 100:
        raise Invalid("Give first name and family name.", where="name")
    own = public_id()
    user = User(
        public_id=own,
        email=f"{own}@phone.invalid",
        full_name=" ".join(name.split()),
        date_joined=now,
        language=language,
    )
    user.set_unusable_password()
    user.save()
    user = operations.identify(user=user, identity_number=identity_number, now=now)
    take(user, e164, now, how="network")
    set_pin(user=user, pin=pin, now=now)
    details = OrganizationDetails(
        kind="farmer", name=user.full_name, province=province, district=district
    )
    return user, operations.register_tenderer(details=details, by=user, now=now)


def _recorded(event: str, user: User, now: datetime, body: dict[str, str]) -> None:
    record(
        event,
        subject=f"person:{user.public_id}",
        body=body,
        by=user,
        now=now,
        visibility="auditor",
    )
