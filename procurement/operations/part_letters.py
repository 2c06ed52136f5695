"""What each bidder of a divided lot is told: the part awarded, or why not, from the allocation."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from procurement.models import Allocation, Award, AwardLetter, Bid, Lot, TenderSharing
from procurement.operations import letters
from procurement.operations.common import at_words
from procurement.rules import words
from procurement.rules.allocation.published import CAP, name

# What the allocation calls the rules, and what a letter or a page says.
PLAINLY = {
    f"owner cap {CAP}": "most for one supplier",
    **{
        f"reserve {group.value}": f"share reserved for {str(group.label).lower()}"
        for group in TenderSharing.Group
    },
}


def issue(allocation: Allocation, rows: Sequence[Award], now: datetime) -> list[AwardLetter]:
    """One letter for each bid of each lot, kept as a row and queued to whoever submitted it.

    A regret hangs on the first part of its lot.
    """
    result = json.loads(allocation.result)
    lots: dict[int, list[Award]] = {}
    for award in rows:
        lots.setdefault(award.lot_id, []).append(award)
    made = [letter for parts in lots.values() for letter in _of_lot(result, parts, now)]
    AwardLetter.objects.bulk_create(made)
    for letter in made:
        letters.send(letter, now)
    return made


def _of_lot(result: Mapping[str, Any], parts: Sequence[Award], now: datetime) -> list[AwardLetter]:
    lot = parts[0].lot
    own = {award.bid_id: award for award in parts}
    bids = Bid.objects.filter(tender=lot.tender, lines__item__lot=lot).distinct()
    found = []
    for bid in bids.select_related("tenderer", "sealed_bid").order_by("id"):
        award = own.get(bid.pk)
        said = _accepted(award, result) if award else _refused(bid, lot, result)
        found.append(
            AwardLetter(
                award=award or parts[0],
                bid=bid,
                kind="award" if award else "regret",
                text=_text(lot, said, parts),
                issued_at=now,
            )
        )
    return found


def _text(lot: Lot, said: str, parts: Sequence[Award]) -> str:
    return "\n\n".join(
        [
            f"{lot.tender.buyer.name}\n{lot.tender.reference}: {lot.tender.title}\n"
            f"Lot {lot.number}: {lot.title}",
            said,
            _all_parts(lot, parts),
            f"No contract is signed before {at_words(parts[0].standstill_ends_at)}. Until then you "
            "may ask for an explanation or lodge a challenge with the procuring entity.",
        ]
    )


def _accepted(award: Award, result: Mapping[str, Any]) -> str:
    line = award.lines.get()
    quantity = words.amount(line.quantity, line.item.unit)
    each = words.money(line.unit_price, award.currency)
    price = words.money(award.price, award.currency)
    said = (
        f"Your bid is accepted for a part of this lot: {quantity}, at {each} for each "
        f"{line.item.unit}, {price} in all."
    )
    why = reason_of(result, name(award.bid.public_id, award.lot.number))
    return f"{said} Why no more: {named(why, award.lot)}" if why else said


def _refused(bid: Bid, lot: Lot, result: Mapping[str, Any]) -> str:
    evaluated = bid.evaluated.filter(evaluation__lot=lot).exclude(evaluation__confirmed_at=None)
    line = evaluated.first()
    if line is not None and line.disqualification:
        return f"Your bid was not accepted. It did not qualify: {line.disqualification}."
    why = why_not(result, bid, lot)
    return f"Your bid was not accepted. {why}".strip()


def why_not(result: Mapping[str, Any], bid: Bid, lot: Lot) -> str:
    """Why a bid gets nothing of a lot, and what would have changed it, in words."""
    found = [reason_of(result, name(bid.public_id, lot.number))]
    row = next((t for t in result["tenderers"] if t["tenderer"] == bid.tenderer.public_id), None)
    if row is not None and row["change"]:
        found.append(row["change"]["words"])
    return named(" ".join(filter(None, found)), lot)


def reason_of(result: Mapping[str, Any], bid: str) -> str:
    return next((r["words"] for r in result["reasons"] if r["bid"] == bid), "")


def named(text: str, lot: Lot) -> str:
    """The allocation's words with the names of bidders in place of the numbers of their bids."""
    bids = {b.public_id: b.tenderer.name for b in lot.tender.bids.select_related("tenderer")}
    firms = {b.tenderer.public_id: b.tenderer.name for b in lot.tender.bids.all()}

    def told(found: re.Match[str]) -> str:
        who = bids.get(found["bid"])
        return found[0] if who is None else f"{found['lead'] or ''}{who}"

    text = re.sub(r"(?P<lead>from )?(?:bid )?(?P<bid>[0-9a-f]{16})-L\d+", told, text)
    for key, firm in firms.items():
        text = text.replace(key, firm)
    for technical, plainly in PLAINLY.items():
        text = text.replace(technical, plainly)
    return text


def _all_parts(lot: Lot, parts: Sequence[Award]) -> str:
    told = [
        f"{award.supplier.name} {words.amount(line.quantity, line.item.unit)} "
        f"for {words.money(award.price, award.currency)}"
        for award in parts
        for line in award.lines.all()
    ]
    return f"The lot is awarded in parts: {'; '.join(told)}. Reason: {parts[0].reason}"
