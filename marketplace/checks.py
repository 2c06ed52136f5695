"""House rules as Django system checks."""

import re
from typing import Any

from django.conf import settings
from django.core import checks

# The standard keeps it for examples; data under it can be mistaken for those of anybody.
EXAMPLE_PREFIX = "ocds-213czf"


@checks.register(checks.Tags.compatibility, deploy=True)
def ocid_prefix_is_registered(**_: Any) -> list[checks.CheckMessage]:
    """`manage.py check --deploy` says whether open data has a prefix of its own."""
    prefix = settings.OCID_PREFIX
    if re.fullmatch(r"ocds-[a-z0-9]{6}", prefix) and prefix != EXAMPLE_PREFIX:
        return []
    return [
        checks.Warning(
            f"“{prefix}” is no prefix for the identifiers of open data in earnest.",
            hint="Register one with the Open Contracting Partnership; set MUSIKA_OCID_PREFIX.",
            id="musika.W001",
        )
    ]
