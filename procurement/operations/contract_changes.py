"""Changing a signed contract or ending it early: one person proposes, another confirms."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.fields import plain
from marketplace.ledger.record import AUDITOR
from procurement import permissions
from procurement.models import Contract, ContractChange, ContractLine
from procurement.operations import contracts, proposals
from procurement.queries import loads

Kind = ContractChange.Kind


@transaction.atomic
def propose_line(
    *,
    line: ContractLine,
    quantity: Decimal,
    starts: date | None,
    ends: date | None,
    reason: str,
    by: User,
    now: datetime,
) -> ContractChange:
    """Propose another quantity or delivery window; the price is not for two people to change."""
    contract = _locked(line.contract, by, now)
    row = contract.lines.select_related("item").filter(pk=line.pk).first()
    if row is None:
        raise NotFound("The contract has no such line.", where="line")
    _check_line(row, quantity, starts, ends)
    said = {"line": row, "quantity": quantity, "starts": starts, "ends": ends}
    return _propose(contract, Kind.LINE, reason, by, now, **said)


def _check_line(
    line: ContractLine, quantity: Decimal, starts: date | None, ends: date | None
) -> None:
    held = loads.received(line) + loads.promised(line)
    if quantity <= 0 or quantity < held:
        raise Invalid(
            f"{plain(held)} {line.item.unit} are received or booked already.",
            where="quantity",
            remedy="Give at least that much, and more than nothing.",
        )
    if starts and ends and ends < starts:
        raise Invalid("Delivery cannot end before it starts.", where="ends")


@transaction.atomic
def propose_end(
    *, contract: Contract, is_default: bool, reason: str, by: User, now: datetime
) -> ContractChange:
    """Propose to end a contract before everything is delivered; what was received is paid."""
    row = _locked(contract, by, now)
    kind = Kind.DEFAULT if is_default else Kind.AGREED
    return _propose(row, kind, reason, by, now)


def _locked(contract: Contract, by: User, now: datetime) -> Contract:
    row = contracts.lock_contract(contract.pk)
    permissions.check_user_can(by, Permission.CONTRACT_SIGN, row.award.lot.tender)
    contracts.check_allows("contracts.change", row, now)
    return row


def _propose(
    contract: Contract, kind: str, reason: str, by: User, now: datetime, **said: object
) -> ContractChange:
    is_open = contract.changes.filter(confirmed_at=None, declined_at=None).exists()
    proposals.check_none_open(is_open, "change")
    reason = proposals.checked_reason(reason)
    made = ContractChange.objects.create(
        contract=contract, kind=kind, reason=reason, proposed_at=now, proposed_by=by, **said
    )
    recorded("ContractChangeProposed", made, by, now, AUDITOR)
    tender, what = contract.award.lot.tender, f"{made.get_kind_display()}: {contract.number}."
    key = f"contract-change:{made.pk}"
    proposals.ask_approvers(key, tender, what, reason, now, "a change of a contract")
    return made


@transaction.atomic
def confirm(*, proposal: ContractChange, by: User, now: datetime) -> Contract:
    """Confirm a proposal: the line changes, or nothing more is delivered."""
    row = _found(proposal)
    contract = row.contract
    contracts.check_allows("contracts.change", contract, now)
    proposals.confirm(row, contract.award.lot.tender, by, now)
    if row.kind == Kind.LINE:
        _change_line(row)
        recorded("ContractChanged", row, by, now)
    else:
        _end(contract, row, now)
        recorded("ContractTerminated", row, by, now)
        contracts.settle(contract, now)
    return contract


def _change_line(row: ContractChange) -> None:
    assert row.line_id is not None and row.quantity is not None
    line = ContractLine.objects.select_related("item").get(pk=row.line_id)
    _check_line(line, row.quantity, row.starts, row.ends)
    line.quantity, line.starts, line.ends = row.quantity, row.starts, row.ends
    line.save(update_fields=["quantity", "starts", "ends"])


def _end(contract: Contract, row: ContractChange, now: datetime) -> None:
    if waiting := loads.under_way(contract):
        raise Conflict(
            f"The load {waiting[0]} is at the gate.", remedy="Receive or reject it first."
        )
    contract.terminated_at, contract.terminated_for_default = now, row.kind == Kind.DEFAULT
    contract.delivered_at = now
    contract.save(update_fields=["terminated_at", "terminated_for_default", "delivered_at"])


@transaction.atomic
def decline(*, proposal: ContractChange, by: User, now: datetime) -> ContractChange:
    """Decline a proposal, or take one's own back; the contract goes on as it stands."""
    row = _found(proposal)
    how = proposals.decline(row, row.contract.award.lot.tender, by, now)
    recorded(f"ContractChange{how}", row, by, now, AUDITOR)
    return row


def _found(proposal: ContractChange) -> ContractChange:
    contract = contracts.lock_contract(proposal.contract_id)
    row = contract.changes.select_related("proposed_by").filter(pk=proposal.pk).first()
    if row is None:
        raise NotFound("There is no such proposal.")
    row.contract = contract
    return row


def recorded(
    event: str, row: ContractChange, by: User, now: datetime, visibility: str = "public"
) -> None:
    body: dict[str, object] = {"reason": row.reason, "kind": row.kind}
    if row.line is not None:
        assert row.quantity is not None
        body |= {
            "line": row.line.number,
            "quantity": plain(row.quantity),
            "unit": row.line.item.unit,
            "starts": row.starts.isoformat() if row.starts else None,
            "ends": row.ends.isoformat() if row.ends else None,
        }
    contracts.recorded(event, row.contract, by, now, body, visibility=visibility)
