"""Sealing a bid in the browser: the page gives the kit, and takes nothing but the sealed bid."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace import clock
from marketplace.errors import MusikaError, NotFound
from marketplace.web.context import now_of, user_of
from marketplace.web.forms.bids import LotForm
from marketplace.web.operate import page, sentence
from marketplace.web.views.bid_steps import READ, Desk, desk_of
from procurement.models import SealedBid
from procurement.operations import bids
from procurement.operations.documents import MAX_ATTACHMENTS
from procurement.queries import bids as sealed
from procurement.rules.biddraft import Draft
from procurement.rules.documents import ALLOWED


@require_http_methods(READ)
@page
def device(request: HttpRequest, reference: str, organisation: str) -> HttpResponse:
    """The whole bid on one page; what was typed never comes here."""
    container = request.body
    received_at = clock.now()
    desk = desk_of(request, reference, organisation)
    if request.method == "POST":
        return _received(lambda: _submit(request, desk, container, received_at))
    bids.check_accepts(desk.tender, now_of(request))
    return render(request, "web/bids/device.html", _context(request, desk))


def _submit(request: HttpRequest, desk: Desk, container: bytes, received_at: Any) -> SealedBid:
    return bids.submit_sealed(
        tender=desk.tender,
        tenderer=desk.tenderer,
        container=container,
        by=user_of(request),
        received_at=received_at,
        now=clock.now(),
    )


def _received(submit: Any) -> JsonResponse:
    """Where the receipt is, or what is wrong; the page is still there with all that was typed."""
    try:
        bid = submit()
    except NotFound as error:
        return JsonResponse({"message": sentence(error)}, status=404)
    except MusikaError as error:
        return JsonResponse({"message": sentence(error), "code": error.code}, status=409)
    return JsonResponse({"href": reverse("receipt", args=[bid.public_id])}, status=201)


def _context(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    tender, tenderer = desk.tender, desk.tenderer
    gates = [c.title for lot in desk.lots for c in lot.criteria.all() if c.kind == "gate"]
    return {
        "tender": tender,
        "title": _("Seal a bid on this device"),
        "caption": f"{tender.reference}, {tenderer.name}",
        "back_href": reverse("bid_start", args=[tender.reference]),
        "lots": [{"row": lot, "form": _form(lot, tender.currency)} for lot in desk.lots],
        "several": len(desk.lots) > 1,
        "requirements": list(dict.fromkeys(gates)),
        "standing": sealed.standing_of(tender, tenderer),
        "kit": bids.kit_of(tender, tenderer, user_of(request)).to_data(),
        "types": {ending: media for media, endings in ALLOWED.items() for ending in endings},
        "limits": _limits(),
        "words": _words(),
    }


def _form(lot: Any, currency: str) -> LotForm:
    form = LotForm(lot=lot, draft=Draft(), currency=currency, prefix=f"lot{lot.number}")
    del form.fields["version"]
    return form


def _limits() -> dict[str, int]:
    """`all` is in characters of base64, which is what the bid then holds."""
    return {
        "file": settings.DOCUMENT_MAX_BYTES,
        "all": settings.BID_MAX_BYTES * 9 // 10,
        "count": MAX_ATTACHMENTS,
    }


def _words() -> dict[str, str]:
    """What the page says by itself."""
    return {
        "owed": _("This is missing."),
        "price": _("Write a price above zero with a point, for example 312.50."),
        "number": _("Write a plain number, for example 12.5."),
        "choose": _("Choose one."),
        "same": _("Write the same as for the other lot, or leave one of them empty."),
        "lot": _("Bid for at least one lot."),
        "type": _("This kind of file is not accepted."),
        "size": _("The file is empty, or larger than 5 MB."),
        "all": _("All documents together are too large."),
        "count": _("There are too many documents."),
        "item": _("Item"),
        "documents": _("Documents"),
        "none": _("None"),
        "sealing": _("Sealing on this device…"),
        "sending": _("Sending the sealed bid…"),
        "lost": _(
            "The connection was lost. Submit again: it counts as one bid, and has one receipt."
        ),
    }
