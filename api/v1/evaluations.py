"""Findings on gates and the evaluation of a lot: case and result exactly as they are stored."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from api import conditions
from api.access import ANYONE, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Number, Shape, Text, Whole, listed
from api.v1 import find
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import Bid, Criterion, EvaluatedBid, Evaluation, GateDecision, Lot
from procurement.operations import evaluations
from procurement.rules.visibility import Fact


class GateIn(Shape):
    bid = Text(max_length=16)
    criterion = Whole(min_value=1, max_value=32767)
    passed = Flag()
    reason = Text(max_length=4000, allow_blank=True, default="")


class FindingsIn(Shape):
    findings = listed(GateIn, 20_000, min_length=1)


class GateOut(Shape):
    bid = Text(source="bid.public_id")
    criterion = Whole(source="criterion.number")
    passed = Flag()
    reason = Text(allow_blank=True)
    decided_at = Instant()


def lot_seen(request: Request, reference: str, number: int) -> Lot:
    """A lot whose evaluation this person may follow."""
    lot = find.lot(request, reference, number)
    if not visibility.sees(request.user, Fact.RESULT, lot.tender, lot=lot):
        raise find.nothing("evaluation")
    return lot


class Gates(ApiView):
    @endpoint(ANYONE, gives=GateOut, many=True)
    def get(self, request: Request, reference: str, number: int) -> QuerySet[GateDecision]:
        """The findings on the gates; public once the lot is decided."""
        lot = lot_seen(request, reference, number)
        rows = GateDecision.objects.filter(criterion__lot=lot).select_related("bid", "criterion")
        return rows.order_by("bid_id", "criterion__number")

    @endpoint(
        may(Permission.BID_EVALUATE), takes=GateIn, gives=GateOut, status=201, idempotent=True
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Record whether a bid meets a gate; a later finding takes the place of an earlier one."""
        lot = find.lot(request, reference, number)
        decision = evaluations.decide_gate(
            bid=find.bid(lot.tender, data["bid"]),
            criterion=find.gate(lot, data["criterion"]),
            passed=data["passed"],
            reason=data["reason"],
            by=person(request),
            now=now_of(request),
        )
        return Made(decision, f"/api/v1/tenders/{reference}/lots/{number}/gates")

    @endpoint(may(Permission.BID_EVALUATE), takes=FindingsIn, gives=GateOut, many=True)
    def put(
        self, request: Request, reference: str, number: int, data: dict[str, Any]
    ) -> list[GateDecision]:
        """Record many findings at once, all or none: a lot may draw hundreds of bids."""
        lot = find.lot(request, reference, number)
        bids = {bid.public_id: bid for bid in lot.tender.bids.all()}
        gates = {gate.number: gate for gate in lot.criteria.filter(kind=Criterion.Kind.GATE)}
        findings = [_finding(row, bids, gates) for row in data["findings"]]
        return evaluations.decide_lot(findings=findings, by=person(request), now=now_of(request))


def _finding(
    row: dict[str, Any], bids: dict[str, Bid], gates: dict[int, Criterion]
) -> evaluations.GateFinding:
    if row["bid"] not in bids or row["criterion"] not in gates:
        raise find.nothing(f"gate {row['criterion']} of bid {row['bid']}")
    return evaluations.GateFinding(
        bids[row["bid"]], gates[row["criterion"]], row["passed"], row["reason"]
    )


class RankOut(Shape):
    bid = Text(source="bid.public_id")
    price = Number(allow_null=True)
    evaluated_price = Text(allow_blank=True)
    rank = Whole(allow_null=True)
    disqualification = Text(allow_blank=True)


class EvaluationOut(Shape):
    id = Whole()
    case_digest = Text()
    result_digest = Text()
    evaluated_at = Instant()
    confirmed_at = Instant(allow_null=True)
    currency = Text(source="lot.tender.currency", help_text="Of every price in it: the tender's.")
    bids = serializers.SerializerMethodField()

    @extend_schema_field(RankOut(many=True))
    def get_bids(self, evaluation: Evaluation) -> list[dict[str, Any]]:
        rows = EvaluatedBid.objects.filter(evaluation=evaluation).select_related("bid")
        return list(RankOut(rows.order_by("rank", "id"), many=True).data)


class Evaluations(ApiView):
    @endpoint(ANYONE, gives=EvaluationOut, many=True)
    def get(self, request: Request, reference: str, number: int) -> list[Evaluation]:
        """The evaluations of a lot; public once it is decided, and then the confirmed one."""
        lot = lot_seen(request, reference, number)
        rows = lot.evaluations.defer("case", "result").order_by("id")
        return [row for row in rows if find.sees_evaluation(request, lot, row)]

    @endpoint(may(Permission.BID_EVALUATE), gives=EvaluationOut, status=201, idempotent=True)
    def post(self, request: Request, reference: str, number: int) -> Made:
        """Evaluate the lot by the published rules; may be repeated until confirmed."""
        row = evaluations.evaluate(
            lot=find.lot(request, reference, number), by=person(request), now=now_of(request)
        )
        return Made(row, f"/api/v1/tenders/{reference}/lots/{number}/evaluations/{row.pk}")


@extend_schema_field(OpenApiTypes.OBJECT)
class Stored(serializers.JSONField):
    pass


class EvaluationWhole(Shape):
    case_digest = Text()
    result_digest = Text()
    case = Stored(help_text="musika-evaluation-case/2, as it is stored.")
    result = Stored(help_text="The result with its working, as it is stored.")


class OneEvaluation(ApiView):
    @endpoint(ANYONE, gives=EvaluationWhole)
    def get(self, request: Request, reference: str, number: int, key: int) -> HttpResponse:
        """The case and the result, byte for byte as stored, so that the digests can be checked."""
        row = find.evaluation(request, find.lot(request, reference, number), key)
        content = (
            f'{{"case_digest":"{row.case_digest}","result_digest":"{row.result_digest}",'
            f'"case":{row.case},"result":{row.result}}}'
        )
        return conditions.answer(request, content.encode(), row.result_digest)


class Confirmation(ApiView):
    @endpoint(may(Permission.BID_EVALUATE), gives=EvaluationOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int, key: int) -> Evaluation:
        """Make the latest evaluation of the lot the one that stands."""
        row = find.evaluation(request, find.lot(request, reference, number), key)
        return evaluations.confirm(evaluation=row, by=person(request), now=now_of(request))
