"""What each bidder of a lot is told when its award is decided: result, reason, own figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement.models import Award, AwardLetter, Bid, Evaluation
from procurement.operations.common import at_words
from procurement.rules import words


@dataclass(frozen=True)
class Decided:
    """A decided award with what its letters quote: the result, and names for its numbers."""

    award: Award
    result: Mapping[str, Any]
    # Criteria by their number, tenderers by the number of their bid: both are public by now.
    titles: Mapping[str, str]
    names: Mapping[str, str]


def issue(award: Award, evaluation: Evaluation, now: datetime) -> list[AwardLetter]:
    """One letter per bid of the lot, kept as a row and queued to whoever submitted the bid."""
    result, case = json.loads(evaluation.result), json.loads(evaluation.case)
    bids = Bid.objects.filter(public_id__in=[line["bid"] for line in result["bids"]])
    by_id = {bid.public_id: bid for bid in bids.select_related("tenderer", "sealed_bid")}
    titles = {criterion["criterion"]: criterion["title"] for criterion in case["criteria"]}
    names = {public_id: bid.tenderer.name for public_id, bid in by_id.items()}
    decided = Decided(award, result, titles, names)
    letters = [
        AwardLetter(
            award=award,
            bid=by_id[line["bid"]],
            kind="award" if line["bid"] == award.bid.public_id else "regret",
            text=text(decided, line),
            issued_at=now,
        )
        for line in result["bids"]
    ]
    AwardLetter.objects.bulk_create(letters)
    for letter in letters:
        send(letter, now)
    return letters


def send(letter: AwardLetter, now: datetime) -> None:
    """Queue a letter to whoever submitted the bid."""
    sealed = letter.bid.sealed_bid
    if sealed is None:
        return
    told = {
        "tender": letter.award.lot.tender.reference,
        "lot": letter.award.lot.number,
        "address": f"{settings.SITE_URL}/bids/",
    }
    outbox.queue(
        f"letter:{letter.award.pk}:{letter.bid.public_id}",
        User.objects.filter(pk=sealed.submitted_by_id),
        subject=lambda: _("Result of %(tender)s, lot %(lot)s") % told,
        body=letter.text,
        sms=lambda: _short(letter) % told,
        kind=Kind.LETTER,
        now=now,
    )


def _short(letter: AwardLetter) -> str:
    if letter.kind == AwardLetter.Kind.AWARD:
        return _("%(tender)s, lot %(lot)s: awarded to you. Read your letter: %(address)s")
    return _("%(tender)s, lot %(lot)s: not awarded to you. Read why: %(address)s")


def text(decided: Decided, line: Mapping[str, Any]) -> str:
    """The letter about one bid in plain words; every figure comes from the evaluation's result."""
    award, lot = decided.award, decided.award.lot
    return "\n\n".join(
        [
            f"{lot.tender.buyer.name}\n{lot.tender.reference}: {lot.tender.title}\n"
            f"Lot {lot.number}: {lot.title}",
            _outcome(decided, line),
            _award(award),
            f"No contract is signed before {at_words(award.standstill_ends_at)}. Until then you "
            "may ask for an explanation or lodge a challenge with the procuring entity.",
        ]
    )


def _outcome(decided: Decided, line: Mapping[str, Any]) -> str:
    if line["bid"] == decided.award.bid.public_id:
        return "Your bid is accepted. " + _figures(line, decided.result)
    if not line["qualified"]:
        failed = "; ".join(_failed(g, decided.titles) for g in line["gates"] if not g["passed"])
        return f"Your bid was not accepted. It did not meet these requirements: {failed}."
    behind = line["behind"]["words"] if line["behind"] else ""
    for number, name in decided.names.items():
        behind = behind.replace(f"bid {number}", f"the bid of {name}")
    behind = words.sums(behind, decided.result["currency"])
    return f"Your bid was not accepted. {_figures(line, decided.result)} {behind}".strip()


def _failed(gate: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """A requirement that was not met, and why: the finding alone does not say of what it is."""
    told = (titles.get(gate["name"], ""), gate["reason"].rstrip("."))
    return ": ".join(filter(None, told)) or gate["name"]


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
