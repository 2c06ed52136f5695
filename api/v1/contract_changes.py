"""Changing or ending a contract, and calling up the next supplier: each takes two people."""

from typing import Any

from rest_framework.request import Request

from api.access import SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Day, Flag, Instant, Number, Shape, Text, Whole
from api.v1 import find
from api.v1.contracts import ContractOut
from api.v1.contracts import shown as contract_shown
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from procurement.models import ContractChange
from procurement.operations import callups, contract_changes
from procurement.rules.visibility import Fact


class LineChangeIn(Shape):
    line = Whole(min_value=1, max_value=32767)
    quantity = Number()
    starts = Day(allow_null=True, default=None)
    ends = Day(allow_null=True, default=None)
    reason = Text(max_length=4000)


class EndIn(Shape):
    default = Flag(help_text="Whether it ends because the supplier does not deliver.")
    reason = Text(max_length=4000)


class ContractChangeOut(Shape):
    id = Whole()
    kind = Text()
    reason = Text()
    proposed_at = Instant()
    confirmed_at = Instant(allow_null=True)
    declined_at = Instant(allow_null=True)


class CallUpIn(Shape):
    reason = Text(max_length=4000)


class CallUpOut(Shape):
    award = Whole(source="pk")
    supplier = Text(source="supplier.public_id")
    bid = Text(source="bid.public_id")
    recommended_at = Instant()
    decided_at = Instant(allow_null=True)
    standstill_ends_at = Instant(allow_null=True)


SIGNS = may(Permission.CONTRACT_SIGN, "in the buyer of the contract")
APPROVES = may(Permission.TENDER_PUBLISH, "in the buyer of the contract")


def _change(request: Request, number: str, key: int) -> ContractChange:
    """For people of the buyer: to everybody else a proposal is not there."""
    contract = find.contract_by_number(request, number, Fact.PROPOSAL)
    row = contract.changes.filter(pk=key).first()
    if row is None:
        raise find.nothing("proposal")
    return row


class LineChanges(ApiView):
    @endpoint(SIGNS, takes=LineChangeIn, gives=ContractChangeOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, data: dict[str, Any]) -> Made:
        """Propose another quantity or delivery window of a line."""
        row, given = find.contract_by_number(request, contract), dict(data)
        line = row.lines.filter(number=given.pop("line")).first()
        if line is None:
            raise NotFound("The contract has no such line.", where="line")
        made = contract_changes.propose_line(
            line=line, **given, by=person(request), now=now_of(request)
        )
        return Made(made, f"/api/v1/contracts/{contract}")


class Ends(ApiView):
    @endpoint(SIGNS, takes=EndIn, gives=ContractChangeOut, status=201, idempotent=True)
    def post(self, request: Request, contract: str, data: dict[str, Any]) -> Made:
        """Propose to end the contract early."""
        made = contract_changes.propose_end(
            contract=find.contract_by_number(request, contract),
            is_default=data["default"],
            reason=data["reason"],
            by=person(request),
            now=now_of(request),
        )
        return Made(made, f"/api/v1/contracts/{contract}")


class ChangeConfirmation(ApiView):
    @endpoint(APPROVES, gives=ContractOut, idempotent=True)
    def post(self, request: Request, contract: str, key: int) -> dict[str, Any]:
        """Confirm a proposal: the line changes, or the contract ends."""
        row = _change(request, contract, key)
        contract_changes.confirm(proposal=row, by=person(request), now=now_of(request))
        return contract_shown(request, find.contract_by_number(request, contract))


class ChangeRefusal(ApiView):
    @endpoint(
        SIGNED_IN,
        gives=ContractChangeOut,
        idempotent=True,
    )
    def post(self, request: Request, contract: str, key: int) -> ContractChange:
        """Take a proposal back, or decline it."""
        row = _change(request, contract, key)
        return contract_changes.decline(proposal=row, by=person(request), now=now_of(request))


class CallUps(ApiView):
    @endpoint(
        may(Permission.AWARD_RECOMMEND, "in the buyer of the contract"),
        takes=CallUpIn,
        gives=CallUpOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, contract: str, data: dict[str, Any]) -> Made:
        """Recommend the next-ranked bid for what a contract that ended by default lacks."""
        row = find.contract_by_number(request, contract)
        made = callups.recommend(contract=row, **data, by=person(request), now=now_of(request))
        return Made(made, f"/api/v1/contracts/{contract}")


class CallUpDecision(ApiView):
    @endpoint(
        may(Permission.AWARD_DECIDE, "in the buyer of the contract"),
        takes=CallUpIn,
        gives=CallUpOut,
        idempotent=True,
    )
    def post(self, request: Request, contract: str, data: dict[str, Any]) -> Any:
        """Decide the call-up that waits."""
        row = find.contract_by_number(request, contract)
        award = row.call_ups.filter(cancelled_at=None, decided_at=None).first()
        if award is None:
            raise find.nothing("call-up")
        return callups.decide(award=award, **data, by=person(request), now=now_of(request))
