"""After a default: the next-ranked tenderer is called up for what was not delivered.

It is an award of its own: one person recommends, another decides, a standstill follows, and the
contract gets the next number of the lot. Everybody can check that it is the next bid in rank.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import Conflict, Invalid, NotFound, NotNow
from marketplace.fields import plain
from marketplace.ledger.record import AUDITOR, PUBLIC
from procurement import permissions
from procurement.models import Award, AwardLine, Contract, EvaluatedBid
from procurement.operations import awards, contracts
from procurement.queries import loads
from procurement.rules import duties


@transaction.atomic
def recommend(*, contract: Contract, reason: str, by: User, now: datetime) -> Award:
    """Recommend the next-ranked bid for what the ended contract still wanted."""
    row = contracts.lock_contract(contract.pk)
    lot = row.award.lot
    permissions.check_user_can(by, Permission.AWARD_RECOMMEND, lot.tender)
    if row.terminated_at is None or not row.terminated_for_default:
        raise NotNow(
            "Another supplier is called up only after a contract ended by default.",
            remedy="Propose to end the contract because the supplier does not deliver.",
        )
    if not reason.strip():
        raise Invalid("Give the reason: it is published.", where="reason")
    following = next_ranked(row)
    lines = _lines(row, following)
    award = Award.objects.create(
        lot=lot,
        bid=following.bid,
        supplier=following.bid.tenderer,
        price=sum((line.quantity * line.unit_price for line in lines), Decimal(0)),
        currency=row.award.currency,
        # A second award of the lot stands beside the one that was delivered in part.
        is_part=True,
        called_up_for=row,
        recommendation=reason.strip(),
        recommended_at=now,
        recommended_by=by,
    )
    for line in lines:
        line.award = award
    AwardLine.objects.bulk_create(lines)
    body = {"reason": award.recommendation, "contract": row.number}
    awards.recorded("CallUpRecommended", award, by, now, body, visibility=AUDITOR)
    return award


def next_ranked(contract: Contract) -> EvaluatedBid:
    """The best-ranked bid of the lot without an award, standing or fallen; raises NotFound."""
    lot = contract.award.lot
    if Award.objects.filter(called_up_for=contract, cancelled_at=None).exists():
        raise Conflict("A supplier has been called up for this contract already.")
    evaluation = awards.confirmed_evaluation(lot)
    rows = evaluation.bids.exclude(rank=None).exclude(bid__in=lot.awards.values("bid"))
    found = rows.select_related("bid__tenderer").order_by("rank").first()
    if found is None:
        raise NotFound(
            "No other bid of this lot is ranked.", remedy="Run a new tender for what is missing."
        )
    return found


def _lines(contract: Contract, following: EvaluatedBid) -> list[AwardLine]:
    """What is missing, as far as the bid offers it, at the bid's own price."""
    offered = {line.item_id: line for line in following.bid.lines.all()}
    missing: dict[int, Decimal] = {}
    for line in contract.lines.all():
        left = max(line.quantity - loads.received(line), Decimal(0))
        missing[line.item_id] = missing.get(line.item_id, Decimal(0)) + left
    lines = [
        AwardLine(
            item_id=item,
            quantity=min(quantity, offered[item].quantity),
            unit_price=offered[item].unit_price,
        )
        for item, quantity in missing.items()
        if quantity and item in offered
    ]
    if not lines:
        raise NotNow("The next bid offers nothing of what is missing.")
    return lines


@transaction.atomic
def decide(*, award: Award, reason: str, by: User, now: datetime) -> Award:
    """Decide the call-up: its standstill starts, and the contract may follow."""
    row = awards.lock_award(award)
    permissions.check_user_can(by, Permission.AWARD_DECIDE, row.lot.tender)
    if row.called_up_for_id is None or row.decided_at is not None:
        raise Conflict("No call-up waits for a decision.")
    first = row.recommended_by.public_id if row.recommended_by else None
    duties.check_second_person(first, by.public_id, "recommended")
    if not reason.strip():
        raise Invalid("Give the reason: it is published.", where="reason")
    row.reason, row.decided_at, row.decided_by = reason.strip(), now, by
    row.standstill_ends_at = now + timedelta(days=row.lot.tender.standstill_days)
    row.save()
    lines = [
        {"item": x.item.number, "quantity": plain(x.quantity), "unit_price": plain(x.unit_price)}
        for x in row.lines.select_related("item")
    ]
    assert row.called_up_for is not None
    body = {"reason": row.reason, "contract": row.called_up_for.number, "lines": lines}
    awards.recorded("SupplierCalledUp", row, by, now, body, visibility=PUBLIC)
    return row
