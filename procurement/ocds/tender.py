"""The tender as published: from its frozen terms, which the ledger holds word for word."""

from collections.abc import Mapping
from typing import Any, Final

from procurement.ocds import quality
from procurement.ocds.facts import Document, Process, Section
from procurement.ocds.names import item_id
from procurement.ocds.parties import COUNTRY, reference
from procurement.ocds.values import cut, day, instant, instant_of, money, number

PRICE_ONLY: Final = frozenset({"lowest_price"})
COST: Final = frozenset({"lowest_evaluated_price"})
METHODS: Final = {
    "open": "Open",
    "selective": "Restricted",
    "limited": "Request for quotations",
}
RESERVED: Final = {
    "smallholders": "Reserved for smallholders.",
    "women": "Reserved for producers led by women.",
    "youth": "Reserved for producers led by young people.",
}

Terms = Mapping[str, Any]


def section(process: Process) -> Section:
    """`tender` whole, as its publication has it."""
    terms = process.terms
    return {
        "id": process.reference,
        "title": terms.get("title"),
        "description": terms.get("description"),
        "status": "active",
        "datePublished": instant(process.published_at) if process.published_at else None,
        "procuringEntity": reference(process, process.buyer),
        "procurementMethod": terms.get("method") or "open",
        "procurementMethodDetails": method_details(terms),
        "mainProcurementCategory": "goods",
        "awardCriteria": award_criteria(terms),
        "awardCriteriaDetails": _criteria_words(terms),
        "submissionMethod": ["electronicSubmission"],
        "eligibilityCriteria": RESERVED.get(terms.get("reserved_for", "")),
        **periods(process),
        "lots": [_lot(process, lot) for lot in terms["lots"]],
        "items": items(process),
        "criteria": quality.criteria(terms),
        "documents": [_document(process, row) for row in process.documents],
    }


def method_details(terms: Terms) -> str:
    """The method with price-only apart from rated: their tender periods are compared apart."""
    how = {"priceOnly": "price only", "costOnly": "evaluated price"}
    words = METHODS.get(terms.get("method") or "open", "Open")
    return f"{words}, {how.get(award_criteria(terms), 'rated criteria')}"


def award_criteria(terms: Terms) -> str:
    """The widest of the lots' methods: one word for the whole tender."""
    methods = {lot["evaluation_method"] for lot in terms["lots"]}
    if methods <= PRICE_ONLY:
        return "priceOnly"
    return "costOnly" if methods <= PRICE_ONLY | COST else "ratedCriteria"


def _criteria_words(terms: Terms) -> str:
    methods = sorted({lot["evaluation_method"] for lot in terms["lots"]})
    return "; ".join(method.replace("_", " ").capitalize() for method in methods)


def periods(process: Process) -> Section:
    """The timetable as it stands after the amendments so far."""
    terms, start = process.terms, process.published_at
    first = instant(start) if start else None
    found: Section = {
        "tenderPeriod": {"startDate": first, "endDate": instant_of(terms.get("deadline"))}
    }
    if terms.get("enquiry_deadline"):
        end = instant_of(terms["enquiry_deadline"])
        found["enquiryPeriod"] = {"startDate": first, "endDate": end}
    return found


def _lot(process: Process, lot: Terms) -> Section:
    starts = [i["delivery_starts"] for i in lot["items"] if i.get("delivery_starts")]
    ends = [i["delivery_ends"] for i in lot["items"] if i.get("delivery_ends")]
    period = {}
    if starts and ends:
        period = {"startDate": day(min(starts)), "endDate": day(max(ends), end=True)}
    return {
        "id": str(lot["lot"]),
        "title": lot["title"],
        "status": "active",
        "value": _bound(process, lot.get("reserve_price")),
        "minimumValue": _bound(process, lot.get("minimum_price")),
        "contractPeriod": period,
        "awardCriteria": quality.award_criteria(lot),
    }


def _bound(process: Process, amount: str | None) -> Section | None:
    return None if amount is None else money(amount, process.currency)


def items(process: Process) -> list[Section]:
    return [item(process, lot["lot"], row) for lot in process.terms["lots"] for row in lot["items"]]


def item(process: Process, lot: int, row: Terms) -> Section:
    """One item of the tender, with where it is to be delivered and its descriptive traits."""
    place = {
        "streetAddress": row.get("delivery_place"),
        "locality": row.get("district"),
        "region": row.get("province"),
    }
    if any(place.values()):
        place["country"] = COUNTRY
    return {
        "id": item_id(lot, row["item"]),
        "description": row["description"],
        **classification(process, row.get("commodity")),
        "quantity": number(row["quantity"]),
        "unit": unit(row["unit"]),
        "relatedLot": str(lot),
        "deliveryAddresses": [place],
        "attributes": quality.traits(row),
    }


# UN/ECE Recommendation 20, codes for units of measure used in international trade.
UNITS: Final = {"t": "TNE", "kg": "KGM", "g": "GRM", "l": "LTR", "dozen": "DZN", "each": "C62"}


def unit(name: str) -> Section:
    code = UNITS.get(name)
    return {"name": name, **({"scheme": "UNCEFACT", "id": code} if code else {})}


def classification(process: Process, code: str | None) -> Section:
    """HS or CPC where the commodity has one; our own code beside it."""
    goods = process.goods.get(code or "")
    if goods is None:
        return {}
    known = [(s, v) for s, v in (("CPC", goods.cpc), ("HS", goods.hs)) if v]
    rows = [{"scheme": scheme, "id": value, "description": goods.name} for scheme, value in known]
    return {"classification": rows[0] if rows else {}, "additionalClassifications": rows[1:]}


def _document(process: Process, row: Document) -> Section:
    return {
        "id": row.id,
        "documentType": "biddingDocuments",
        "title": cut(row.title),
        "url": process.site + row.path,
        "format": row.format,
        "datePublished": instant(row.published) if row.published else None,
    }
