"""Lists by an opaque cursor over the id: no row is skipped or shown twice while others arrive."""

import re
from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from api.errors import Refused

LARGEST = 200


class SequenceCursorPagination(CursorPagination):
    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = LARGEST

    def get_page_size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return self.page_size
        if not (text.isascii() and text.isdigit() and len(text) <= 6 and 1 <= int(text) <= LARGEST):
            raise Refused(
                "invalid",
                f"“{text[:20]}” is not a page size.",
                where="?page_size",
                remedy=f"Ask for 1 to {LARGEST}.",
            )
        return int(text)

    def decode_cursor(self, request: Request) -> Any:
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise _bad() from None
        # Every cursor of ours has the position of a row; without one it would be page one again.
        if cursor is not None and not re.fullmatch("[0-9]{1,18}", str(cursor.position)):
            raise _bad()
        return cursor


def _bad() -> Refused:
    return Refused(
        "bad-cursor",
        "This is not a cursor of ours.",
        where="?cursor",
        remedy="Follow the addresses in “next” and “previous” as they are.",
    )
