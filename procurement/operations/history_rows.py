"""The rows that a batch of past tenders becomes, made in bulk: a few statements a batch."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace.accounts.models import Organization
from marketplace.ledger.record import PendingEntry, record_many
from procurement.models import (
    Award,
    Bid,
    BidLine,
    EvaluatedBid,
    Evaluation,
    ImportBatch,
    Item,
    Lot,
    RecordedOutcome,
    Tender,
)
from procurement.operations.evaluations import disqualification
from procurement.queries import search
from procurement.rules.canonical import canonical
from procurement.rules.case import to_json
from procurement.rules.history.replay import (
    ITEM,
    LOT,
    Outcome,
    Replay,
    bid_id,
    item_description,
    organization_id,
)
from procurement.rules.history.rows import BidFacts, total
from procurement.rules.history.tenders import PastTender, facts_digest
from produce.models import Commodity

EVENT = "TenderImported"
BUYER, COMPANY = Organization.Kind.BUYER, Organization.Kind.COMPANY


@dataclass
class Past:
    """A tender on its way into the database, with the rows that it has become so far."""

    facts: PastTender
    replay: Replay
    tender: Tender
    lot: Lot | None = None
    item: Item | None = None
    evaluation: Evaluation | None = None
    case: dict[str, Any] | None = None

    def bid_ids(self) -> dict[str, BidFacts]:
        return {bid_id(self.facts, bid): bid for bid in self.facts.bids}

    @property
    def winner(self) -> BidFacts | None:
        """The one recorded winner; none where the record names several or was refused."""
        winners = self.facts.winners
        return winners[0] if len(winners) == 1 and not self.facts.refused_winners else None


def write(batch: ImportBatch, pairs: Sequence[tuple[PastTender, Replay]], now: datetime) -> None:
    """Write these tenders with everything that hangs on them, and their ledger entries."""
    organizations = _organizations(batch.source, [facts for facts, _ in pairs], now)
    pasts = _tenders(batch, pairs, organizations, now)
    _lots(pasts)
    bids = _bids(pasts, organizations, batch.source)
    _evaluations(pasts, bids, now)
    _outcomes(pasts, bids)
    search.index_many((past.tender, _search_text(past)) for past in pasts)
    record_many(_entry(batch, past, now) for past in pasts)


def _organizations(
    source: str, tenders: Sequence[PastTender], now: datetime
) -> dict[str, Organization]:
    """The organisations of these tenders by public id, those that are new created."""
    wanted = {(BUYER, t.facts.buyer, t.facts.province) for t in tenders}
    wanted |= {(COMPANY, bid.tenderer, "") for t in tenders for bid in t.bids}
    made = {
        organization_id(source, kind, name): Organization(
            public_id=organization_id(source, kind, name),
            kind=kind,
            buyer_kind=Organization.BuyerKind.OTHER if kind == BUYER else "",
            name=name,
            province=province,
            created_at=now,
            historical_source=source,
        )
        for kind, name, province in sorted(wanted)
    }
    there = {o.public_id: o for o in Organization.objects.filter(public_id__in=made)}
    Organization.objects.bulk_create(made[key] for key in made if key not in there)
    return made | there


def _tenders(
    batch: ImportBatch,
    pairs: Sequence[tuple[PastTender, Replay]],
    organizations: dict[str, Organization],
    now: datetime,
) -> list[Past]:
    pasts = []
    for past, replay in pairs:
        buyer = organizations[organization_id(batch.source, BUYER, past.facts.buyer)]
        tender = _tender(batch, past, replay, buyer, now)
        pasts.append(Past(past, replay, tender))
    Tender.objects.bulk_create(past.tender for past in pasts)
    return pasts


def _tender(
    batch: ImportBatch, past: PastTender, replay: Replay, buyer: Organization, now: datetime
) -> Tender:
    facts = past.facts
    title = _cut(facts.title, 200)
    # What a title cannot hold is not lost: it leads the description.
    description = facts.description if title == facts.title else f"{facts.title}\n"
    tender = Tender(
        reference=past.reference,
        buyer=buyer,
        title=title,
        description=description if title == facts.title else description + facts.description,
        jurisdiction="",
        currency=facts.currency,
        province=facts.province,
        created_at=now,
        # The record tells one instant: when the bids were opened.
        deadline=facts.at,
        published_at=facts.at,
        closed_at=facts.at,
        opened_at=facts.at,
        terms=replay.terms,
        terms_hash=replay.terms_hash,
        historical_batch=batch,
    )
    if facts.cancelled:
        tender.cancelled_at = facts.at
        tender.cancelled_reason = "Marked as cancelled in the imported history."
    return tender


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _lots(pasts: Sequence[Past]) -> None:
    for past in pasts:
        past.lot = _lot(past)
    Lot.objects.bulk_create(past.lot for past in pasts if past.lot)
    codes = {past.facts.facts.commodity.upper() for past in pasts}
    commodities = {c.code: c for c in Commodity.objects.filter(code__in=codes)}
    for past in pasts:
        facts = past.facts.facts
        past.item = Item(
            lot=past.lot,
            number=int(ITEM),
            commodity=commodities.get(facts.commodity.upper()),
            description=item_description(past.facts),
            quantity=facts.quantity,
            unit=facts.unit,
            province=facts.province,
        )
    Item.objects.bulk_create(past.item for past in pasts if past.item)


def _lot(past: Past) -> Lot:
    facts, outcome = past.facts.facts, past.replay.outcome
    lot = Lot(
        tender=past.tender,
        number=int(LOT),
        title=past.tender.title,
        reserve_price=facts.reserve_price,
        minimum_price=facts.minimum_price,
    )
    if outcome is Outcome.NO_WINNER:
        lot.unsuccessful_at = facts.at
        lot.unsuccessful_reason = "The imported history records no winner."
    return lot


def _bids(
    pasts: Sequence[Past], organizations: dict[str, Organization], source: str
) -> dict[str, Bid]:
    """The bids by public id; each with its line, unless the record gives no amount."""
    bids = {
        public_id: Bid(
            public_id=public_id,
            tender=past.tender,
            tenderer=organizations[organization_id(source, COMPANY, facts.tenderer)],
            opened_at=past.facts.facts.at,
            failure=_failure(facts),
        )
        for past in pasts
        for public_id, facts in past.bid_ids().items()
    }
    Bid.objects.bulk_create(bids.values())
    BidLine.objects.bulk_create(
        BidLine(
            bid=bids[public_id],
            item=past.item,
            unit_price=facts.unit_price,
            quantity=past.facts.facts.quantity,
        )
        for past in pasts
        for public_id, facts in past.bid_ids().items()
        if facts.unit_price is not None
    )
    return bids


def _failure(facts: BidFacts) -> str:
    if facts.unit_price is not None:
        return ""
    remark = f" Its remark: “{facts.remark}”." if facts.remark else ""
    return f"The imported history gives no amount for this bid.{remark}"


def _evaluations(pasts: Sequence[Past], bids: dict[str, Bid], now: datetime) -> None:
    evaluated = [past for past in pasts if past.replay.case is not None]
    for past in evaluated:
        past.evaluation = _evaluation(past, now)
    Evaluation.objects.bulk_create(past.evaluation for past in evaluated if past.evaluation)
    EvaluatedBid.objects.bulk_create(
        EvaluatedBid(
            evaluation=past.evaluation,
            bid=bids[line.bid],
            price=line.price_text.rstrip("…"),
            evaluated_price=line.evaluated_price.decimal if line.evaluated_price else "",
            rank=line.rank,
            disqualification=disqualification(line),
        )
        for past in evaluated
        if past.replay.result is not None
        for line in past.replay.result.bids
    )


def _evaluation(past: Past, now: datetime) -> Evaluation:
    case, result = past.replay.case, past.replay.result
    assert case is not None and result is not None
    past.case = to_json(case)
    text = canonical(result.to_json()).decode()
    return Evaluation(
        lot=past.lot,
        case=canonical(past.case).decode(),
        case_digest=result.case_digest,
        result=text,
        result_digest=hashlib.sha256(text.encode()).hexdigest(),
        evaluated_at=now,
        confirmed_at=now,
    )


def _outcomes(pasts: Sequence[Past], bids: dict[str, Bid]) -> None:
    RecordedOutcome.objects.bulk_create(
        RecordedOutcome(
            lot=past.lot,
            winner=bids[bid_id(past.facts, past.winner)] if past.winner else None,
            no_winner=past.replay.outcome is Outcome.NO_WINNER,
            refused_rows=len(past.facts.refused),
            agrees=past.replay.agrees,
            explanation=past.replay.explanation,
        )
        for past in pasts
    )
    awards = (_award(past, bids) for past in pasts)
    Award.objects.bulk_create(award for award in awards if award is not None)


def _award(past: Past, bids: dict[str, Bid]) -> Award | None:
    winner, facts = past.winner, past.facts.facts
    if winner is None or winner.unit_price is None or facts.cancelled:
        return None
    bid = bids[bid_id(past.facts, winner)]
    return Award(
        lot=past.lot,
        bid=bid,
        supplier=bid.tenderer,
        price=total(winner.unit_price, facts.quantity),
        currency=facts.currency,
        reason="Recorded as the winner in the imported history.",
        recommended_at=facts.at,
        decided_at=facts.at,
    )


def _search_text(past: Past) -> str:
    assert past.item is not None
    commodity = past.item.commodity.name if past.item.commodity else ""
    tender = past.tender
    parts: Iterable[str] = (
        *(tender.reference, tender.title, tender.description, tender.buyer.name),
        *(commodity, tender.province),
    )
    return " ".join(part for part in parts if part)


def _entry(batch: ImportBatch, past: Past, now: datetime) -> PendingEntry:
    """The whole record of the tender, so that the replay can be repeated offline."""
    body: dict[str, Any] = {
        "lot": int(LOT),
        "source": batch.source,
        "file_sha256": batch.sha256,
        "facts_digest": facts_digest(past.facts),
        "terms_hash": past.replay.terms_hash,
        "bids": [_entry_bid(public_id, bid) for public_id, bid in past.bid_ids().items()],
        "rows_refused": [refusal.row for refusal in past.facts.refused],
        "outcome": str(past.replay.outcome),
        "explanation": past.replay.explanation,
    }
    if past.evaluation is not None:
        body["case"] = past.case
        body["case_digest"] = past.evaluation.case_digest
        body["result_digest"] = past.evaluation.result_digest
    return PendingEntry(EVENT, past.tender.reference, body, None, now)


def _entry_bid(public_id: str, bid: BidFacts) -> dict[str, Any]:
    return {
        "bid": public_id,
        "tenderer": bid.tenderer,
        "unit_price": bid.unit_price,
        "row": bid.row,
        "remark": bid.remark,
        "marked_disqualified": bid.disqualified,
        "marked_winner": bid.winner,
    }
