"""Contracts: signed after the standstill, complete when everything has been received."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, NotFound, NotNow
from marketplace.fields import plain
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Award, Contract, ContractLine
from procurement.operations.common import lock_lot
from procurement.queries import facts, inspections, invoices, loads
from procurement.rules import adjusting, lifecycle
from procurement.rules.rulesets import ruleset


@transaction.atomic
def sign(*, award: Award, by: User, now: datetime) -> Contract:
    """Record the signed contract, once the standstill is over, on the terms of the tender."""
    locked = _award_of(award.pk)
    lot = locked.lot
    permissions.check_role(by, Permission.CONTRACT_SIGN, lot.tender.buyer)
    permissions.check_second_factor(by)
    lifecycle.check_allowed("contracts.sign", facts.award_status(locked, now))
    contract = Contract.objects.create(
        award=locked,
        number=_number(locked),
        signed_at=now,
        signed_by=by,
        payment_days=ruleset(lot.tender.jurisdiction).payment_days,
    )
    _copy_lines(contract)
    recorded("ContractSigned", contract, by, now, _terms(contract))
    return contract


def _award_of(award_id: int) -> Award:
    award = Award.objects.filter(pk=award_id, cancelled_at=None).first()
    if award is None:
        raise NotFound("There is no such award.")
    award.lot = lock_lot(award.lot_id)
    return award


def _number(award: Award) -> str:
    """REFERENCE-L1; the second part of a divided lot gets REFERENCE-L1-2, whichever signs first.

    The contract of a supplier that was called up counts on from those that are signed.
    """
    base = f"{award.lot.tender.reference}-L{award.lot.number}"
    if award.allocation_id is not None:
        earlier = Award.objects.filter(lot=award.lot, is_part=True, pk__lt=award.pk)
        before = earlier.exclude(decided_at=None).count()
    else:
        before = Contract.objects.filter(award__lot=award.lot).count()
    return f"{base}-{before + 1}" if before else base


def _copy_lines(contract: Contract) -> None:
    rows = contract.award.lines.select_related("item__specification__adjustment").order_by(
        "item__number"
    )
    for number, row in enumerate(rows, start=1):
        demanded = row.item.specification
        line = ContractLine(
            contract=contract,
            number=number,
            item=row.item,
            quantity=row.quantity,
            unit_price=row.unit_price,
            schedule=demanded.adjustment if demanded else None,
            tolerance=(demanded.quantity_tolerance if demanded else None) or 0,
            starts=row.item.delivery_starts,
            ends=row.item.delivery_ends,
        )
        if entry := inspections.schedule(line):
            adjusting.check_fits(entry, inspections.limits(line), contract.award.currency)
        line.save()


def _terms(contract: Contract) -> dict[str, object]:
    lines = [
        {
            "line": line.number,
            "item": line.item.number,
            "quantity": plain(line.quantity),
            "unit": line.item.unit,
            "unit_price": plain(line.unit_price),
            "tolerance_percent": plain(line.tolerance),
            "schedule": line.schedule.code if line.schedule else None,
            "schedule_edition": line.schedule.edition if line.schedule else None,
            "starts": line.starts.isoformat() if line.starts else None,
            "ends": line.ends.isoformat() if line.ends else None,
        }
        for line in contract.lines.select_related("item", "schedule")
    ]
    return {"lines": lines, "payment_days": contract.payment_days}


def lock_contract(contract_id: int) -> Contract:
    """The contract, its tender and itself locked until commit; raises NotFound."""
    row = Contract.objects.select_related("award__supplier").filter(pk=contract_id).first()
    if row is None:
        raise NotFound("There is no such contract.")
    lot = lock_lot(row.award.lot_id)
    locked = Contract.objects.select_for_update(of=("self",)).get(pk=row.pk)
    locked.award = row.award
    locked.award.lot = lot
    return locked


def check_allows(operation: str, contract: Contract, now: datetime) -> None:
    """By the contract's own status: the lot may have several, at different places."""
    contract.award.contract = contract
    lifecycle.check_allowed(operation, facts.award_status(contract.award, now))


@transaction.atomic
def complete(*, contract: Contract, by: User, now: datetime) -> Contract:
    """Declare that everything has been delivered."""
    row = lock_contract(contract.pk)
    permissions.check_role(by, Permission.DELIVERY_RECORD, row.award.lot.tender.buyer)
    permissions.check_second_factor(by)
    check_allows("deliveries.complete", row, now)
    if not row.deliveries.exclude(receipt=None).exists():
        raise NotNow(
            "No delivery has been recorded under this contract.",
            remedy="Receive the loads first; a contract without any ends in another way.",
        )
    if waiting := loads.under_way(row):
        raise Conflict(
            f"The load {waiting[0]} is at the gate.",
            remedy="Receive or reject it, then declare the deliveries complete.",
        )
    row.delivered_at = now
    row.save(update_fields=["delivered_at"])
    recorded("DeliveriesCompleted", row, by, now, {})
    settle(row, now)
    return row


def settle(contract: Contract, now: datetime) -> None:
    """The contract is paid once all is delivered, invoiced and paid; call it under its lock."""
    if contract.paid_at is None and contract.delivered_at and invoices.is_settled(contract):
        contract.paid_at = now
        contract.save(update_fields=["paid_at"])


def recorded(
    event: str,
    contract: Contract,
    by: User | None,
    now: datetime,
    body: Mapping[str, object],
    *,
    visibility: str = "public",
) -> None:
    lot = contract.award.lot
    record(
        event,
        subject=lot.tender.reference,
        body={"lot": lot.number, "contract": contract.number, **body},
        by=by,
        now=now,
        visibility=visibility,
    )
