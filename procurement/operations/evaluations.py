"""Findings on gates, and the evaluation of a lot by the published rules."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketplace.accounts.models import User
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.ledger.record import AUDITOR, PendingEntry, record, record_many
from procurement import permissions
from procurement.models import Bid, Criterion, EvaluatedBid, Evaluation, GateDecision, Lot
from procurement.operations import assessments, marks
from procurement.operations.common import check_lot_allows, lock_lot
from procurement.queries import cases, terms
from procurement.rules.canonical import canonical
from procurement.rules.case import to_json
from procurement.rules.evaluation import evaluate as evaluate_case
from procurement.rules.published import published_digest
from procurement.rules.result import BidResult, Result


class FindingsMissing(Invalid):
    """Some gates of some bids have no finding yet."""

    code = "findings-missing"


@dataclass(frozen=True)
class GateFinding:
    """Whether one bid meets one gate; a failure needs a reason."""

    bid: Bid
    gate: Criterion
    passed: bool
    reason: str = ""


@transaction.atomic
def decide_gate(
    *, bid: Bid, criterion: Criterion, passed: bool, reason: str, by: User, now: datetime
) -> GateDecision:
    """Record whether a bid meets a gate; a failure needs a reason. Open until confirmed."""
    return decide_lot(findings=[GateFinding(bid, criterion, passed, reason)], by=by, now=now)[0]


@transaction.atomic
def decide_gates(
    *, bid: Bid, findings: Mapping[Criterion, tuple[bool, str]], by: User, now: datetime
) -> list[GateDecision]:
    """Record several findings on one bid, all or none; each is (passed, reason)."""
    found = [GateFinding(bid, gate, *finding) for gate, finding in findings.items()]
    lots = sorted({finding.gate.lot_id for finding in found})
    return [
        decision
        for lot in lots
        for decision in decide_lot(
            findings=[f for f in found if f.gate.lot_id == lot], by=by, now=now
        )
    ]


@transaction.atomic
def decide_lot(*, findings: Sequence[GateFinding], by: User, now: datetime) -> list[GateDecision]:
    """Record findings on many bids for one lot, all or none: a lot may draw hundreds of bids.

    Who, when and whether the lot is still open are asked once, not once per finding.
    """
    if not findings:
        return []
    lot = lock_lot(findings[0].gate.lot_id)
    permissions.check_evaluator(by, lot.tender)
    check_lot_allows("evaluations.evaluate", lot, now)
    if lot.evaluations.exclude(confirmed_at=None).exists():
        raise Conflict("The evaluation of this lot is confirmed; its findings stand.")
    for finding in findings:
        _check_finding(finding, lot)
    _check_each_once(findings)
    decisions = GateDecision.objects.bulk_create(
        [_decision(finding, by, now) for finding in findings],
        update_conflicts=True,
        unique_fields=["bid", "criterion"],
        update_fields=["passed", "reason", "decided_by", "decided_at"],
    )
    record_many(_entry(finding, lot, by, now) for finding in findings)
    return decisions


def _check_finding(finding: GateFinding, lot: Lot) -> None:
    gate = finding.gate
    elsewhere = finding.bid.tender_id != lot.tender_id or gate.lot_id != lot.pk
    if elsewhere or gate.kind != Criterion.Kind.GATE:
        raise NotFound("There is no such gate for this bid.")
    if not finding.passed and not finding.reason.strip():
        raise Invalid("Say why the bid does not meet the requirement.", where="reason")


def _check_each_once(findings: Sequence[GateFinding]) -> None:
    """Of two findings on one gate of one bid nobody could say which one was meant."""
    seen: set[tuple[int, int]] = set()
    for number, finding in enumerate(findings):
        pair = finding.bid.pk, finding.gate.pk
        if pair in seen:
            raise Invalid(
                "This bid has two findings on this gate.",
                where=f"findings[{number}]",
                remedy="Send one finding for each bid and gate.",
            )
        seen.add(pair)


def _decision(finding: GateFinding, by: User, now: datetime) -> GateDecision:
    return GateDecision(
        bid=finding.bid,
        criterion=finding.gate,
        passed=finding.passed,
        reason=finding.reason.strip(),
        decided_by=by,
        decided_at=now,
    )


def _entry(finding: GateFinding, lot: Lot, by: User, now: datetime) -> PendingEntry:
    body = {
        "lot": lot.number,
        "bid": finding.bid.public_id,
        "criterion": finding.gate.number,
        "passed": finding.passed,
        "reason": finding.reason.strip(),
    }
    # With the evaluation's other entries: everyone reads the case when the award is decided.
    return PendingEntry("GateDecided", lot.tender.reference, body, by, now, AUDITOR)


@transaction.atomic
def evaluate(*, lot: Lot, by: User | None, now: datetime) -> Evaluation:
    """Evaluate a lot by the rules published in the ledger; may be repeated until confirmed.

    Raises FindingsMissing, OtherTerms, NotPermitted.
    """
    locked = lock_lot(lot.pk)
    if by is not None:
        permissions.check_evaluator(by, locked.tender)
    check_lot_allows("evaluations.evaluate", locked, now)
    if locked.evaluations.exclude(confirmed_at=None).exists():
        raise Conflict("The evaluation of this lot is confirmed already.")
    # Read once under the lock: what is checked is what is evaluated.
    bids = list(cases.bids_for(locked))
    _check_findings(locked, bids)
    marks.check(locked)
    evaluation = store(locked, bids, by, now)
    record(
        "LotEvaluated",
        subject=locked.tender.reference,
        body={
            "lot": locked.number,
            "evaluation": evaluation.pk,
            "case_digest": evaluation.case_digest,
            "result_digest": evaluation.result_digest,
        },
        by=by,
        now=now,
        visibility="auditor",
    )
    return evaluation


def _check_findings(lot: Lot, bids: Sequence[Bid]) -> None:
    gates = list(lot.criteria.filter(kind=Criterion.Kind.GATE))
    missing = [
        f"{bid.tenderer.name}: {gate.title}"
        for bid in bids
        for gate in gates
        if gate.pk not in {decision.criterion_id for decision in bid.gate_decisions.all()}
    ] + assessments.missing(lot, bids)
    if missing:
        raise FindingsMissing(
            f"{len(missing)} findings are missing, the first: {missing[0]}.",
            where=f"lot {lot.number}",
            remedy="Record for each bid whether it meets each requirement, then evaluate again.",
        )


def store(lot: Lot, bids: Sequence[Bid], by: User | None, now: datetime) -> Evaluation:
    """Run the rules and keep case and result whole, with a line per bid for lists."""
    expected = published_digest(terms.frozen(lot.tender), lot.tender.terms_hash, lot.number)
    case = cases.case(lot, bids)
    result = evaluate_case(case, expected_terms=expected)
    result_text = canonical(result.to_json()).decode()
    evaluation = Evaluation.objects.create(
        lot=lot,
        case=canonical(to_json(case)).decode(),
        case_digest=result.case_digest,
        result=result_text,
        result_digest=hashlib.sha256(result_text.encode()).hexdigest(),
        evaluated_at=now,
        evaluated_by=by,
    )
    write_lines(evaluation, bids, result)
    return evaluation


def write_lines(evaluation: Evaluation, bids: Sequence[Bid], result: Result) -> None:
    """A line for each bid of the result."""
    named = {bid.public_id: bid for bid in bids}
    EvaluatedBid.objects.bulk_create(
        EvaluatedBid(
            evaluation=evaluation,
            bid=named[line.bid],
            price=_decimal(line),
            evaluated_price=line.evaluated_price.decimal if line.evaluated_price else "",
            rank=line.rank,
            disqualification=disqualification(line),
        )
        for line in result.bids
    )


def _decimal(line: BidResult) -> str | None:
    return line.price_text.rstrip("…") or None


def disqualification(line: BidResult) -> str:
    """Every reason for which a bid is out, in words; empty for a bid that is in."""
    return "; ".join(gate.reason or gate.name for gate in line.gates if not gate.passed)


@transaction.atomic
def confirm(*, evaluation: Evaluation, by: User, now: datetime) -> Evaluation:
    """Make the latest evaluation of a lot the one that stands."""
    locked = lock_lot(evaluation.lot_id)
    permissions.check_evaluator(by, locked.tender)
    check_lot_allows("evaluations.confirm", locked, now)
    latest = locked.evaluations.order_by("-id").first()
    if latest is None or latest.pk != evaluation.pk:
        raise Conflict("There is a later evaluation of this lot: read that one first.")
    if store_digest(latest) != latest.result_digest:
        raise Conflict("The findings changed after this evaluation: evaluate again, then confirm.")
    latest.confirmed_at, latest.confirmed_by = now, by
    latest.save(update_fields=["confirmed_at", "confirmed_by"])
    record(
        "EvaluationConfirmed",
        subject=locked.tender.reference,
        body={
            "lot": locked.number,
            "evaluation": latest.pk,
            "case_digest": latest.case_digest,
            "result_digest": latest.result_digest,
            "case": json.loads(latest.case),
        },
        by=by,
        now=now,
        visibility="auditor",
    )
    return latest


def store_digest(evaluation: Evaluation) -> str:
    """The digest that the result would have if the lot were evaluated now."""
    result = evaluate_case(cases.case(evaluation.lot))
    return hashlib.sha256(canonical(result.to_json())).hexdigest()
