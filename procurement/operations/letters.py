"""What each bidder of a lot is told when its award is decided: result, reason, own figures."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.accounts.models import User
from marketplace.notify import outbox
from procurement.models import Award, AwardLetter, Bid
from procurement.operations.common import at_words
from procurement.rules import words


def issue(award: Award, result: Mapping[str, Any], now: datetime) -> list[AwardLetter]:
    """One letter per bid of the lot, kept as a row and queued to whoever submitted the bid."""
    bids = Bid.objects.filter(public_id__in=[line["bid"] for line in result["bids"]])
    by_id = {bid.public_id: bid for bid in bids.select_related("tenderer", "sealed_bid")}
    letters = [
        AwardLetter(
            award=award,
            bid=by_id[line["bid"]],
            kind="award" if line["bid"] == award.bid.public_id else "regret",
            text=text(award, line, result),
            issued_at=now,
        )
        for line in result["bids"]
    ]
    AwardLetter.objects.bulk_create(letters)
    for letter in letters:
        _send(letter, now)
    return letters


def _send(letter: AwardLetter, now: datetime) -> None:
    sealed = letter.bid.sealed_bid
    if sealed is None:
        return
    outbox.queue(
        f"letter:{letter.award.pk}:{letter.bid.public_id}",
        User.objects.filter(pk=sealed.submitted_by_id),
        subject=f"Result of {letter.award.lot.tender.reference}, lot {letter.award.lot.number}",
        body=letter.text,
        now=now,
    )


def text(award: Award, line: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """The letter in plain words; every figure comes from the evaluation's result."""
    lot = award.lot
    return "\n\n".join(
        [
            f"{lot.tender.buyer.name}\n{lot.tender.reference}: {lot.tender.title}\n"
            f"Lot {lot.number}: {lot.title}",
            _outcome(award, line, result),
            _award(award),
            f"No contract is signed before {at_words(award.standstill_ends_at)}. Until then you "
            "may ask for an explanation or lodge a challenge with the procuring entity.",
        ]
    )


def _outcome(award: Award, line: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    if line["bid"] == award.bid.public_id:
        return "Your bid is accepted. " + _figures(line, result)
    if not line["qualified"]:
        reasons = "; ".join(g["reason"] or g["name"] for g in line["gates"] if not g["passed"])
        return f"Your bid was not accepted. It did not meet these requirements: {reasons}."
    behind = line["behind"]["words"] if line["behind"] else ""
    behind = words.sums(behind, result["currency"])
    return f"Your bid was not accepted. {_figures(line, result)} {behind}".strip()


def _figures(line: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    price = words.money(Decimal(line["price"]["shown"]), result["currency"])
    return (
        f"Your price was {price}, {_value(line, result)}, your rank {line['rank']} "
        f"of {sum(1 for other in result['bids'] if other['qualified'])}."
    )


def _value(line: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """What the lot's method ranked the bid by: points, or an evaluated price."""
    if line["points"]:
        return f"you earned {line['points']['shown']} points"
    evaluated = words.money(Decimal(line["evaluated_price"]["shown"]), result["currency"])
    return f"your evaluated price {evaluated}"


def _award(award: Award) -> str:
    return (
        f"The lot is awarded to {award.supplier.name} "
        f"for {words.money(award.price, award.currency)}. "
        f"Reason: {award.reason}"
    )
