"""What waits for a person of the buyer, and until when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from procurement.models import (
    Award,
    AwardCancellation,
    CommitteeMember,
    Lot,
    Tender,
    TenderAmendment,
    TenderCancellation,
)
from procurement.operations import tenders as operations
from procurement.queries import allocations, facts, outages
from procurement.queries.bids import standing
from procurement.queries.facts import FACTS_PREFETCH
from procurement.rules.lifecycle import is_allowed
from procurement.rules.timeline import TenderStatus as S

AWARD_PROPOSALS = Prefetch("lots__awards__cancellations", AwardCancellation.objects.all())


@dataclass(frozen=True)
class Todo:
    """One thing to do. `at` is the instant that matters, if there is one; `words` says what it is.

    A `due` instant is a deadline; any other says since when it waits. What `waits` needs nobody
    now: it is told below what does.
    """

    title: str
    href: str
    tender: Tender
    lot: str = ""
    at: datetime | None = None
    words: str = ""
    due: bool = False
    waits: bool = False


LAST = datetime.max.replace(tzinfo=UTC)


def urgency(found: Todo) -> tuple[bool, bool, datetime]:
    """Deadlines first, the next one on top; then what has waited longest; standing by last."""
    return found.waits, not found.due, found.at or LAST


def split(found: Iterable[Todo]) -> tuple[list[Todo], list[Todo]]:
    """What is to be done, and what only has to be waited for; each the most urgent first."""
    ordered = sorted(found, key=urgency)
    return [t for t in ordered if not t.waits], _joined(t for t in ordered if t.waits)


def _joined(found: Iterable[Todo]) -> list[Todo]:
    """Lots of one tender that stand by for the same reason until the same instant, on one line."""
    groups: dict[tuple[object, ...], list[Todo]] = {}
    for one in found:
        groups.setdefault((one.title, one.tender, one.at), []).append(one)
    return [_as_one(group) for group in groups.values()]


def _as_one(group: list[Todo]) -> Todo:
    if len(group) == 1:
        return group[0]
    lots = ngettext("%(n)s lot", "%(n)s lots", len(group)) % {"n": len(group)}
    href = reverse("tender_manage", args=[group[0].tender.reference])
    return replace(group[0], lot=lots, href=href)


def with_facts(tenders: QuerySet[Tender]) -> QuerySet[Tender]:
    """Everything that `todos` reads of each tender, in a fixed number of queries."""
    waiting = Count("enquiries", filter=Q(enquiries__answered_at=None), distinct=True)
    waits = {"confirmed_at": None, "declined_at": None}
    proposals = [
        Prefetch(name, rows.filter(**waits), to_attr=f"open_{name}")
        for name, rows in (
            ("cancellations", TenderCancellation.objects.all()),
            ("amendments", TenderAmendment.objects.all()),
        )
    ]
    committee = Prefetch("committee", CommitteeMember.objects.select_related("organization"))
    rows = tenders.select_related("buyer", "created_by").annotate(unanswered=waiting)
    return rows.prefetch_related(FACTS_PREFETCH, committee, *proposals, AWARD_PROPOSALS)


def todos(tender: Tender, user: User, now: datetime) -> Iterator[Todo]:
    """What `user` can do for `tender` now. The page itself explains a separation of duties."""
    status = facts.status(tender, now)
    yield from _of_opener(tender, user, status, now)
    yield from _to_confirm(tender, user, status, now)
    yield from _after_outage(tender, user, status, now)
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
        yield _to_publish(_("Finish the draft"), href, tender)
    if _may(user, Permission.TENDER_PUBLISH, tender) and tender.created_by_id != user.pk:
        members = list(tender.committee.all())
        if len(members) > tender.opening_quorum and all(m.enrolled_at for m in members):
            href = reverse("tender_publish", args=[tender.reference])
            yield _to_publish(_("Check and publish"), href, tender)


def _to_publish(title: str, href: str, tender: Tender) -> Todo:
    """Due while bids can still stay open for the shortest period that the rules allow."""
    latest = tender.deadline and tender.deadline - operations.shortest_period(tender)
    return Todo(title, href, tender, "", latest, _("publish by"), due=latest is not None)


def _of_opener(tender: Tender, user: User, status: S, now: datetime) -> Iterator[Todo]:
    member = next((m for m in tender.committee.all() if m.user_id == user.pk), None)
    if member is None:
        return
    if status is S.DRAFT and member.enrolled_at is None:
        href = reverse("opener_passphrase", args=[tender.reference])
        yield _to_publish(_("Set your passphrase"), href, tender)
    due = status is S.CLOSING and now >= outages.closes_at(tender)
    if (due or status is S.AWAITING_OPENING) and member.acted_at is None:
        href = reverse("opening_act", args=[tender.reference])
        yield Todo(_("Open the bids"), href, tender, "", tender.deadline, _("due since"), due=True)


def _after_outage(tender: Tender, user: User, status: S, now: datetime) -> Iterator[Todo]:
    """An officer may propose more time while CLOSE waits for it."""
    if status is not S.CLOSING or not _may(user, Permission.TENDER_DRAFT, tender):
        return
    if proposed_amendment(tender) is None and outages.may_amend(tender, status, now):
        href = reverse("tender_amend", args=[tender.reference])
        until = outages.held_until(tender)
        title = _("Propose more time: the service was down")
        yield Todo(title, href, tender, "", until, _("possible until"), due=True)


def proposed(tender: Tender) -> TenderCancellation | None:
    """The open proposal to cancel a tender that was read by `with_facts`."""
    found: list[TenderCancellation] = tender.open_cancellations  # type: ignore[attr-defined]
    return found[0] if found else None


def proposed_amendment(tender: Tender) -> TenderAmendment | None:
    """The open proposal to amend a tender that was read by `with_facts`."""
    found: list[TenderAmendment] = tender.open_amendments  # type: ignore[attr-defined]
    return found[0] if found else None


def _to_confirm(tender: Tender, user: User, status: S, now: datetime) -> Iterator[Todo]:
    """What waits for an approver; its author sees it on the desk, to take it back."""
    if not _may(user, Permission.TENDER_PUBLISH, tender):
        return
    waiting = (
        (proposed(tender), "tender_cancellation", _("Confirm or decline the cancellation")),
        (proposed_amendment(tender), "tender_amendment", _("Publish or decline the amendment")),
    )
    for found, page, title in waiting:
        if found is None or found.proposed_by_id == user.pk:
            continue
        if page == "tender_amendment":
            allowed = outages.may_amend(tender, status, now)
        else:
            allowed = is_allowed("tenders.cancel", status)
        if allowed:
            href = reverse(page, args=[tender.reference])
            yield Todo(title, href, tender, "", found.proposed_at, _("waiting since"))


def _to_confirm_award(tender: Tender, lot: Lot, award: Award, user: User) -> Iterator[Todo]:
    found = [p for p in award.cancellations.all() if not p.confirmed_at and not p.declined_at]
    if (
        found
        and found[0].proposed_by_id != user.pk
        and _may(user, Permission.TENDER_PUBLISH, tender)
    ):
        title, since = _("Confirm or decline the cancellation"), found[0].proposed_at
        yield _for_lot(title, "lot_award_cancellation", tender, lot, since)


def _of_enquiries(tender: Tender, user: User) -> Iterator[Todo]:
    waiting: int = tender.unanswered  # type: ignore[attr-defined]
    if waiting and _may(user, Permission.ENQUIRY_ANSWER, tender):
        href = reverse("tender_enquiries", args=[tender.reference])
        yield Todo(
            _("Answer questions"), href, tender, "", tender.deadline, _("bids close"), due=True
        )


def _of_nothing(tender: Tender) -> Iterator[Todo]:
    """A closed tender without a bid needs no opening, but a decision."""
    if standing(tender).exists():
        return
    for lot in tender.lots.all():
        if lot.unsuccessful_at is None:
            title = _("Declare the lot unsuccessful: no bid")
            yield _for_lot(title, "lot_award", tender, lot, tender.closed_at)


def _of_lot(tender: Tender, lot: Lot, user: User, now: datetime) -> Iterator[Todo]:
    status = facts.lot_status(lot, now)
    award = next((a for a in lot.awards.all() if a.cancelled_at is None), None)
    if award is not None and is_allowed("awards.cancel", status):
        yield from _to_confirm_award(tender, lot, award, user)
    if status is S.IN_EVALUATION and _may(user, Permission.BID_EVALUATE, tender):
        made = any(lot.evaluations.all())
        title = _("Confirm the evaluation") if made else _("Evaluate the bids")
        yield _for_lot(title, "lot_evaluation", tender, lot, tender.opened_at)
    elif status is S.EVALUATED and getattr(lot, "division", None) is not None:
        yield from _to_share(tender, lot, award, user)
    elif status is S.EVALUATED:
        yield from _to_award(tender, lot, award, user)
    elif status in (S.STANDSTILL, S.AWARDED) and _may(user, Permission.CONTRACT_SIGN, tender):
        yield from _to_sign(tender, lot, award, status)
    elif status is S.CONTRACTED and _may(user, Permission.DELIVERY_RECORD, tender):
        since = facts.lot_facts(lot).contract_signed_at
        yield _for_lot(_("Record deliveries"), "lot_contract", tender, lot, since)
    elif status is S.DELIVERED and _may(user, Permission.PAYMENT_RECORD, tender):
        since = facts.lot_facts(lot).delivered_at
        yield _for_lot(_("Record the payment"), "lot_contract", tender, lot, since)


def _to_share(tender: Tender, lot: Lot, award: Award | None, user: User) -> Iterator[Todo]:
    """Divided lots go on together: one duty for all of them, told at the first."""
    row = allocations.latest(tender)
    confirmed = row is not None and row.confirmed_at is not None
    duties = (
        (award is None and not confirmed, Permission.BID_EVALUATE, _("Share the divided lots")),
        (award is None and confirmed, Permission.AWARD_RECOMMEND, _("Recommend the awards")),
        (award is not None, Permission.AWARD_DECIDE, _("Decide the awards")),
    )
    first = next((x for x in tender.lots.all() if getattr(x, "division", None)), lot)
    for due, permission, title in duties:
        if due and first.pk == lot.pk and _may(user, permission, tender):
            href = reverse("tender_allocation", args=[tender.reference])
            since = facts.lot_facts(lot).evaluated_at
            yield Todo(title, href, tender, str(lot), since, _("waiting since"))


def _to_award(tender: Tender, lot: Lot, award: Award | None, user: User) -> Iterator[Todo]:
    if award is None and _may(user, Permission.AWARD_RECOMMEND, tender):
        since = facts.lot_facts(lot).evaluated_at
        yield _for_lot(_("Recommend an award"), "lot_award", tender, lot, since)
    if award is not None and _may(user, Permission.AWARD_DECIDE, tender):
        yield _for_lot(_("Decide the award"), "lot_award", tender, lot, award.recommended_at)


def _to_sign(tender: Tender, lot: Lot, award: Award | None, status: S) -> Iterator[Todo]:
    ends = award.standstill_ends_at if award else None
    if status is S.AWARDED:
        yield _for_lot(_("Sign the contract"), "lot_contract", tender, lot, ends)
    elif award is not None:
        href = reverse("lot_contract", args=[tender.reference, lot.number])
        yield Todo(
            _("Standstill: no contract yet"), href, tender, str(lot), ends, _("ends"), waits=True
        )


def _for_lot(title: str, name: str, tender: Tender, lot: Lot, since: datetime | None) -> Todo:
    href = reverse(name, args=[tender.reference, lot.number])
    return Todo(title, href, tender, str(lot), since, _("waiting since"))
