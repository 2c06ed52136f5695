"""What waits for a person of the buyer, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from procurement.models import Award, CommitteeMember, Lot, Tender
from procurement.queries import facts
from procurement.queries.facts import FACTS_PREFETCH
from procurement.rules.timeline import TenderStatus as S
from procurement.rules.timeline import closes_at


@dataclass(frozen=True)
class Todo:
    """One thing to do. `until` is the instant it is due, if there is one; `words` says of what."""

    title: str
    href: str
    tender: Tender
    lot: str = ""
    until: datetime | None = None
    words: str = ""


def with_facts(tenders: QuerySet[Tender]) -> QuerySet[Tender]:
    """Everything that `todos` reads of each tender, in a fixed number of queries."""
    waiting = Count("enquiries", filter=Q(enquiries__answered_at=None), distinct=True)
    committee = Prefetch("committee", CommitteeMember.objects.select_related("organization"))
    rows = tenders.select_related("buyer", "created_by").annotate(unanswered=waiting)
    return rows.prefetch_related(FACTS_PREFETCH, committee)


def todos(tender: Tender, user: User, now: datetime) -> Iterator[Todo]:
    """What `user` can do for `tender` now. The page itself explains a separation of duties."""
    status = facts.status(tender, now)
    yield from _of_opener(tender, user, status, now)
    if status is S.DRAFT:
        yield from _of_draft(tender, user)
    if status in (S.OPEN, S.PLANNED):
        yield from _of_enquiries(tender, user)
    if tender.opened_at and not tender.cancelled_at:
        for lot in tender.lots.all():
            yield from _of_lot(tender, lot, user, now)
    elif status is S.AWAITING_OPENING and _may(user, Permission.AWARD_DECIDE, tender):
        yield from _of_nothing(tender)


def _may(user: User, permission: Permission, tender: Tender) -> bool:
    return people.has_permission(user, permission, tender.buyer)


def _of_draft(tender: Tender, user: User) -> Iterator[Todo]:
    if _may(user, Permission.TENDER_DRAFT, tender):
        href = reverse("tender_manage", args=[tender.reference])
        yield Todo(_("Finish the draft"), href, tender, "", tender.deadline, _("bids close"))
    if _may(user, Permission.TENDER_PUBLISH, tender) and tender.created_by_id != user.pk:
        members = list(tender.committee.all())
        if len(members) > tender.opening_quorum and all(m.enrolled_at for m in members):
            href = reverse("tender_publish", args=[tender.reference])
            yield Todo(_("Check and publish"), href, tender, "", tender.deadline, _("bids close"))


def _of_opener(tender: Tender, user: User, status: S, now: datetime) -> Iterator[Todo]:
    member = next((m for m in tender.committee.all() if m.user_id == user.pk), None)
    if member is None:
        return
    if status is S.DRAFT and member.enrolled_at is None:
        href = reverse("opener_passphrase", args=[tender.reference])
        yield Todo(_("Set your passphrase"), href, tender)
    due = status is S.CLOSING and now >= closes_at(facts.tender_facts(tender))
    if (due or status is S.AWAITING_OPENING) and member.acted_at is None:
        yield Todo(_("Open the bids"), reverse("opening_act", args=[tender.reference]), tender)


def _of_enquiries(tender: Tender, user: User) -> Iterator[Todo]:
    waiting: int = tender.unanswered  # type: ignore[attr-defined]
    if waiting and _may(user, Permission.ENQUIRY_ANSWER, tender):
        href = reverse("tender_enquiries", args=[tender.reference])
        yield Todo(_("Answer questions"), href, tender, "", tender.deadline, _("bids close"))


def _of_nothing(tender: Tender) -> Iterator[Todo]:
    """A closed tender without a bid needs no opening, but a decision."""
    if tender.sealed_bids.filter(withdrawn_at=None).exists():
        return
    for lot in tender.lots.all():
        if lot.unsuccessful_at is None:
            yield _for_lot(_("Declare the lot unsuccessful: no bid"), "lot_award", tender, lot)


def _of_lot(tender: Tender, lot: Lot, user: User, now: datetime) -> Iterator[Todo]:
    status = facts.lot_status(lot, now)
    award = next((a for a in lot.awards.all() if a.cancelled_at is None), None)
    if status is S.IN_EVALUATION and _may(user, Permission.BID_EVALUATE, tender):
        made = any(lot.evaluations.all())
        title = _("Confirm the evaluation") if made else _("Evaluate the bids")
        yield _for_lot(title, "lot_evaluation", tender, lot)
    elif status is S.EVALUATED:
        yield from _to_award(tender, lot, award, user)
    elif status in (S.STANDSTILL, S.AWARDED) and _may(user, Permission.CONTRACT_SIGN, tender):
        yield from _to_sign(tender, lot, award, status)
    elif status is S.CONTRACTED and _may(user, Permission.DELIVERY_RECORD, tender):
        yield _for_lot(_("Record deliveries"), "lot_contract", tender, lot)
    elif status is S.DELIVERED and _may(user, Permission.PAYMENT_RECORD, tender):
        yield _for_lot(_("Record the payment"), "lot_contract", tender, lot)


def _to_award(tender: Tender, lot: Lot, award: Award | None, user: User) -> Iterator[Todo]:
    if award is None and _may(user, Permission.AWARD_RECOMMEND, tender):
        yield _for_lot(_("Recommend an award"), "lot_award", tender, lot)
    if award is not None and _may(user, Permission.AWARD_DECIDE, tender):
        yield _for_lot(_("Decide the award"), "lot_award", tender, lot)


def _to_sign(tender: Tender, lot: Lot, award: Award | None, status: S) -> Iterator[Todo]:
    href = reverse("lot_contract", args=[tender.reference, lot.number])
    if status is S.AWARDED:
        yield Todo(_("Sign the contract"), href, tender, str(lot))
    elif award is not None:
        ends = award.standstill_ends_at
        yield Todo(_("Wait for the standstill"), href, tender, str(lot), ends, _("it ends"))


def _for_lot(title: str, name: str, tender: Tender, lot: Lot) -> Todo:
    return Todo(title, reverse(name, args=[tender.reference, lot.number]), tender, str(lot))
