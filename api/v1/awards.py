"""Awards: recommended by one person, decided by another, told to everyone who bid."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, MoneyShape, Shape, Text, Whole, money
from api.v1 import find
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts import queries as people
from marketplace.accounts.roles import Permission
from procurement import visibility
from procurement.models import Award, AwardLetter, Tender
from procurement.operations import awards
from procurement.rules.visibility import Fact


class ReasonIn(Shape):
    reason = Text(max_length=4000, help_text="It is published.")


class AwardOut(Shape):
    lot = Whole()
    bid = Text()
    supplier = OrganizationRef()
    price = MoneyShape()
    recommendation = Text(allow_blank=True)
    recommended_at = Instant()
    reason = Text(allow_blank=True)
    decided_at = Instant(allow_null=True)
    standstill_ends_at = Instant(allow_null=True)
    cancelled_at = Instant(allow_null=True)
    cancelled_reason = Text(allow_blank=True)


def shown(award: Award) -> dict[str, Any]:
    return {
        "lot": award.lot.number,
        "bid": award.bid.public_id,
        "supplier": {"id": award.supplier.public_id, "name": award.supplier.name},
        "price": money(award.price, award.currency),
        "recommendation": award.recommendation,
        "recommended_at": award.recommended_at,
        "reason": award.reason,
        "decided_at": award.decided_at,
        "standstill_ends_at": award.standstill_ends_at,
        "cancelled_at": award.cancelled_at,
        "cancelled_reason": award.cancelled_reason,
    }


def _seen(request: Request, reference: str, number: int) -> Award:
    """A decided award is public; a recommended one is seen by those who see the working."""
    lot = find.lot(request, reference, number)
    award = find.award(lot)
    fact = Fact.AWARD if award.decided_at else Fact.RECOMMENDATION
    if not visibility.sees(request.user, fact, lot.tender, lot=lot):
        raise find.nothing("award")
    return award


class LotAward(ApiView):
    @endpoint(ANYONE, gives=AwardOut)
    def get(self, request: Request, reference: str, number: int) -> dict[str, Any]:
        """The award of a lot that stands."""
        return shown(_seen(request, reference, number))

    @endpoint(
        may(Permission.AWARD_RECOMMEND),
        takes=ReasonIn,
        gives=AwardOut,
        status=201,
        idempotent=True,
    )
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Made:
        """Recommend the first-ranked bid of the confirmed evaluation."""
        award = awards.recommend(
            lot=find.lot(request, reference, number),
            by=person(request),
            now=now_of(request),
            **data,
        )
        return Made(shown(award), f"/api/v1/tenders/{reference}/lots/{number}/award")


class Decision(ApiView):
    @endpoint(may(Permission.AWARD_DECIDE), takes=ReasonIn, gives=AwardOut, idempotent=True)
    def post(
        self, request: Request, reference: str, number: int, data: dict[str, Any]
    ) -> dict[str, Any]:
        """Decide the award; the standstill starts and every bidder gets a letter."""
        award = _seen(request, reference, number)
        return shown(awards.decide(award=award, by=person(request), now=now_of(request), **data))


class UnsuccessfulOut(Shape):
    lot = Whole(source="number")
    unsuccessful_at = Instant()
    unsuccessful_reason = Text()


class Unsuccessful(ApiView):
    @endpoint(may(Permission.AWARD_DECIDE), takes=ReasonIn, gives=UnsuccessfulOut, idempotent=True)
    def post(self, request: Request, reference: str, number: int, data: dict[str, Any]) -> Any:
        """Close a lot for which no bid, or no valid bid, was submitted."""
        return awards.declare_unsuccessful(
            lot=find.lot(request, reference, number),
            by=person(request),
            now=now_of(request),
            **data,
        )


class LetterOut(Shape):
    lot = Whole(source="award.lot.number")
    bid = Text(source="bid.public_id")
    tenderer = Text(source="bid.tenderer.public_id")
    kind = Text()
    text = Text()
    issued_at = Instant()
    award_cancelled = Flag()


def _sees_letter(request: Request, row: AwardLetter, tender: Tender, own: set[int]) -> bool:
    mine = row.bid.tenderer_id in own
    return visibility.sees(person(request), Fact.LETTER, tender, lot=row.award.lot, own=mine)


class Letters(ApiView):
    @endpoint(SIGNED_IN, gives=LetterOut, many=True)
    def get(self, request: Request, reference: str) -> list[AwardLetter]:
        """Letters on the awards: one's own organisation's; all of them for the buyer's people."""
        tender = find.published(request, reference)
        rows: QuerySet[AwardLetter] = AwardLetter.objects.filter(award__lot__tender=tender)
        own = {m.organization_id for m in people.current_memberships(person(request))}
        letters = [
            row
            for row in rows.select_related("award__lot", "bid__tenderer").order_by("id")
            if _sees_letter(request, row, tender, own)
        ]
        for letter in letters:
            letter.award_cancelled = letter.award.cancelled_at is not None  # type: ignore[attr-defined]
        return letters
