"""Idempotency-Key: the same request sent twice happens once, and is answered the same way.

The key is reserved, the change made and the answer kept in one transaction. So a second request
with the same key waits at the database for the first, and then gets its answer; if the first was
refused nothing stays, and the second one runs.

A key is kept for seven days (settings.IDEMPOTENCY_KEEP), then swept: the same key is new then.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from rest_framework.request import Request

from api.errors import Refused
from api.models import IdempotencyKey
from marketplace import keys
from marketplace.accounts.keys import used
from marketplace.accounts.models import ApiKey, User

LONGEST = 200
Run = Callable[[], HttpResponse]


class _Taken(Exception):
    """Somebody else reserved the key first."""


def once(request: Request, run: Run) -> HttpResponse:
    """The answer of `run`, or the kept one if this key has been used for the same request."""
    key = _key(request)
    if key is None:
        return run()
    print_ = fingerprint(request)
    known = _known(request, key)
    return replay(known, print_) if known else _first(request, key, print_, run)


def once_beside(request: Request, run: Run) -> HttpResponse:
    """The same where the operation commits by itself and keeps the answer beside (`Beside`).

    Nothing is reserved: the second of two at the same moment is refused by the operation itself or
    by the key's own constraint, after the first was committed; then its answer is there.
    """
    key = _key(request)
    if key is None:
        return run()
    print_ = fingerprint(request)
    if known := _known(request, key):
        return replay(known, print_)
    request._request.fingerprint = print_  # type: ignore[attr-defined]
    try:
        return run()
    except Exception:
        known = _known(request, key)
        if known is None:
            raise
        return replay(known, print_)


class Beside:
    """Called with what was made, in its transaction: makes the answer and keeps it there."""

    response: HttpResponse

    def __init__(self, request: Request) -> None:
        self._request = request

    def answer(self, made: Any) -> HttpResponse:
        raise NotImplementedError

    def __call__(self, made: Any) -> None:
        self.response = self.answer(made)
        key, request = _key(self._request), self._request
        if isinstance(request.auth, ApiKey):
            used(request.auth, request._request.now)  # type: ignore[attr-defined]
        if key is not None:
            row = _row(request, key, request._request.fingerprint)  # type: ignore[attr-defined]
            _fill(row, self.response)
            row.save(force_insert=True)


def _key(request: Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Refused(
            "bad-idempotency-key",
            f"An Idempotency-Key has 1 to {LONGEST} visible ASCII characters.",
            where="Idempotency-Key",
        )
    return key


def sweep(now: datetime) -> int:
    """Delete the keys and answers that are past their time; return how many."""
    old = IdempotencyKey.objects.filter(created_at__lte=now - settings.IDEMPOTENCY_KEEP)
    return old.delete()[0]


def _known(request: Request, key: str) -> IdempotencyKey | None:
    return IdempotencyKey.objects.filter(user=_person(request), key=key).first()


def _person(request: Request) -> User:
    return cast(User, request.user)


def _first(request: Request, key: str, print_: str, run: Run) -> HttpResponse:
    try:
        with transaction.atomic():
            row = _reserve(request, key, print_)
            response = run()
            _keep(row, response)
            return response
    except _Taken:
        known = _known(request, key)
        if known is None:
            raise Refused(
                "idempotency-key-in-use",
                "Another request with this key was being answered at the same moment.",
                remedy="Send the request again with the same key.",
                wait=1,
            ) from None
        return replay(known, print_)


def _reserve(request: Request, key: str, print_: str) -> IdempotencyKey:
    try:
        with transaction.atomic():
            row = _row(request, key, print_)
            row.save(force_insert=True)
            return row
    except IntegrityError:
        raise _Taken from None


def _row(request: Request, key: str, print_: str) -> IdempotencyKey:
    return IdempotencyKey(
        user=_person(request),
        key=key,
        method=str(request.method),
        path=request.path[:400],
        fingerprint=print_,
        status=0,
        body="",
        created_at=request._request.now,  # type: ignore[attr-defined]
    )


def _keep(row: IdempotencyKey, response: HttpResponse) -> None:
    _fill(row, response)
    row.save()


def _fill(row: IdempotencyKey, response: HttpResponse) -> None:
    row.status = response.status_code
    row.location = response.get("Location", "")
    row.etag = response.get("ETag", "")
    row.body = response.content.decode()


def replay(known: IdempotencyKey, print_: str) -> HttpResponse:
    """The kept answer; raises Refused if the key came with another request."""
    if not hmac.compare_digest(known.fingerprint, print_):
        raise Refused(
            "idempotency-key-reused",
            "This Idempotency-Key was used for another request.",
            where="Idempotency-Key",
            remedy="Make a new key for each new request.",
        )
    response = HttpResponse(
        known.body.encode(), status=known.status, content_type="application/json"
    )
    response["Idempotent-Replayed"] = "true"
    for name, value in (("Location", known.location), ("ETag", known.etag)):
        if value:
            response[name] = value
    return response


def fingerprint(request: Request) -> str:
    """A keyed digest: from it, not even a guessed bid can be confirmed without the key."""
    digest = hmac.new(keys.load("identity"), b"musika-idempotency/1", hashlib.sha256)
    for part in (str(request.method).encode(), request.get_full_path().encode(), *_parts(request)):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(request: Request) -> list[bytes]:
    """The body; of a form its fields and files, since its boundary is new each time."""
    if not str(request.content_type).startswith("multipart/"):
        return [request._request.body]
    fields = [f"{k}={v}".encode() for k in sorted(request.POST) for v in request.POST.getlist(k)]
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            fields.append(f"{name}:{file.name}".encode() + file.read())
            file.seek(0)
    return fields
