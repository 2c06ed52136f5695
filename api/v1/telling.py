"""How one is told of things: telephone, preferences, saved searches, webhooks."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from api.access import SIGNED_IN
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag, Instant, Shape, Text, Whole
from api.v1.content import Choice
from marketplace.accounts import phones
from marketplace.accounts.models import Phone, User
from marketplace.errors import Invalid
from marketplace.notify import preferences, webhooks
from marketplace.notify.kinds import CHOSEN, Channel, Kind, When
from marketplace.notify.models import Webhook
from marketplace.registry import phones as proving
from procurement.models import SavedSearch
from procurement.operations import searches


class PhoneOut(Shape):
    phone = Text(allow_null=True, help_text="In E.164; null until one is proved.")
    proved_at = Instant(allow_null=True)
    pin = Flag(help_text="Whether a PIN for the telephone menu is set.")


class PhoneIn(Shape):
    phone = Text(max_length=25, help_text="With the country, or as one dials it at home.")


class PhoneCodeIn(Shape):
    code = Text(max_length=12)


def _phone(user: User) -> dict[str, Any]:
    row = Phone.objects.filter(user=user).select_related("user").first()
    return {
        "phone": phones.read(row) if row else None,
        "proved_at": row.verified_at if row else None,
        "pin": bool(row and row.pin),
    }


class MyPhone(ApiView):
    @endpoint(SIGNED_IN, gives=PhoneOut)
    def get(self, request: Request) -> dict[str, Any]:
        """One's proved telephone."""
        return _phone(person(request))

    @endpoint(SIGNED_IN, takes=PhoneIn, gives=PhoneOut)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Have a code sent to a telephone; nothing is proved yet."""
        proving.ask(user=person(request), number=data["phone"], now=now_of(request))
        return _phone(person(request))

    @endpoint(SIGNED_IN)
    def delete(self, request: Request) -> None:
        """Have the telephone forgotten."""
        proving.forget(user=person(request), now=now_of(request))


class MyPhoneProof(ApiView):
    @endpoint(SIGNED_IN, takes=PhoneCodeIn, gives=PhoneOut)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Prove the telephone with the code that was sent to it."""
        proving.confirm(user=person(request), code=data["code"], now=now_of(request))
        return _phone(person(request))


class ChannelChoice(Shape):
    kind = Choice(choices=[kind.value for kind in CHOSEN])
    channel = Choice(choices=[channel.value for channel in preferences.PEOPLE])
    when = Choice(choices=[when.value for when in When])


class MyPreferences(ApiView):
    @endpoint(SIGNED_IN, gives=ChannelChoice, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """How one is told of each kind over each channel."""
        return _preferences(person(request))

    @endpoint(SIGNED_IN, takes=ChannelChoice, gives=ChannelChoice)
    def put(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Choose for one kind and channel."""
        wanted = {(Kind(data["kind"]), Channel(data["channel"])): When(data["when"])}
        preferences.choose(person=person(request), wanted=wanted, now=now_of(request))
        return data


def _preferences(user: User) -> list[dict[str, Any]]:
    return [
        {"kind": kind.value, "channel": channel.value, "when": when.value}
        for (kind, channel), when in preferences.table(user).items()
    ]


class SearchIn(Shape):
    name = Text(max_length=100)
    query = Text(
        max_length=2000,
        allow_blank=True,
        help_text="Parameters of GET /tenders, as in its address: commodity=MAIZE_GRAIN.",
    )


class SearchOut(Shape):
    id = Text(source="public_id")
    name = Text()
    query = Text()
    created_at = Instant()


class MySearches(ApiView):
    @endpoint(SIGNED_IN, gives=SearchOut, many=True)
    def get(self, request: Request) -> QuerySet[SavedSearch]:
        """The searches that one keeps; each has a feed at /feeds/ID.atom."""
        return searches.held(person(request))

    @endpoint(SIGNED_IN, takes=SearchIn, gives=SearchOut, status=201, idempotent=True)
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Keep a search, to be told of each new tender that it finds."""
        row = searches.save(user=person(request), now=now_of(request), **data)
        return Made(row, f"/api/v1/me/searches/{row.public_id}")


class MySearch(ApiView):
    @endpoint(SIGNED_IN)
    def delete(self, request: Request, key: str) -> None:
        """End a search of one's own."""
        searches.end(user=person(request), search=key, now=now_of(request))


class WebhookIn(Shape):
    url = Text(max_length=300)


class WebhookOut(Shape):
    id = Whole(source="pk")
    url = Text()
    created_at = Instant()


class NewWebhookOut(WebhookOut):
    secret = Text(help_text="Told this once.")


class MyWebhooks(ApiView):
    @endpoint(SIGNED_IN, gives=WebhookOut, many=True)
    def get(self, request: Request) -> QuerySet[Webhook]:
        """One's webhooks."""
        return webhooks.held(person(request))

    @endpoint(SIGNED_IN, takes=WebhookIn, gives=NewWebhookOut, status=201)
    def post(self, request: Request, data: dict[str, Any]) -> Made:
        """Add an address that is told; the answer alone has its secret."""
        if not data["url"]:
            raise Invalid("Give the address.", where="url")
        row, secret = webhooks.add(user=person(request), url=data["url"], now=now_of(request))
        row.secret = secret  # type: ignore[attr-defined]
        return Made(row, f"/api/v1/me/webhooks/{row.pk}")


class MyWebhook(ApiView):
    @endpoint(SIGNED_IN)
    def delete(self, request: Request, key: int) -> None:
        """End a webhook of one's own."""
        webhooks.end(user=person(request), key=key, now=now_of(request))
