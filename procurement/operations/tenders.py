"""Drafting and publishing tenders."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from marketplace.accounts.models import Organization, User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid
from marketplace.ledger.record import record
from procurement import engine, permissions
from procurement.models import Tender
from procurement.operations import contents, engines
from procurement.operations.common import check_tender_allows, lock_tender, new_public_id
from procurement.queries import contents as stored
from procurement.queries import search, terms
from procurement.rules import content as rules
from procurement.rules.allocation.published import allocation_digest
from procurement.rules.content import TenderContent
from procurement.rules.published import canonical_terms, published_digest, terms_hash, terms_problem
from procurement.rules.reading import InvalidCase
from procurement.rules.rulesets import ruleset


class NotReady(Invalid):
    """The draft lacks something; `problems` lists every place."""

    code = "tender-not-ready"

    def __init__(self, problems: list[rules.Problem]) -> None:
        super().__init__(
            "The tender cannot be published yet.",
            remedy="; ".join(f"{p.where}: {p.message}" for p in problems),
        )
        self.problems = problems


@transaction.atomic
def draft(*, buyer: Organization, content: TenderContent, by: User, now: datetime) -> Tender:
    """Start a draft for `buyer`; it may be incomplete. Returns the tender."""
    permissions.check_role(by, Permission.TENDER_DRAFT, buyer)
    permissions.check_second_factor(by)
    tender = Tender(
        buyer=buyer, created_at=now, created_by=by, reference=f"draft-{new_public_id()}"
    )
    contents.write_head(tender, content)
    tender.save()
    tender.reference = f"MUS-{now:%Y}-{tender.pk:06d}"
    tender.save(update_fields=["reference"])
    contents.write_lots(tender, content, by=by, now=now)
    _recorded("TenderDrafted", tender, by, now, {"title": tender.title})
    return tender


@transaction.atomic
def revise(
    *,
    tender: Tender,
    content: TenderContent,
    by: User,
    now: datetime,
    expected: str | None = None,
) -> Tender:
    """Replace what a draft says, whole. Returns the tender as it now is.

    With `expected`, the fingerprint that the caller has read (queries.contents), it is refused as
    Conflict if somebody else revised the draft in between.
    """
    locked = lock_tender(tender.pk)
    permissions.check_role(by, Permission.TENDER_DRAFT, locked.buyer)
    permissions.check_second_factor(by)
    check_tender_allows("tenders.edit", locked, now)
    if expected is not None and expected != stored.fingerprint(locked):
        raise _changed("Somebody else changed this draft meanwhile.", "repeat your change")
    contents.write_head(locked, content)
    locked.save()
    locked.drafters.add(by)
    contents.erase_lots(locked)
    contents.write_lots(locked, content, by=by, now=now)
    _recorded("TenderRevised", locked, by, now, {"title": locked.title})
    return locked


def _changed(message: str, then: str) -> Conflict:
    return Conflict(message, code="tender-changed", remedy=f"Read the draft again, then {then}.")


@transaction.atomic
def publish(*, tender: Tender, expected: str, by: User, now: datetime) -> Tender:
    """Publish a complete draft: a second person, an enrolled committee, frozen terms.

    `expected` is the fingerprint (queries.terms) of what that person has read: four eyes are none
    if the draft, a document or the committee can be exchanged after the second pair looked.
    Raises Conflict for that, NotReady with every problem, NotPermitted, OperationNotAllowed.
    """
    locked = lock_tender(tender.pk)
    permissions.check_user_can(by, Permission.TENDER_PUBLISH, locked)
    check_tender_allows("tenders.publish", locked, now)
    if expected != terms.fingerprint(locked):
        raise _changed("This draft was changed after you had read it.", "publish it")
    _check_ready(locked, now)
    locked.published_at, locked.published_by = now, by
    locked.terms = canonical_terms(terms.terms(locked))
    locked.terms_hash = terms_hash(locked.terms)
    locked.save()
    search.index(locked)
    engines.keep(now=now)
    _recorded("TenderPublished", locked, by, now, published_body(locked))
    return locked


def published_body(tender: Tender) -> dict[str, object]:
    """What the ledger says of a publication: the terms whole, and every lot's evaluation rule."""
    data = terms.frozen(tender)
    return {
        "terms": data,
        "terms_hash": tender.terms_hash,
        "evaluation_terms": {
            str(lot["lot"]): published_digest(data, tender.terms_hash, lot["lot"])
            for lot in data["lots"]
        },
        "engine_source": engine.digest(),
        **_allocation_terms(data, tender.terms_hash),
    }


def _allocation_terms(data: dict[str, Any], known: str) -> dict[str, object]:
    """The rules by which divided lots are shared; nothing where none is divided."""
    digest = allocation_digest(data, known)
    return {} if digest is None else {"allocation_terms": digest}


def problems(tender: Tender, now: datetime) -> list[rules.Problem]:
    """Everything that keeps this draft from publication at `now`."""
    found = rules.problems(stored.content(tender), now, shortest_period(tender))
    return found + _terms_problems(tender, found) + _committee_problems(tender)


def _terms_problems(tender: Tender, found: list[rules.Problem]) -> list[rules.Problem]:
    """What the engine would refuse of lots that look whole: it would stop their evaluation."""
    data = {
        "tender": tender.reference,
        "currency": tender.currency,
        "reserved_for": tender.reserved_for,
        "lots": terms.lots(tender),
    }
    places = [f"lots[{index}]" for index, _ in enumerate(data["lots"])]
    whole = [place for place in places if not any(p.where.startswith(place) for p in found)]
    refused = {place: terms_problem(data, places.index(place) + 1) for place in whole}
    told = [rules.Problem(f"{at}.{why[0]}", why[1]) for at, why in refused.items() if why]
    return told if told or found else _allocation_problems(tender, data)


def _allocation_problems(tender: Tender, data: dict[str, Any]) -> list[rules.Problem]:
    """What the allocation would refuse of rules that look whole."""
    try:
        allocation_digest(data | terms.sharing(tender), "0" * 64)
    except InvalidCase as error:
        return [rules.Problem("sharing", f"{error.where}: {error.message}")]
    return []


def shortest_period(tender: Tender) -> timedelta:
    """The rule set's shortest tender period, unless the installation compresses time."""
    if settings.COMPRESSED_PERIOD is not None:
        return timedelta(seconds=settings.COMPRESSED_PERIOD)
    return ruleset(tender.jurisdiction).minimum_tender_period


def _check_ready(tender: Tender, now: datetime) -> None:
    found = problems(tender, now)
    if found:
        raise NotReady(found)


def _committee_problems(tender: Tender) -> list[rules.Problem]:
    members = list(tender.committee.select_related("organization"))
    if len(members) <= tender.opening_quorum:
        return [
            rules.Problem(
                "committee",
                f"Appoint at least {tender.opening_quorum + 1} openers, so that "
                f"{tender.opening_quorum} can act when one is away.",
            )
        ]
    waiting = [m.user.full_name for m in members if m.enrolled_at is None]
    if waiting:
        return [rules.Problem("committee", f"Still to set a passphrase: {', '.join(waiting)}.")]
    seats: dict[int, int] = {}
    for member in members:
        seats[member.organization_id] = seats.get(member.organization_id, 0) + 1
    if max(seats.values()) >= tender.opening_quorum:
        return [
            rules.Problem(
                "committee", "No organisation may hold enough seats to open bids on its own."
            )
        ]
    return []


def _recorded(
    event: str, tender: Tender, by: User | None, now: datetime, body: dict[str, object]
) -> None:
    visibility = "public" if tender.published_at else "auditor"
    record(event, subject=tender.reference, body=body, by=by, now=now, visibility=visibility)
