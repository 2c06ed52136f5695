"""JSON by orjson: exact numbers are text before they come here, instants end in Z."""

from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


def dumps(data: Any) -> bytes:
    """Bytes of JSON. What JSON cannot carry exactly (a Decimal, a set) raises TypeError."""
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    # JSON is UTF-8; the media type has no charset parameter.
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else dumps(data)
