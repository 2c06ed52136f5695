"""What an entry of the record says, fact by fact, in words a reader can use.

Keys and codes stay as they are in the file that is downloaded; here they are only read out.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procurement.rules import words

LABELS = {
    "allocation": _("Number of the allocation"),
    "allocation_case": _("Case that was allocated"),
    "allocation_terms": _("Digest of the rules for divided lots (SHA-256)"),
    "amount": _("Amount"),
    "answer": _("Answer"),
    "award": _("Number of the award"),
    "awards": _("Number of parts that are awarded"),
    "bid": _("Bid"),
    "bids": _("Bids"),
    "bids_digest": _("Digest of the bids that stand (SHA-256)"),
    "case": _("Case that was evaluated"),
    "case_digest": _("Digest of the case (SHA-256)"),
    "ciphertext_hash": _("Seal (SHA-256 of the sealed bid)"),
    "closed": _("What the digest at the close was made of"),
    "contract": _("Contract"),
    "criterion": _("Number of the requirement"),
    "deadline": _("Deadline"),
    "depot": _("Depot"),
    "due_at": _("Due"),
    "draw_commitment": _("Commitment for a draw"),
    "draw_nonce": _("Number for a draw, revealed"),
    "draw_seed": _("Seed of a draw"),
    "engine_source": _("Digest of the evaluation program (SHA-256)"),
    "enquiry": _("Number of the question"),
    "evaluation": _("Number of the evaluation"),
    "evaluation_terms": _("Rules of evaluation, by lot"),
    "fallen": _("Parts that were passed over, because their award fell"),
    "final": _("Last payment"),
    "header_hash": _("Digest of the seal’s header (SHA-256)"),
    "invoice": _("Invoice"),
    "item": _("Item"),
    "lot": _("Lot"),
    "note": _("Goods received note"),
    "notice": _("Notice"),
    "opener": _("Opener"),
    "openers": _("Openers, by their place"),
    "organization": _("Organisation"),
    "parts": _("Number of parts"),
    "passed": _("Met"),
    "person": _("Person"),
    "payable": _("Paid for"),
    "payment_days": _("Days to pay"),
    "position": _("Place on the committee"),
    "price": _("Price"),
    "proposed_at": _("Proposed"),
    "proposed_by": _("Proposed by"),
    "public_key": _("Public key"),
    "quantity": _("Quantity"),
    "question": _("Question"),
    "reason": _("Reason"),
    "received_at": _("Received"),
    "result_digest": _("Digest of the result (SHA-256)"),
    "revision": _("Revision"),
    "sha256": _("Digest of the file (SHA-256)"),
    "size": _("Size in bytes"),
    "standstill_ends_at": _("Standstill until"),
    "supplier": _("Supplier"),
    "tenderer": _("Tenderer"),
    "terms": _("Terms as published"),
    "terms_hash": _("Digest of the terms (SHA-256)"),
    "tier": _("Where it was sealed"),
    "title": _("Title"),
}
TIERS = {"S": _("on the server (S)"), "C": _("by the tenderer (C)")}
# Told with another fact, or on the line above: with the amount, with the quantity.
TOLD_ELSEWHERE = {"currency", "unit", "at", "by", "event", "previous", "subject", "visibility"}


def facts(body: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(label, value) of each fact of an entry; `names` are people and organisations by id."""
    return [
        (str(LABELS.get(key, key.replace("_", " ").capitalize())), _value(key, value, body, names))
        for key, value in body.items()
        if key not in TOLD_ELSEWHERE
    ]


def _value(key: str, value: Any, body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, dict | list):
        return _many(value)
    if key in ("amount", "price") and body.get("currency"):
        return words.money(Decimal(str(value)), body["currency"])
    if key == "quantity":
        return words.amount(Decimal(str(value)), body.get("unit", ""))
    return _text(key, str(value), names)


def _text(key: str, text: str, names: Mapping[str, str]) -> str:
    if key == "tier":
        return str(TIERS.get(text, text))
    if key == "deadline" or key.endswith("_at"):
        return words.instant(datetime.fromisoformat(text), timezone.get_default_timezone())
    said = names.get(text, text)
    return said if len(said) <= 200 else f"{said[:199]}…"


def _many(value: dict[str, Any] | list[Any]) -> str:
    """Structures are told by their size: the file has them whole."""
    if all(isinstance(one, int | str) and len(str(one)) <= 8 for one in value):
        return ", ".join(str(one) for one in value)
    return str(_("{n} parts, whole in the download")).format(n=len(value))
