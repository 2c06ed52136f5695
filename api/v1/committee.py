"""The opening committee, and the opening: who sits, who has enrolled, who has acted."""

from typing import Any

from rest_framework.request import Request

from api.access import ANYONE, SIGNED_IN, may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.tenderlist import OrganizationRef
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.errors import NotFound
from procurement import visibility
from procurement.models import CommitteeMember, Tender
from procurement.operations import committees, openings
from procurement.queries import outages
from procurement.rules.visibility import Fact


class AppointIn(Shape):
    opener = Text(max_length=16, help_text="The person's id.")
    organization = Text(max_length=16, help_text="The organisation for which the person sits.")


class PassphraseIn(Shape):
    passphrase = Text(max_length=400, trim_whitespace=False)


class OpenerRef(Shape):
    id = Text()
    name = Text(allow_blank=True, help_text="Blank for whoever is told only the seats.")


class SeatOut(Shape):
    position = Whole()
    opener = OpenerRef()
    organization = OrganizationRef()
    enrolled_at = Instant(allow_null=True)
    acted_at = Instant(allow_null=True)
    public_key = Text(allow_blank=True)
    draw_commitment = Text(allow_blank=True)


def seat(member: CommitteeMember, user: visibility.Person) -> dict[str, Any]:
    own = member.user_id == user.pk
    named = visibility.sees(user, Fact.OPENERS, member.tender, own=own)
    return {
        "position": member.position,
        "opener": {"id": member.user.public_id, "name": member.user.full_name if named else ""},
        "organization": {
            "id": member.organization.public_id,
            "name": member.organization.name,
        },
        "enrolled_at": member.enrolled_at,
        "acted_at": member.acted_at,
        "public_key": member.public_key,
        "draw_commitment": member.draw_commitment,
    }


def _seats(request: Request, tender: Tender) -> list[dict[str, Any]]:
    rows = tender.committee.select_related("user", "organization", "tender__buyer")
    return [seat(member, request.user) for member in rows.order_by("position")]


class Committee(ApiView):
    @endpoint(ANYONE, gives=SeatOut, many=True)
    def get(self, request: Request, reference: str) -> list[dict[str, Any]]:
        """The committee that opens the bids."""
        return _seats(request, find.tender(request, reference))

    @endpoint(
        may(Permission.TENDER_DRAFT), takes=AppointIn, gives=SeatOut, status=201, idempotent=True
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Give an opener a seat on the committee of a draft."""
        opener = User.objects.filter(public_id=data["opener"], is_active=True).first()
        if opener is None:
            raise NotFound("There is no such person.", where="opener")
        member = committees.appoint(
            tender=find.tender(request, reference),
            opener=opener,
            organization=find.organization(data["organization"], "organization"),
            by=person(request),
            now=now_of(request),
        )
        return Made(seat(member, request.user), f"/api/v1/tenders/{reference}/committee")


class Seat(ApiView):
    @endpoint(may(Permission.TENDER_DRAFT))
    def delete(self, request: Request, reference: str, opener: str) -> None:
        """Take an opener off the committee of a draft; the seats after move up."""
        tender = find.tender(request, reference)
        member = tender.committee.filter(user__public_id=opener).first()
        if member is None or not visibility.sees(person(request), Fact.DRAFT, tender):
            raise find.nothing("seat")
        committees.dismiss(member=member, by=person(request), now=now_of(request))


class Enrolment(ApiView):
    @endpoint(
        may(Permission.BID_OPEN, "with a seat on the committee"),
        takes=PassphraseIn,
        gives=SeatOut,
        status=201,
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> Made:
        """Set the passphrase for this tender; nobody can recover it."""
        member = committees.enrol(
            tender=find.seat(request, reference), by=person(request), now=now_of(request), **data
        )
        return Made(seat(member, request.user), f"/api/v1/tenders/{reference}/committee")


class SeatOfMine(Shape):
    tender = Text()
    title = Text()
    position = Whole()
    enrolled_at = Instant(allow_null=True)
    acted_at = Instant(allow_null=True)


class MySeats(ApiView):
    @endpoint(SIGNED_IN, gives=SeatOfMine, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """The committees on which one sits, drafts included."""
        return [
            {
                "tender": row.tender.reference,
                "title": row.tender.title,
                "position": row.position,
                "enrolled_at": row.enrolled_at,
                "acted_at": row.acted_at,
            }
            for row in find.seats(request)
        ]


class OpeningOut(Shape):
    status = Text()
    may_close_at = Instant(help_text="When the deadline and the time for bids in flight are over.")
    closed_at = Instant(allow_null=True)
    opened_at = Instant(allow_null=True)
    quorum = Whole()
    acted = Whole()
    is_open = Flag()
    seats = SeatOut(many=True)


def opening(request: Request, tender: Tender) -> dict[str, Any]:
    seats = _seats(request, tender)
    return {
        "status": tender.status_now,  # type: ignore[attr-defined]
        "may_close_at": outages.closes_at(tender),
        "closed_at": tender.closed_at,
        "opened_at": tender.opened_at,
        "quorum": tender.opening_quorum,
        "acted": sum(row["acted_at"] is not None for row in seats),
        "is_open": tender.opened_at is not None,
        "seats": seats,
    }


class Opening(ApiView):
    @endpoint(ANYONE, gives=OpeningOut)
    def get(self, request: Request, reference: str) -> dict[str, Any]:
        """How far the opening is: who has acted, how many must."""
        tender = find.published(request, reference)
        if tender.deadline is None:
            raise find.nothing("opening")
        return opening(request, tender)


class Release(ApiView):
    @endpoint(
        may(Permission.BID_OPEN, "with a seat on the committee"),
        takes=PassphraseIn,
        gives=OpeningOut,
    )
    def post(self, request: Request, reference: str, data: dict[str, Any]) -> dict[str, Any]:
        """Act as an opener; the act that makes the quorum opens every bid."""
        tender = find.published(request, reference)
        openings.release(tender=tender, by=person(request), now=now_of(request), **data)
        return opening(request, find.published(request, reference))
