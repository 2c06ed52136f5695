"""Where the operator of the short code sends each input of a call.

Form fields `sessionId`, `phoneNumber`, `serviceCode`, `text`; the answer is plain text that
begins with CON (go on) or END (hang up). Source: Africa's Talking, USSD, “handle sessions”.
"""

import hmac

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace import clock
from marketplace.errors import MusikaError
from marketplace.ledger import outside
from marketplace.lockout import client_address
from marketplace.phone import service
from marketplace.phone.rules.screens import Screen

HEADER = "X-Musika-Secret"
# Wrong secrets from one address within a minute.
TRIES = 20

log = structlog.get_logger()


@csrf_exempt
@require_POST
@never_cache
def ussd(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Answer one input of a call, for who knows the secret."""
    if not _is_operator(request, secret):
        return HttpResponse(status=403)
    fields = request.POST
    call = service.Request(
        session=fields.get("sessionId", ""),
        number=fields.get("phoneNumber", ""),
        text=fields.get("text", ""),
    )
    return said(answered(call))


def _is_operator(request: HttpRequest, secret: str) -> bool:
    """Whether the secret is the one of the settings; after many wrong ones nobody is, a while."""
    given = secret or request.headers.get(HEADER, "")
    key = f"ussd-wrong:{client_address(request)}"
    if not settings.USSD_SECRET or cache.get(key, 0) >= TRIES:
        return False
    if hmac.compare_digest(given.encode(), settings.USSD_SECRET.encode()):
        return True
    cache.set(key, cache.get(key, 0) + 1, 60)
    return False


def answered(call: service.Request) -> Screen:
    """The screen for a request; whatever goes wrong, the telephone is told in plain words."""
    # The request has been read to its end by now: this is when it arrived.
    received_at = clock.now()
    if outside.read_only() is not None:
        return Screen(_("Musika cannot take anything just now. Try again later."), ends=True)
    try:
        return service.answer(call, received_at=received_at, now=clock.now())
    except MusikaError as error:
        return Screen(f"{error.message} {error.remedy or ''}".strip()[:160], ends=True)
    except Exception as error:
        # Neither number nor input may reach a log: the kind of the error alone.
        log.error("ussd-failed", kind=type(error).__name__)
        return Screen(_("Something went wrong and nothing was sent. Dial again."), ends=True)


def said(screen: Screen) -> HttpResponse:
    word = "END" if screen.ends else "CON"
    return HttpResponse(f"{word} {screen.text}", content_type="text/plain; charset=utf-8")
