"""From what an address names to a row that this person may see; all else answers alike: 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from rest_framework.request import Request

from api.endpoint import now_of, person
from marketplace.accounts import queries as people
from marketplace.accounts.models import Organization
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid, NotFound, NotPermitted
from procurement import permissions, visibility
from procurement.models import (
    Award,
    Bid,
    CommitteeMember,
    Contract,
    Criterion,
    Delivery,
    Evaluation,
    Invoice,
    Lot,
    Tender,
)
from procurement.queries import lists
from procurement.queries.bids import FOR_BIDDING
from procurement.rules.visibility import Fact


def nothing(what: str = "tender") -> NotFound:
    return NotFound(f"There is no such {what}, or it is not yours to see.")


def tender(request: Request, reference: str) -> Tender:
    """A published tender, or a draft of one's own buyer; with `status_now`."""
    found = _tenders(request).filter(reference=reference).first()
    if found is None or not (_is_public(request, found) or _is_own(request, found)):
        raise nothing()
    return found


def published(request: Request, reference: str) -> Tender:
    found = tender(request, reference)
    if not _is_public(request, found):
        raise nothing()
    return found


def taking_bids(request: Request, reference: str) -> Tender:
    """A published tender, only what a submission asks of it: thousands come in a minute."""
    found = Tender.objects.only(*FOR_BIDDING).order_by().filter(reference=reference).first()
    if found is None or not _is_public(request, found):
        raise nothing()
    return found


def seat(request: Request, reference: str) -> Tender:
    """A tender on whose opening committee the person sits, draft or not."""
    found = _tenders(request).filter(reference=reference, committee__user=person(request)).first()
    if found is None:
        raise nothing()
    return found


def seats(request: Request) -> QuerySet[CommitteeMember]:
    rows = CommitteeMember.objects.filter(user=person(request))
    return rows.select_related("tender", "organization").order_by("id")


def any_tender(reference: str) -> Tender:
    """For auditors, who read about every tender."""
    found = Tender.objects.filter(reference=reference).first()
    if found is None:
        raise nothing()
    return found


def _tenders(request: Request) -> QuerySet[Tender]:
    rows = Tender.objects.select_related("buyer")
    return lists.with_status(rows, now_of(request))


def _is_public(request: Request, found: Tender) -> bool:
    return visibility.sees(AnonymousUser(), Fact.TENDER, found, now=now_of(request))


def _is_own(request: Request, found: Tender) -> bool:
    return visibility.sees(request.user, Fact.DRAFT, found)


def lot(request: Request, reference: str, number: int) -> Lot:
    parent = tender(request, reference)
    found = parent.lots.filter(number=number).first()
    if found is None:
        raise nothing("lot")
    found.tender = parent
    return found


def award(of: Lot) -> Award:
    """The award of a lot that stands, recommended or decided."""
    rows = of.awards.filter(cancelled_at=None).select_related("bid", "supplier", "lot__tender")
    found = rows.first()
    if found is None:
        raise nothing("award")
    return found


CONTRACT_PARTS = ("award__lot__tender__buyer", "award__supplier")


def contract(of: Lot) -> Contract:
    """The first contract of a lot that stands."""
    rows = Contract.objects.filter(award__lot=of, award__cancelled_at=None)
    found = rows.select_related(*CONTRACT_PARTS).first()
    if found is None:
        raise nothing("contract")
    return found


def contract_by_number(request: Request, number: str, fact: Fact = Fact.CONTRACT) -> Contract:
    found = Contract.objects.filter(number=number).select_related(*CONTRACT_PARTS).first()
    if found is None or not _sees_contract(request, found, fact):
        raise nothing("contract")
    return found


def _sees_contract(request: Request, row: Contract, fact: Fact) -> bool:
    lot, user = row.award.lot, request.user
    own = user.is_authenticated and permissions.is_supplier(person(request), row)
    return visibility.sees(user, fact, lot.tender, lot=lot, own=own)


def load(request: Request, number: str, load: int) -> Delivery:
    row = contract_by_number(request, number, Fact.LOAD)
    found = row.deliveries.filter(number=load).first()
    if found is None:
        raise nothing("load")
    found.contract = row
    return found


def invoice(request: Request, number: str) -> Invoice:
    parts = [f"contract__{part}" for part in CONTRACT_PARTS]
    found = Invoice.objects.filter(number=number).select_related(*parts).first()
    if found is None or not _sees_contract(request, found.contract, Fact.INVOICE):
        raise nothing("invoice")
    return found


def bid(of: Tender, public_id: str) -> Bid:
    """An opened bid."""
    found = of.bids.filter(public_id=public_id).select_related("tenderer", "sealed_bid").first()
    if found is None:
        raise nothing("bid")
    return found


def gate(of: Lot, number: int) -> Criterion:
    found = of.criteria.filter(number=number, kind=Criterion.Kind.GATE).first()
    if found is None:
        raise nothing("gate")
    return found


def sees_evaluation(request: Request, of: Lot, row: Evaluation) -> bool:
    """An evaluation that was never confirmed stays with those who made it."""
    fact = Fact.WORKING if row.confirmed_at is None else Fact.RESULT
    return visibility.sees(request.user, fact, of.tender, lot=of)


def evaluation(request: Request, of: Lot, key: int) -> Evaluation:
    found = of.evaluations.filter(pk=key).first()
    if found is None or not sees_evaluation(request, of, found):
        raise nothing("evaluation")
    found.lot = of
    return found


def organization(public_id: str, where: str | None = None) -> Organization:
    found = Organization.objects.filter(public_id=public_id, historical_source="").first()
    if found is None:
        raise NotFound("There is no such organisation.", where=where)
    return found


def acting_for(request: Request, permission: Permission, name: str = "tenderer") -> Organization:
    """The organisation that the caller names in the query, or the only one that he may act for."""
    own = people.organizations_with(request.user, permission)  # type: ignore[arg-type]
    wanted = request.query_params.get(name)
    if wanted is not None:
        own = [row for row in own if row.public_id == wanted]
        if not own:
            raise nothing("organisation of yours")
    if not own:
        raise NotPermitted("You act for no organisation that may do this.")
    if len(own) > 1:
        raise Invalid(
            "You act for several organisations: say for which one.",
            where=f"?{name}",
            remedy=f"Add ?{name}= with one of: {', '.join(row.public_id for row in own)}.",
        )
    return own[0]
