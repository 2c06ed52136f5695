"""The facts of a release, gathered from rows that do not change once they are public.

What may change later (a timetable, a standing award) is taken from the entry of the ledger
itself, so that a release made late says the same as one made at once.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import NoReverseMatch, reverse

from marketplace.accounts.models import Organization
from marketplace.ledger.models import Entry
from procurement.models import (
    Award,
    AwardLine,
    Bid,
    BidLine,
    DeclaredValue,
    Evaluation,
    OcdsProcess,
    OcdsSource,
    RequirementResponse,
    Tender,
)
from procurement.ocds import facts
from procurement.ocds.names import NATURAL
from procurement.ocds.policy import TOLD
from procurement.queries import terms as frozen
from produce.models import Commodity

IMPORTED = "TenderImported"
# What only the entry of a process that came as open data holds.
SOURCE = "ocds_sha256"
# The events that bring the terms of a tender, whole.
TERMS = ("TenderPublished", "TenderAmended")
WITH_BIDS = frozenset({"BidsOpened", IMPORTED})
WITH_AWARDS = frozenset(TOLD) - {*TERMS, "EnquiryAnswered", "TenderCancelled", "BidsOpened"}


Terms = dict[str, Mapping[str, Any]]


def ocid(reference: str) -> str:
    """The ocid of a tender of ours. One that was imported under that name keeps it."""
    found = f"{settings.OCID_PREFIX}-{reference}"
    return f"{found}-here" if OcdsSource.objects.filter(ocid=found).exists() else found


def process(
    tender: Tender,
    entry: Entry,
    body: Mapping[str, Any],
    known: OcdsProcess | None,
    before: Mapping[str, Any],
    cache: Terms,
) -> facts.Process:
    """All that the release of this entry may need. `cache`: the terms that were found already."""
    if SOURCE in body:
        return _as_it_came(tender)
    terms = _cached(tender, entry, body, cache)
    bids = _bids(tender) if entry.event in WITH_BIDS else ()
    awards = _awards(tender, entry, body) if entry.event in WITH_AWARDS else {}
    return facts.Process(
        ocid=known.ocid if known else ocid(tender.reference),
        reference=tender.reference,
        site=settings.SITE_URL.rstrip("/"),
        buyer=tender.buyer.public_id,
        currency=tender.currency,
        terms=terms,
        published_at=None if tender.is_historical else tender.published_at,
        parties=_parties(tender, bids, awards.values()),
        goods=_goods(terms),
        documents=_documents(tender) if entry.event == "TenderPublished" else (),
        bids=bids,
        results=_results(tender, entry, body),
        awards=awards,
        contracts=dict.fromkeys([body["contract"]], *awards) if "contract" in body else {},
        names_persons=settings.OCDS_NAME_PERSONS,
        before=before,
        last_release=known.last_release if known else "",
    )


def _as_it_came(tender: Tender) -> facts.Process:
    """A process that was imported as open data is published under the ocid that it came with."""
    source = OcdsSource.objects.get(tender=tender)
    return facts.Process(
        ocid=source.ocid,
        reference=tender.reference,
        site="",
        buyer="",
        currency=tender.currency,
        terms={},
        published_at=None,
        parties={},
        source=source.text,
    )


def _cached(
    tender: Tender, entry: Entry, body: Mapping[str, Any], cache: Terms
) -> Mapping[str, Any]:
    """Entries come in their order: what was found for one holds until one brings new terms."""
    if tender.reference not in cache or entry.event in TERMS:
        cache[tender.reference] = _terms(tender, entry, body)
    return cache[tender.reference]


def _terms(tender: Tender, entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The terms as of that entry: its own, or those of the last entry before it that has them."""
    if entry.event in TERMS:
        found: Mapping[str, Any] = body["terms"]
        return found
    if tender.is_historical:
        return _past_terms(tender)
    rows = Entry.objects.filter(subject=tender.reference, sequence__lt=entry.sequence)
    last = rows.filter(event__in=TERMS).exclude(body="").order_by("-sequence").first()
    return json.loads(last.body)["terms"] if last else frozen.frozen(tender)


def _past_terms(tender: Tender) -> Mapping[str, Any]:
    """Of an imported tender: what its rows say, in the shape of published terms."""
    return {
        "title": tender.title,
        "description": tender.description,
        "method": tender.method,
        "deadline": tender.deadline.isoformat() if tender.deadline else None,
        "lots": frozen.lots(tender),
    }


def _documents(tender: Tender) -> tuple[facts.Document, ...]:
    return tuple(
        facts.Document(
            id=str(row.pk),
            title=row.title,
            format=row.media_type,
            path=_path(tender, row.pk),
            published=tender.published_at,
        )
        for row in tender.documents.all()
    )


def _path(tender: Tender, document: int) -> str:
    try:
        return reverse("tender_document", args=[tender.reference, document])
    except NoReverseMatch:
        return f"/tenders/{tender.reference}/documents/{document}/"


def _bids(tender: Tender) -> tuple[facts.BidFacts, ...]:
    rows = Bid.objects.filter(tender=tender).select_related("tenderer").order_by("public_id")
    lines = BidLine.objects.select_related("item__lot").order_by(
        "item__lot__number", "item__number"
    )
    declared = DeclaredValue.objects.select_related("item__lot").order_by("pk")
    answers = RequirementResponse.objects.select_related("option__criterion__lot").order_by("pk")
    rows = rows.prefetch_related(
        Prefetch("lines", lines),
        Prefetch("declared_values", declared),
        Prefetch("responses", answers),
    )
    return tuple(_bid(row) for row in rows)


def _bid(row: Bid) -> facts.BidFacts:
    answers = [response.option for response in row.responses.all()]
    return facts.BidFacts(
        id=row.public_id,
        tenderer=row.tenderer.public_id,
        submitted_at=row.submitted_at,
        failure=row.failure,
        lines=tuple(_line(line) for line in row.lines.all()),
        declared=tuple(
            (d.item.lot.number, d.item.number, d.parameter, d.value)
            for d in row.declared_values.all()
        ),
        answered=tuple(
            (option.criterion.lot.number, option.criterion.number, option.number)
            for option in answers
        ),
    )


def _line(row: BidLine | AwardLine) -> facts.BidLine:
    return facts.BidLine(row.item.lot.number, row.item.number, row.unit_price, row.quantity)


def _awards(tender: Tender, entry: Entry, body: Mapping[str, Any]) -> dict[str, facts.AwardFacts]:
    """The decided awards that the entry is about, by the identifier that the ledger gives them."""
    rows = Award.objects.filter(lot__tender=tender, decided_at__isnull=False)
    if "contract" in body:
        rows = rows.filter(contract__number=body["contract"])
    elif entry.event != IMPORTED:
        rows = rows.filter(pk=body.get("award", 0))
    lines = Prefetch("lines", AwardLine.objects.select_related("item__lot"))
    found = rows.select_related("lot", "bid", "supplier").prefetch_related(lines)
    return {str(row.pk): _award(row, tender) for row in found}


def _award(row: Award, tender: Tender) -> facts.AwardFacts:
    assert row.decided_at is not None
    return facts.AwardFacts(
        id=row.bid.public_id if tender.is_historical else str(row.pk),
        lot=row.lot.number,
        bid=row.bid.public_id,
        supplier=row.supplier.public_id,
        price=row.price,
        currency=row.currency,
        reason=row.reason,
        date=row.decided_at,
        lines=tuple(_line(line) for line in row.lines.all()),
    )


def _results(
    tender: Tender, entry: Entry, body: Mapping[str, Any]
) -> dict[int, tuple[Mapping[str, Any], datetime]]:
    """The confirmed result of the lot that the entry decides."""
    if entry.event not in ("AwardDecided", "LotUnsuccessful"):
        return {}
    rows = Evaluation.objects.filter(lot__tender=tender, lot__number=body["lot"])
    found = rows.exclude(confirmed_at=None).first()
    if found is None or found.confirmed_at is None:
        return {}
    return {int(body["lot"]): (json.loads(found.result), found.confirmed_at)}


def _parties(
    tender: Tender, bids: Iterable[facts.BidFacts], awards: Iterable[facts.AwardFacts]
) -> dict[str, facts.Party]:
    wanted = {bid.tenderer for bid in bids} | {award.supplier for award in awards}
    rows = [tender.buyer]
    if wanted:
        rows += list(Organization.objects.filter(public_id__in=wanted))
    return {row.public_id: _party(row) for row in rows}


def _party(row: Organization) -> facts.Party:
    return facts.Party(
        id=row.public_id,
        name=row.name,
        kind=row.kind,
        registration="" if row.kind in NATURAL else row.registration_number,
        province=row.province,
        district=row.district,
    )


def _goods(terms: Mapping[str, Any]) -> dict[str, facts.Goods]:
    codes = {item["commodity"] for lot in terms["lots"] for item in lot["items"]} - {None}
    rows = Commodity.objects.filter(code__in=codes)
    return {c.code: facts.Goods(c.code, c.name, c.hs6, c.cpc) for c in rows}
