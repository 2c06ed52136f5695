"""Contracts, deliveries and payments, in their simplest honest form."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.fields import plain
from marketplace.ledger.record import record
from procurement import permissions
from procurement.models import Award, Contract, Delivery, Item, Payment
from procurement.operations.common import check_award_allows, lock_lot


def _award_of(award_id: int) -> Award:
    award = Award.objects.select_related("lot").filter(pk=award_id, cancelled_at=None).first()
    if award is None:
        raise NotFound("There is no such award.")
    award.lot = lock_lot(award.lot_id)
    return award


@transaction.atomic
def sign(*, award: Award, by: User, now: datetime) -> Contract:
    """Record the signed contract, once the standstill is over."""
    locked = _award_of(award.pk)
    permissions.check_role(by, Permission.CONTRACT_SIGN, locked.lot.tender.buyer)
    permissions.check_second_factor(by)
    check_award_allows("contracts.sign", locked, now)
    contract = Contract.objects.create(
        award=locked,
        number=_number(locked),
        signed_at=now,
        signed_by=by,
    )
    _recorded("ContractSigned", contract, by, now, {})
    return contract


def _number(award: Award) -> str:
    """REFERENCE-L1; the second part of a divided lot gets REFERENCE-L1-2, whichever signs first."""
    stem = f"{award.lot.tender.reference}-L{award.lot.number}"
    if not award.is_part:
        return stem
    earlier = Award.objects.filter(lot=award.lot, is_part=True, pk__lt=award.pk)
    place = earlier.exclude(decided_at=None).count() + 1
    return stem if place == 1 else f"{stem}-{place}"


@transaction.atomic
def receive(
    *, contract: Contract, item: Item, quantity: Decimal, note: str = "", by: User, now: datetime
) -> Delivery:
    """Record goods received, in the item's unit."""
    contract.award = _award_of(contract.award_id)
    lot = contract.award.lot
    permissions.check_role(by, Permission.DELIVERY_RECORD, lot.tender.buyer)
    permissions.check_second_factor(by)
    check_award_allows("deliveries.receive", contract.award, now)
    if item.lot_id != lot.pk:
        raise NotFound("The contract has no such item.")
    if not 0 < quantity <= item.quantity * 2:
        raise Invalid("The quantity must be above zero and sensible.", where="quantity")
    delivery = Delivery.objects.create(
        contract=contract, item=item, quantity=quantity, received_at=now, received_by=by, note=note
    )
    body = {"item": item.number, "quantity": plain(quantity), "unit": item.unit}
    _recorded("DeliveryReceived", contract, by, now, body)
    return delivery


@transaction.atomic
def complete(*, contract: Contract, by: User, now: datetime) -> Contract:
    """Declare that everything has been delivered."""
    row = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    row.award = _award_of(row.award_id)
    permissions.check_role(by, Permission.DELIVERY_RECORD, row.award.lot.tender.buyer)
    permissions.check_second_factor(by)
    check_award_allows("deliveries.complete", row.award, now)
    if not row.deliveries.exists():
        raise NotNow("No delivery has been recorded under this contract.")
    row.delivered_at = now
    row.save(update_fields=["delivered_at"])
    _recorded("DeliveriesCompleted", row, by, now, {})
    return row


@transaction.atomic
def pay(*, contract: Contract, amount: Decimal, final: bool, by: User, now: datetime) -> Payment:
    """Record a payment, in the contract's currency; the final one settles the contract."""
    row = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    row.award = _award_of(row.award_id)
    permissions.check_role(by, Permission.PAYMENT_RECORD, row.award.lot.tender.buyer)
    permissions.check_second_factor(by)
    check_award_allows("payments.pay", row.award, now)
    if row.paid_at is not None:
        raise Conflict("This contract is paid in full.")
    if amount <= 0:
        raise Invalid("The amount must be above zero.", where="amount")
    payment = Payment.objects.create(
        contract=row, amount=amount, currency=row.award.currency, paid_at=now, recorded_by=by
    )
    if final:
        row.paid_at = now
        row.save(update_fields=["paid_at"])
    body = {"amount": plain(amount), "currency": payment.currency, "final": final}
    _recorded("PaymentMade", row, by, now, body)
    return payment


def _recorded(
    event: str, contract: Contract, by: User, now: datetime, body: dict[str, object]
) -> None:
    lot = contract.award.lot
    record(
        event,
        subject=lot.tender.reference,
        body={"lot": lot.number, "contract": contract.number, **body},
        by=by,
        now=now,
    )
