"""What evaluators declare, state and mark; others' marks only once everybody has signed."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from api.access import may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Number, Shape, Text, Whole, listed
from api.v1 import find
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from procurement import visibility
from procurement.models import ConflictDeclaration, Lot, Mark, MarkSheet
from procurement.operations import assessments, declarations, marks
from procurement.operations.assessments import Assessment
from procurement.operations.marks import GivenMark
from procurement.queries import cases, judging
from procurement.rules.panel import Panel, waiting
from procurement.rules.visibility import Fact

EVALUATE = may(Permission.BID_EVALUATE)


class DeclarationIn(Shape):
    tenderer = Text(
        max_length=16, allow_null=True, default=None, help_text="Null: no conflict with anybody."
    )
    reason = Text(max_length=4000, allow_blank=True, default="")


class DeclarationOut(Shape):
    evaluator = Text(source="evaluator.public_id")
    tenderer = Text(source="tenderer.public_id", allow_null=True, default=None)
    reason = Text(allow_blank=True)
    declared_at = Instant()


def _working(request: Request, lot: Lot) -> Lot:
    if not visibility.sees(person(request), Fact.WORKING, lot.tender):
        raise find.nothing("lot")
    return lot


class Declarations(ApiView):
    @endpoint(EVALUATE, gives=DeclarationOut, many=True)
    def get(self, request: Request, reference: str) -> QuerySet[ConflictDeclaration]:
        """Who declared what: for those who work on the bids."""
        tender = find.tender(request, reference)
        if not visibility.sees(person(request), Fact.DECLARATIONS, tender):
            raise find.nothing()
        return tender.declarations.select_related("evaluator", "tenderer")

    @endpoint(EVALUATE, takes=DeclarationIn, gives=DeclarationOut, status=201, idempotent=True)
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Declare to have no conflict of interest, or with which bidder and why.

        Nobody judges or marks bids without it. A conflict recuses for good.
        """
        tender = find.tender(request, reference)
        named = data["tenderer"]
        row = declarations.declare(
            tender=tender,
            tenderer=find.organization(named, "tenderer") if named else None,
            reason=data["reason"],
            by=person(request),
            now=now_of(request),
        )
        return Made(row, f"/api/v1/tenders/{reference}/declarations")


class AdditionIn(Shape):
    component = Whole(min_value=1, max_value=32767)
    item = Whole(min_value=1, max_value=32767, allow_null=True, default=None)
    amount = Number()
    reason = Text(max_length=4000)


class AssessmentIn(Shape):
    bid = Text(max_length=16)
    additions = listed(AdditionIn, 10_000, default=list)
    belongs = Flag(
        allow_null=True, default=None, help_text="Whether the bid is of the preferred group."
    )
    evidence = Text(max_length=4000, allow_blank=True, default="")


class AdditionOut(Shape):
    component = Whole(source="component.number")
    item = Whole(source="item.number", allow_null=True, default=None)
    amount = Number()
    reason = Text()


class GroupOut(Shape):
    belongs = Flag()
    evidence = Text(allow_blank=True)


class AssessmentOut(Shape):
    bid = Text(source="public_id")
    additions = AdditionOut(many=True, source="additions.all")
    groups = GroupOut(many=True, source="group_findings.all")


class Assessments(ApiView):
    @endpoint(EVALUATE, gives=AssessmentOut, many=True)
    def get(self, request: Request, reference: str, number: int) -> Any:
        """What is added to each bid's price, and who belongs to the preferred group."""
        return cases.bids_for(_working(request, find.lot(request, reference, number)))

    @endpoint(EVALUATE, takes=AssessmentIn, gives=AssessmentOut)
    def put(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Any:
        """State everything that the lot's method adds to one bid's price."""
        lot = find.lot(request, reference, number)
        found = Assessment(
            {(a["component"], a["item"]): (a["amount"], a["reason"]) for a in data["additions"]},
            data["belongs"],
            data["evidence"],
        )
        bid = find.bid(lot.tender, data["bid"])
        by, now = person(request), now_of(request)
        assessments.assess(lot=lot, bid=bid, found=found, by=by, now=now)
        return cases.bids_for(lot).get(pk=bid.pk)


class MarkIn(Shape):
    bid = Text(max_length=16)
    criterion = Whole(min_value=1, max_value=32767)
    mark = Number()
    reason = Text(max_length=4000)


class SheetIn(Shape):
    marks = listed(MarkIn, 20_000, min_length=1)


class MarkOut(Shape):
    evaluator = Text(source="sheet.evaluator.public_id")
    bid = Text(source="bid.public_id")
    criterion = Whole(source="criterion.number")
    mark = Number()
    reason = Text()
    alone = Number(
        allow_null=True, help_text="The mark signed before the others were seen, if it was changed."
    )
    alone_reason = Text(help_text="The reason of the mark given alone; empty if none was changed.")


class PanelOut(Shape):
    """Where the marking of a lot stands."""

    members = serializers.ListField(child=Text(), help_text="Declared, and without a conflict.")
    waiting = serializers.ListField(child=Text(), help_text="Have not signed yet.")
    needed = Whole(help_text="The fewest evaluators who must sign.")
    chair = Text(allow_null=True)
    revealed = Flag(help_text="Whether every evaluator sees every mark.")
    marks = MarkOut(many=True)


def _stand(request: Request, lot: Lot) -> dict[str, Any]:
    panel: Panel = judging.panel(lot)
    rows: QuerySet[Mark] = judging.marks_seen(person(request), lot)
    return {
        "members": list(panel.members),
        "waiting": list(waiting(panel)),
        "needed": panel.needed,
        "chair": panel.chair,
        "revealed": panel.revealed,
        "marks": rows.order_by("bid", "criterion__number", "sheet"),
    }


class Marks(ApiView):
    @endpoint(EVALUATE, gives=PanelOut)
    def get(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """One's own marks; everybody's once all have signed or the chair has closed."""
        return _stand(request, _working(request, find.lot(request, reference, number)))

    @endpoint(EVALUATE, takes=SheetIn, gives=PanelOut)
    def put(
        self, request: Request, reference: str, number: int, data: dict[str, Any]
    ) -> dict[str, Any]:
        """Put marks with their reasons on one's own sheet, all or none."""
        lot = find.lot(request, reference, number)
        bids = {bid.public_id: bid for bid in lot.tender.bids.all()}
        rated = {criterion.number: criterion for criterion in judging.rated(lot)}
        try:
            given = [
                GivenMark(bids[m["bid"]], rated[m["criterion"]], m["mark"], m["reason"])
                for m in data["marks"]
            ]
        except KeyError as error:
            raise NotFound(f"There is no such bid or rated criterion: {error}.") from None
        marks.save(lot=lot, marks=given, by=person(request), now=now_of(request))
        return _stand(request, lot)


class Signature(ApiView):
    @endpoint(EVALUATE, gives=PanelOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """Sign one's marks; the last signature shows all marks to all evaluators."""
        lot = find.lot(request, reference, number)
        sheet: MarkSheet = marks.sign(lot=lot, by=person(request), now=now_of(request))
        return _stand(request, sheet.lot)


class Closure(ApiView):
    @endpoint(EVALUATE, gives=PanelOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """As the chair: end the wait for those who have not signed."""
        lot = find.lot(request, reference, number)
        return _stand(request, marks.close(lot=lot, by=person(request), now=now_of(request)))
