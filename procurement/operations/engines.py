"""Keep the engine's source, so that a later version of the product can still hand it out."""

import json
from datetime import datetime

from procurement import engine
from procurement.models import EngineSource


def keep(*, now: datetime) -> str:
    """Keep today's source under its digest, once; returns the digest."""
    found = engine.digest()
    texts = {path: data.decode() for path, data in engine.sources().items()}
    EngineSource.objects.get_or_create(
        digest=found, defaults={"files": json.dumps(texts, sort_keys=True), "kept_at": now}
    )
    return found
