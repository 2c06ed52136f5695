"""Bids: one's own before the opening, everybody's after it."""

import json
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api import conditions, idempotency
from api.access import ANYONE, may
from api.endpoint import ApiView, endpoint, json_response, now_of, person
from api.renderers import dumps
from api.shapes import Instant, Shape
from api.v1 import bidshapes, find
from api.v1.bidshapes import (
    BidIn,
    BidOut,
    DraftIn,
    DraftOut,
    KitOut,
    OwnBidOut,
    ReceiptOut,
    SealedIn,
)
from api.v1.documents import download
from marketplace.accounts.models import Organization
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from procurement import permissions, visibility
from procurement.models import Bid, BidDraft, BidLine, SealedBid, Tender
from procurement.operations import bids, drafts, receipts
from procurement.queries import drafts as saved
from procurement.queries.bids import standing_of
from procurement.rules import bidding, biddraft
from procurement.rules.visibility import Fact

TENDERER = OpenApiParameter("tenderer", str, description="For whom, if you act for several.")
BIDDER = may(Permission.BID_SUBMIT, "for the tenderer named")


def _tenderer(request: Request) -> Organization:
    return find.acting_for(request, Permission.BID_SUBMIT)


def _own(request: Request, tender: Tender) -> SealedBid:
    found = standing_of(tender, _tenderer(request))
    if found is None:
        raise NotFound("You have no bid in this tender.", remedy="No receipt means: no bid.")
    return found


class _OwnBid(idempotency.Beside):
    """The answer to whoever submitted, kept in the transaction of the bid."""

    def answer(self, bid: SealedBid) -> HttpResponse:
        response = json_response(OwnBidOut(bid).data, 201)
        reference, tenderer = bid.tender.reference, bid.tenderer.public_id
        response["Location"] = f"/api/v1/tenders/{reference}/bid?tenderer={tenderer}"
        return response


class Bids(ApiView):
    stamps_arrival = True

    @endpoint(ANYONE, gives=BidOut, many=True)
    def get(self, request: Request, reference: str) -> list[dict[str, Any]]:
        """The bids as they were read out; before the opening not even their number is told."""
        tender = find.published(request, reference)
        if not visibility.sees(request.user, Fact.BID, tender):
            raise find.nothing("opened bid")
        sees_files = visibility.sees(request.user, Fact.BID_FILES, tender)
        return [bidshapes.opened(bid, sees_files) for bid in _opened(tender)]

    @endpoint(
        BIDDER, takes=BidIn, gives=OwnBidOut, status=201, idempotent="beside", parameters=[TENDERER]
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> HttpResponse:
        """Submit a sealed bid, or replace the one that stands; the answer is not yet a receipt.

        It counts when it has fully arrived before the deadline.
        """
        arrived = now_of(request)
        answer = _OwnBid(request)
        bids.submit(
            tender=find.taking_bids(request, reference),
            tenderer=_tenderer(request),
            content=bidding.from_data(request.data),
            by=person(request),
            received_at=arrived,
            now=arrived,
            beside=answer,
        )
        return answer.response


def _opened(tender: Tender) -> QuerySet[Bid]:
    lines = BidLine.objects.select_related("item__lot").order_by(
        "item__lot__number", "item__number"
    )
    rows = tender.bids.select_related("tenderer", "sealed_bid")
    return rows.prefetch_related(
        Prefetch("lines", lines),
        "declared_values__item__lot",
        "responses__option__criterion__lot",
        "parts__lot",
        "documents",
    ).order_by("id")


class OwnBid(ApiView):
    stamps_arrival = True

    @endpoint(BIDDER, gives=OwnBidOut, parameters=[TENDERER])
    def get(self, request: Request, reference: str) -> SealedBid:
        """One's own bid: which revision stands, when it arrived, its seal."""
        return _own(request, find.published(request, reference))

    @endpoint(BIDDER, parameters=[TENDERER])
    def delete(self, request: Request, reference: str) -> None:
        """Withdraw one's own bid; it will never be opened."""
        arrived = now_of(request)
        bids.withdraw(
            tender=find.published(request, reference),
            tenderer=_tenderer(request),
            by=person(request),
            received_at=arrived,
            now=arrived,
        )


class SealingKit(ApiView):
    @endpoint(BIDDER, gives=KitOut, parameters=[TENDERER])
    def get(self, request: Request, reference: str) -> HttpResponse:
        """What your own device needs to seal your next bid: the terms with the openers' keys."""
        tender = find.published(request, reference)
        kit = bids.kit_of(tender, _tenderer(request), person(request))
        response = json_response(kit.to_data())
        response["Content-Disposition"] = f'attachment; filename="kit-{reference}.json"'
        return response


class SealedBids(ApiView):
    stamps_arrival = True

    @endpoint(
        BIDDER,
        takes=SealedIn,
        gives=OwnBidOut,
        status=201,
        idempotent="beside",
        parameters=[TENDERER],
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> HttpResponse:
        """Submit a bid that your own device sealed; what it lacks is found at the opening.

        It counts when it has fully arrived before the deadline. The server cannot read it.
        """
        arrived = now_of(request)
        answer = _OwnBid(request)
        bids.submit_sealed(
            tender=find.taking_bids(request, reference),
            tenderer=_tenderer(request),
            container=json.dumps(data, sort_keys=True, separators=(",", ":")).encode(),
            by=person(request),
            received_at=arrived,
            now=arrived,
            beside=answer,
        )
        return answer.response


class Receipt(ApiView):
    @endpoint(BIDDER, gives=ReceiptOut, parameters=[TENDERER])
    def get(self, request: Request, reference: str) -> HttpResponse:
        """The receipt of one's own bid: its proof under a signed checkpoint of the ledger."""
        bid = _own(request, find.published(request, reference))
        response = json_response(receipts.receipt(bid, now=now_of(request)))
        response["Content-Disposition"] = f'attachment; filename="receipt-{bid.public_id}.json"'
        return response


class Draft(ApiView):
    @endpoint(BIDDER, gives=DraftOut, parameters=[TENDERER])
    def get(self, request: Request, reference: str) -> HttpResponse:
        """What was saved so far; its ETag is its version."""
        found = saved.read(find.published(request, reference), _tenderer(request))
        if found is None:
            raise find.nothing("draft")
        body = dumps({"version": found[1], "bid": _content(*found)})
        return conditions.answer(request, body, str(found[1]))

    @endpoint(BIDDER, takes=DraftIn, gives=DraftOut, if_match=False, parameters=[TENDERER])
    def put(self, request: Request, reference: str, data: dict[str, Any]) -> HttpResponse:
        """Save a draft, complete or not; with If-Match only over the version that you read."""
        bid: Any = request.data["bid"]  # type: ignore[call-overload]
        row = drafts.save(
            tender=find.published(request, reference),
            tenderer=_tenderer(request),
            data=json.dumps(bid, sort_keys=True).encode(),
            version=_version(request),
            by=person(request),
            now=now_of(request),
        )
        response = json_response({"version": row.version, "bid": bid})
        response["ETag"] = f'"{row.version}"'
        return response

    @endpoint(BIDDER, parameters=[TENDERER])
    def delete(self, request: Request, reference: str) -> None:
        """Drop the draft."""
        drafts.discard(
            tender=find.published(request, reference),
            tenderer=_tenderer(request),
            by=person(request),
            now=now_of(request),
        )


def _version(request: Request) -> int | None:
    tag = conditions.optional(request)
    if tag is None:
        return None
    # A tag that is no version of ours matches none: version 0 was never saved.
    return int(tag) if tag.isdigit() else 0


def _content(data: bytes, version: int) -> Any:
    """What a program saved, as it is; what the pages saved, in the format of a bid."""
    read = biddraft.from_bytes(data, version)
    stored = json.loads(data)
    return biddraft.as_bid(read) if stored.get("format") == biddraft.FORMAT else stored


class BidDocument(ApiView):
    @endpoint(may(Permission.BID_EVALUATE), media="*/*")
    def get(self, request: Request, reference: str, bid: str, sha256: str) -> FileResponse:
        """Download a file that came with an opened bid; for evaluators of the buyer."""
        tender = find.published(request, reference)
        permissions.check_role(person(request), Permission.BID_EVALUATE, tender.buyer)
        permissions.check_second_factor(person(request))
        permissions.check_no_stake(person(request), tender)
        if not visibility.sees(person(request), Fact.BID_FILES, tender):
            raise find.nothing("document")
        row = find.bid(tender, bid).documents.filter(sha256=sha256).first()
        if row is None:
            raise find.nothing("document")
        return download(row)


class MyBidOut(Shape):
    tender = bidshapes.TenderRef()
    bid = OwnBidOut(allow_null=True)
    draft_updated_at = Instant(allow_null=True)


class MyBids(ApiView):
    @endpoint(BIDDER, gives=MyBidOut, many=True, parameters=[TENDERER])
    def get(self, request: Request) -> list[dict[str, Any]]:
        """One's own bids and drafts, the latest tender first."""
        tenderer = _tenderer(request)
        sealed = SealedBid.objects.filter(tenderer=tenderer).select_related("tender", "tenderer")
        found: dict[str, dict[str, Any]] = {}
        for bid in sealed.order_by("tender_id", "revision"):
            found[bid.tender.reference] = {
                "tender": bid.tender,
                "bid": bid,
                "draft_updated_at": None,
            }
        for draft in BidDraft.objects.filter(tenderer=tenderer).select_related("tender"):
            row = {"tender": draft.tender, "bid": None}
            row |= found.get(draft.tender.reference, {})
            found[draft.tender.reference] = row | {"draft_updated_at": draft.updated_at}
        return sorted(found.values(), key=lambda row: -row["tender"].pk)
