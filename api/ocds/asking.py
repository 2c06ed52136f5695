"""What a reader of the feed asks: from where, which way, how many."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.errors import Refused

LARGEST: Final = 1000
USUAL: Final = 100
_CURSOR = re.compile(r"(after|before)-(\d{1,18}|-1)", re.ASCII)

PARAMETERS = [
    OpenApiParameter("cursor", str, description="Where to go on, from `links` or `Cursor`."),
    OpenApiParameter("since", str, description="From this instant on (RFC 3339)."),
    OpenApiParameter("limit", int, description=f"At most {LARGEST}; {USUAL} unless told."),
]


@dataclass(frozen=True)
class Asked:
    """`backwards`: the rows before the position, else those after it."""

    position: int
    backwards: bool
    since: datetime | None
    limit: int


def read(request: Request) -> Asked:
    """Raises Refused for what cannot be understood."""
    given = request.query_params
    cursor, since = given.get("cursor"), given.get("since")
    if cursor is not None and since is not None:
        raise Refused("invalid", "Say where from once: cursor or since.", where="?since")
    found = _CURSOR.fullmatch(cursor) if cursor is not None else None
    if cursor is not None and found is None:
        raise Refused(
            "bad-cursor",
            "This is not a cursor of ours.",
            where="?cursor",
            remedy="Follow the addresses in “links” as they are.",
        )
    position = int(found[2]) if found else -1
    return Asked(position, bool(found and found[1] == "before"), _instant(since), _limit(given))


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise Refused(
            "invalid",
            f"“{text[:40]}” is not an instant.",
            where="?since",
            remedy="Write for instance 2026-03-01T00:00:00Z.",
        )
    return moment


def _limit(given: dict[str, str]) -> int:
    text = given.get("limit")
    if text is None:
        return USUAL
    if not re.fullmatch("[0-9]{1,6}", text, re.ASCII) or not 1 <= int(text) <= LARGEST:
        raise Refused(
            "invalid",
            f"“{text[:20]}” is not a size of a page.",
            where="?limit",
            remedy=f"Ask for 1 to {LARGEST}.",
        )
    return int(text)
