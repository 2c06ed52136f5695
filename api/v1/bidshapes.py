"""The shapes of bids: as sent, as sealed, as read out."""

from typing import Any

from rest_framework import serializers

from api.errors import pointer
from api.shapes import Instant, Number, Shape, Text, Whole, listed, utc
from api.v1.content import Choice
from api.v1.tenderlist import OrganizationRef
from procurement.models import Bid
from procurement.rules import bidding, biddraft


class LineIn(Shape):
    lot = Whole(min_value=1, max_value=32767)
    item = Whole(min_value=1, max_value=32767)
    unit_price = Number()
    quantity = Number()
    stated_total = Number(allow_null=True, required=False)


class DeclaredIn(Shape):
    lot = Whole(min_value=1, max_value=32767)
    item = Whole(min_value=1, max_value=32767)
    parameter = Text(max_length=60)
    value = Text(max_length=60)


class ResponseIn(Shape):
    lot = Whole(min_value=1, max_value=32767)
    criterion = Whole(min_value=1, max_value=32767)
    option = Whole(min_value=1, max_value=32767)


class AttachmentIn(Shape):
    title = Text(max_length=200)
    filename = Text(max_length=200)
    media_type = Text(max_length=100)
    content = Text(help_text="Base64.")
    sha256 = Text(required=False, min_length=64, max_length=64)


class PartIn(Shape):
    lot = Whole(min_value=1, max_value=32767)
    minimum = Number(help_text="The least that you would deliver, or nothing; 0: any quantity.")
    maximum = Number(help_text="The most that you would deliver.")


CAPACITY = "The most that you can deliver of all divided lots together; null: all of it."


class BidIn(Shape):
    format = Choice(choices=[bidding.FORMAT])
    lines = listed(LineIn, 20_000)
    declared = listed(DeclaredIn, 20_000, required=False)
    responses = listed(ResponseIn, 20_000, required=False)
    documents = listed(AttachmentIn, 30, required=False)
    parts = listed(PartIn, 200, required=False, help_text="Of divided lots.")
    capacity = Number(allow_null=True, required=False, help_text=CAPACITY)


class LineDraft(Shape):
    lot = Whole(min_value=1, max_value=32767, required=False)
    item = Whole(min_value=1, max_value=32767, required=False)
    unit_price = Number(allow_null=True, required=False)
    quantity = Number(allow_null=True, required=False)
    stated_total = Number(allow_null=True, required=False)


class DeclaredDraft(Shape):
    lot = Whole(min_value=1, max_value=32767, required=False)
    item = Whole(min_value=1, max_value=32767, required=False)
    parameter = Text(max_length=60, required=False)
    value = Text(max_length=60, allow_null=True, required=False)


class ResponseDraft(Shape):
    lot = Whole(min_value=1, max_value=32767, required=False)
    criterion = Whole(min_value=1, max_value=32767, required=False)
    option = Whole(min_value=1, max_value=32767, allow_null=True, required=False)


class PartDraft(Shape):
    lot = Whole(min_value=1, max_value=32767, required=False)
    minimum = Number(allow_null=True, required=False)
    maximum = Number(allow_null=True, required=False)


class BidDraftShape(Shape):
    """As much of a bid as there is. A row that lacks something is kept, and nothing is checked
    against the tender before the bid is submitted."""

    format = Choice(choices=[bidding.FORMAT], required=False)
    lines = listed(LineDraft, 20_000, required=False)
    declared = listed(DeclaredDraft, 20_000, required=False)
    responses = listed(ResponseDraft, 20_000, required=False)
    documents = listed(AttachmentIn, 30, required=False)
    parts = listed(PartDraft, 200, required=False)
    capacity = Number(allow_null=True, required=False)


class DraftIn(Shape):
    bid = BidDraftShape(help_text="Kept as it is, unreadable at rest.")

    def validate_bid(self, value: Any) -> Any:
        """The reader of the pages must be able to read it too."""
        try:
            biddraft.from_bid(self.initial_data["bid"])
        except bidding.BadBid as error:
            raise serializers.ValidationError(placed(error)) from None
        return value


def placed(error: bidding.BadBid) -> Any:
    """A refusal of the bid's reader as nested places: lines[0].quantity."""
    found: Any = [error.message]
    for part in reversed(pointer(error.where or "").split("/")[1:]):
        found = {part: found}
    return found


class DraftOut(Shape):
    version = Whole()
    bid = BidDraftShape()


class TenderRef(Shape):
    reference = Text()
    title = Text()
    deadline = Instant(allow_null=True)


class OwnBidOut(Shape):
    """What the tenderer itself may know of its sealed bid. Nobody can read its content."""

    bid = Text(source="public_id")
    tender = Text(source="tender.reference")
    tenderer = Text(source="tenderer.public_id")
    revision = Whole()
    received_at = Instant()
    recorded_at = Instant()
    withdrawn_at = Instant(allow_null=True)
    terms_hash = Text()
    ciphertext_hash = Text(source="envelope_hash")
    ledger_sequence = Whole(source="sequence")


class KitOut(Shape):
    """All that a sealer needs; see docs/reference/sealing.md."""

    format = Text(help_text="`musika-seal-kit/1`.")
    terms = serializers.JSONField(help_text="The published terms; they hash to `terms_hash`.")
    terms_hash = Text()
    tenderer = Text()
    revision = Whole(help_text="The number that your next bid will have.")
    floor = Whole(help_text="Bytes to which the bid is padded at least.")
    largest = Whole(help_text="Bytes that a bid may have at most.")


class SealedIn(Shape):
    """A sealed bid in the container of docs/reference/sealing.md."""

    format = Text(help_text="`musika-seal/1`.")
    header = Text(help_text="Base64.")
    ciphertext = Text(help_text="Base64.")
    sealed_gate = Text(help_text="Base64.")
    sealed_shares = serializers.ListField(child=Text(), max_length=16, help_text="Base64 each.")


class ReceiptProof(Shape):
    sequence = Whole()
    time = Text()
    nonce = Text()
    body = Text()
    commitment = Text()
    leaf = Text()
    proof = serializers.ListField(child=Text())
    checkpoint = Text()
    key = Text()


class ReceiptOut(Shape):
    format = Text()
    tender = Text()
    bid = Text()
    tenderer = Text()
    revision = Whole()
    received_at = Text()
    recorded_at = Text()
    terms_hash = Text()
    header_hash = Text()
    ciphertext_hash = Text()
    tier = Text()
    ledger = ReceiptProof()


class LineOut(Shape):
    lot = Whole()
    item = Whole()
    unit_price = Number()
    quantity = Number()
    stated_total = Number(allow_null=True)


class DeclaredOut(Shape):
    lot = Whole()
    item = Whole()
    parameter = Text()
    value = Text()


class ResponseOut(Shape):
    lot = Whole()
    criterion = Whole()
    option = Whole()


class PartOut(Shape):
    lot = Whole()
    minimum = Number()
    maximum = Number()


class AttachmentOut(Shape):
    sha256 = Text()
    title = Text()
    filename = Text()
    media_type = Text()
    size = Whole()


class BidOut(Shape):
    """A bid as it was read out."""

    bid = Text()
    tenderer = OrganizationRef()
    submitted_at = Text(allow_null=True)
    revision = Whole(allow_null=True)
    ciphertext_hash = Text(allow_null=True)
    dek = Text(allow_blank=True, help_text="The published key, to decrypt the envelope offline.")
    failure = Text(allow_blank=True, help_text="Why it could not be opened; never left out.")
    currency = Text(help_text="Of every price in it: the tender's.")
    lines = LineOut(many=True)
    declared = DeclaredOut(many=True)
    responses = ResponseOut(many=True)
    documents = AttachmentOut(many=True, help_text="For the buyer's people and auditors.")
    parts = PartOut(many=True, help_text="Of divided lots.")
    capacity = Number(allow_null=True, help_text=CAPACITY)


def opened(bid: Bid, sees_files: bool) -> dict[str, Any]:
    """A bid with everything prefetched (see bids._opened)."""
    sealed = bid.sealed_bid
    return {
        "bid": bid.public_id,
        "tenderer": {"id": bid.tenderer.public_id, "name": bid.tenderer.name},
        "submitted_at": utc(bid.submitted_at) if bid.submitted_at else None,
        "revision": sealed.revision if sealed else None,
        "ciphertext_hash": sealed.envelope_hash if sealed else None,
        "dek": bid.dek,
        "failure": bid.failure,
        "currency": bid.tender.currency,
        "lines": [
            {
                "lot": line.item.lot.number,
                "item": line.item.number,
                "unit_price": line.unit_price,
                "quantity": line.quantity,
                "stated_total": line.stated_total,
            }
            for line in bid.lines.all()
        ],
        "declared": [
            {
                "lot": row.item.lot.number,
                "item": row.item.number,
                "parameter": row.parameter,
                "value": row.value,
            }
            for row in bid.declared_values.all()
        ],
        "responses": [
            {
                "lot": row.option.criterion.lot.number,
                "criterion": row.option.criterion.number,
                "option": row.option.number,
            }
            for row in bid.responses.all()
        ],
        "documents": list(bid.documents.all()) if sees_files else [],
        "parts": [
            {"lot": row.lot.number, "minimum": row.minimum, "maximum": row.maximum}
            for row in bid.parts.all()
        ],
        "capacity": bid.capacity,
    }
