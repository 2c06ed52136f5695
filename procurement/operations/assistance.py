"""Helping a farmer to bid: the agent writes, the farmer's code seals, and then nobody reads.

The agent acts only with a code from the farmer's telephone, which says tender and total. The bid
is the farmer's own: he stands in the ledger as who submitted it, and the agent beside him. No
operation here knows of money for the agent.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace import keys
from marketplace.accounts import phones
from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import SECOND_FACTOR_ROLES, Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotNow, NotPermitted
from marketplace.ledger.record import record
from marketplace.notify import outbox, sms
from procurement import permissions
from procurement.models import Assistance, BidDraft, SealedBid, Tender
from procurement.operations import bids
from procurement.operations.common import lock_tender
from procurement.queries import terms
from procurement.rules import bidding, biddraft, sealing
from procurement.rules.biddraft import Draft
from procurement.rules.demands import demand
from procurement.rules.words import money

LIFE = timedelta(minutes=45)
CODE_LIFE = timedelta(minutes=15)
TRIES, CODES = 5, 4
# To one farmer by one agent, however many sessions.
CODES_A_DAY = 10
A_DAY = 40
# Telephones that an agent may name in a day, with those that were mistyped.
NUMBERS_A_DAY = 80


class NoSuchFarmer(Conflict):
    """No farmer with this telephone can be helped here."""

    code = "no-such-farmer"


class AssistanceOver(NotNow):
    """The session is sealed, dropped or too old."""

    code = "assistance-over"


class FarmersCodeWrong(Invalid):
    """Not the code that the farmer was sent for this bid as it is now."""

    code = "farmers-code-wrong"


@transaction.atomic
def start(
    *, tender: Tender, shop: Organization, number: str, by: User, now: datetime
) -> Assistance:
    """Begin to help the farmer whose telephone that is. Raises NoSuchFarmer, NotPermitted."""
    permissions.check_role(by, Permission.BID_ASSIST, shop)
    locked = lock_tender(tender.pk)
    bids.check_accepts(locked, now)
    User.objects.select_for_update().get(pk=by.pk)
    _check_few(by, now)
    check_no_rival(locked, by, shop)
    _count_look_up(by, now)
    farmer, farm = _farmer(number)
    if farmer.pk == by.pk:
        raise NotPermitted("Nobody helps himself: bid as yourself.")
    permissions.check_user_can_bid(farmer, farm, locked)
    row = Assistance.objects.create(
        tender=locked,
        agent=by,
        shop=shop,
        farmer=farmer,
        tenderer=farm,
        started_at=now,
        expires_at=now + LIFE,
    )
    _recorded("AssistanceStarted", row, now)
    return row


def _check_few(by: User, now: datetime) -> None:
    """An agent who could try numbers all day would learn who is registered."""
    if Assistance.objects.filter(agent=by, started_at__gt=now - timedelta(days=1)).count() >= A_DAY:
        raise NotNow(f"At most {A_DAY} farmers a day.", remedy="Go on tomorrow.")


def _count_look_up(by: User, now: datetime) -> None:
    """Numbers of nobody count as well, and outlive the refusal: no list of farmers is made here."""
    key = f"assist-numbers:{by.public_id}:{now.date()}"
    tried = cache.get(key, 0)
    if tried >= NUMBERS_A_DAY:
        raise NotNow(f"At most {NUMBERS_A_DAY} telephones a day.", remedy="Go on tomorrow.")
    cache.set(key, tried + 1, 24 * 3600)


def check_no_rival(tender: Tender, by: User, shop: Organization) -> None:
    """Raise NotPermitted for an agent who bids in the tender, or works for its buyer."""
    own = [shop, *people.organizations_with(by, Permission.BID_SUBMIT)]
    rivals = SealedBid.objects.filter(tender=tender, tenderer__in=own)
    drafts = BidDraft.objects.filter(tender=tender, tenderer__in=own)
    if rivals.exists() or drafts.exists():
        raise NotPermitted(
            "You or your shop bid in this tender yourselves.",
            code="conflict-of-interest",
            remedy="The farmer can bid by telephone, or with another agent.",
        )
    seated = tender.committee.filter(user=by).exists()
    if seated or permissions.works_for_buyer(by, tender):
        raise NotPermitted(
            "You have a part in this tender.",
            code="conflict-of-interest",
            remedy="Another agent has to help here.",
        )


def _farmer(number: str) -> tuple[User, Organization]:
    if sms.gateway() is None:
        raise NotNow("This installation sends no text messages, so nobody can confirm.")
    phone = phones.owner(phones.number(number))
    user = phone.user if phone else None
    farms = people.organizations_with(user, Permission.BID_SUBMIT) if user else []
    if user is None or len(farms) != 1 or people.roles(user) & SECOND_FACTOR_ROLES:
        raise NoSuchFarmer(
            "No farmer with this telephone can be helped here.",
            where="number",
            remedy="The farmer registers first, with the telephone: dial the short code and "
            "choose “Register”. Who bids for several organisations bids on the web page.",
        )
    return user, farms[0]


@transaction.atomic
def write(*, assistance: Assistance, draft: Draft, by: User, now: datetime) -> Assistance:
    """Keep what was written; a code that was sent before counts no more."""
    row = _mine(assistance, by, now)
    data = biddraft.to_bytes(replace(draft, documents=()))
    row.ciphertext = sealing.protect(data, keys.load("draft"), _context(row))
    row.code_digest = ""
    row.save(update_fields=["ciphertext", "code_digest"])
    return row


def written(assistance: Assistance) -> Draft:
    """What was written so far; nothing once it is sealed or over."""
    if assistance.ciphertext is None:
        return Draft()
    raw = sealing.reveal(bytes(assistance.ciphertext), keys.load("draft"), _context(assistance))
    return biddraft.from_bytes(raw, 1)


def _context(row: Assistance) -> bytes:
    return f"musika-assistance/1\n{row.public_id}".encode()


@transaction.atomic
def ask(*, assistance: Assistance, by: User, now: datetime) -> Assistance:
    """Send the farmer a code, with tender and total. Raises IncompleteBid, AssistanceOver."""
    row = _mine(assistance, by, now)
    bids.check_accepts(row.tender, now)
    asked = demand(terms.frozen(row.tender))
    content = written(row).content(asked)
    if found := bidding.gaps(content, asked):
        raise bids.IncompleteBid(found)
    if row.codes >= CODES:
        raise NotNow("Too many codes were sent for this bid.", remedy="Begin anew.")
    _check_patience(row, now)
    code = phones.new_code()
    row.codes, row.attempts, row.code_sent_at = row.codes + 1, 0, now
    row.code_digest = _digest(row, code)
    row.save(update_fields=["codes", "attempts", "code_sent_at", "code_digest"])
    total = sum((line.unit_price * line.quantity for line in content.lines), Decimal(0))
    told = {
        "helper": row.shop.name[:40],
        "tender": row.tender.reference,
        "total": money(total, row.tender.currency),
        "code": code,
    }
    with translation.override(row.farmer.language):
        text = _(
            "%(helper)s helps you bid: %(tender)s, %(total)s. If right, tell the code %(code)s. "
            "If not, say nothing."
        )
    key = f"assist:{row.public_id}:{row.codes}"
    outbox.queue_code(key, row.farmer, text=text % told, now=now)
    _recorded("AssistanceCodeSent", row, now)
    return row


def _check_patience(row: Assistance, now: datetime) -> None:
    """Sessions begun anew neither fill a farmer's telephone nor give new tries at his code."""
    since = now - timedelta(days=1)
    rows = Assistance.objects.filter(agent=row.agent, farmer=row.farmer, started_at__gt=since)
    if (rows.aggregate(sent=Sum("codes"))["sent"] or 0) >= CODES_A_DAY:
        raise NotNow(
            "You have sent this farmer too many codes today.",
            remedy="The farmer can bid by telephone, or with another agent.",
        )


def _digest(row: Assistance, code: str) -> str:
    """Bound to the ciphertext: what is written anew needs a new code."""
    sealed = bytes(row.ciphertext or b"").hex()
    return phones.code_digest(f"assistance:{row.public_id}:{sealed}", code)


def confirm(
    *, assistance: Assistance, code: str, by: User, received_at: datetime, now: datetime
) -> SealedBid:
    """Seal and submit the farmer's bid with his code. Raises FarmersCodeWrong, LateBid."""
    with transaction.atomic():
        row = _mine(assistance, by, now)
        if _is_right(row, code, now):
            return _submit(row, by, received_at, now)
        row.attempts += 1
        row.save(update_fields=["attempts"])
    raise FarmersCodeWrong(
        "This is not the code for this bid, or it is too old.",
        where="code",
        remedy="Ask the farmer to read the latest message, or send a new code.",
    )


def _is_right(row: Assistance, code: str, now: datetime) -> bool:
    if not row.code_digest or row.code_sent_at is None or row.attempts >= TRIES:
        return False
    return now < row.code_sent_at + CODE_LIFE and row.code_digest == _digest(row, code.strip())


def _submit(row: Assistance, by: User, received_at: datetime, now: datetime) -> SealedBid:
    check_no_rival(row.tender, by, row.shop)
    content = written(row).content(demand(terms.frozen(row.tender)))
    bid = bids.submit(
        tender=row.tender,
        tenderer=row.tenderer,
        content=content,
        by=row.farmer,
        received_at=received_at,
        now=now,
    )
    row.bid, row.sealed_at, row.ciphertext, row.code_digest = bid, now, None, ""
    row.save(update_fields=["bid", "sealed_at", "ciphertext", "code_digest"])
    _recorded("BidAssisted", row, now)
    return bid


@transaction.atomic
def drop(*, assistance: Assistance, by: User, now: datetime) -> Assistance:
    """End it without a bid; what was written is gone."""
    row = _mine(assistance, by, now)
    _end(row, now)
    _recorded("AssistanceEnded", row, now)
    return row


def end_old(*, now: datetime) -> int:
    """Empty the sessions whose time is over; a sweep. Returns how many."""
    rows = Assistance.objects.filter(sealed_at=None, ended_at=None, expires_at__lte=now)
    return rows.update(ended_at=now, ciphertext=None, code_digest="")


def _end(row: Assistance, now: datetime) -> None:
    row.ended_at, row.ciphertext, row.code_digest = now, None, ""
    row.save(update_fields=["ended_at", "ciphertext", "code_digest"])


def _mine(assistance: Assistance, by: User, now: datetime) -> Assistance:
    """The session, locked; raises NotFound for another's and AssistanceOver for an ended one."""
    rows = Assistance.objects.select_for_update(of=("self",)).filter(pk=assistance.pk, agent=by)
    row = rows.select_related("tender__buyer", "shop", "farmer", "tenderer").first()
    if row is None:
        raise NotFound("There is no such session of yours.")
    permissions.check_role(by, Permission.BID_ASSIST, row.shop)
    if row.sealed_at or row.ended_at or now >= row.expires_at:
        raise AssistanceOver(
            "This session is over.", remedy="Begin anew; a bid that was sealed stands."
        )
    return row


def _recorded(event: str, row: Assistance, now: datetime) -> None:
    """Both people, always; before the opening nobody but they may know of it."""
    body = {
        "assistance": row.public_id,
        "agent": row.agent.public_id,
        "shop": row.shop.public_id,
        "farmer": row.farmer.public_id,
        "tenderer": row.tenderer.public_id,
    }
    if row.bid is not None:
        body["bid"] = row.bid.public_id
    record(
        event,
        subject=row.tender.reference,
        body=body,
        by=row.agent,
        now=now,
        visibility="opening",
    )
