"""A person's webhooks: added, ended, told."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User
from marketplace.errors import Conflict, NotFound
from marketplace.notify import hooks, secrecy
from marketplace.notify.kinds import Channel, Kind
from marketplace.notify.models import Message, Webhook

MOST = 5


class TooManyWebhooks(Conflict):
    """A person has as many webhooks as one may have."""

    code = "too-many-webhooks"


def add(*, user: User, url: str, now: datetime) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is known at this moment only. Raises BadWebhook."""
    url = url.strip()
    # Before any transaction: how long a name takes to resolve is up to whoever owns it.
    hooks.public_address(hooks.target(url))
    return _keep(user, url, now)


@transaction.atomic
def _keep(user: User, url: str, now: datetime) -> tuple[Webhook, str]:
    User.objects.select_for_update().get(pk=user.pk)
    if held(user).count() >= MOST:
        raise TooManyWebhooks(f"At most {MOST} webhooks.", where="url", remedy="End one first.")
    secret = secrets.token_hex(32)
    sealed = secrecy.seal(f"webhook:{user.public_id}:{url}", secret)
    try:
        with transaction.atomic():
            row = Webhook.objects.create(user=user, url=url, sealed_secret=sealed, created_at=now)
    except IntegrityError:
        raise Conflict("This address is told already.", where="url") from None
    return row, secret


def held(user: User) -> QuerySet[Webhook]:
    return Webhook.objects.filter(user=user, ended_at=None)


@transaction.atomic
def end(*, user: User, key: int, now: datetime) -> Webhook:
    """Call it no more; what waits for it is given up at its turn."""
    row = held(user).select_for_update().filter(pk=key).first()
    if row is None:
        raise NotFound("There is no such webhook of yours.")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    return row


def queue(hook: Webhook, key: str, data: Mapping[str, Any], now: datetime) -> None:
    """Owe a webhook one call; part of the caller's transaction."""
    row = Message(
        key=f"{key}:hook:{hook.pk}",
        recipient=hook.user,
        hook=hook,
        channel=Channel.WEBHOOK,
        kind=Kind.ALERT,
        subject=str(data.get("event", ""))[:200],
        body=json.dumps(data, ensure_ascii=False, sort_keys=True),
        queued_at=now,
        next_attempt_at=now,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
