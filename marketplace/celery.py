"""The Celery application: effects after commit and periodic sweeps.

A message is never the only record of a duty: rows in the database are, and the sweeps are
idempotent, so that losing the worker or the broker loses nothing.
"""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init
from django.conf import settings

app = Celery("musika", task_cls="marketplace.readonly:Patient")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["marketplace.notify", "marketplace.phone", "procurement", "api"])

for _folder in getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).values():
    Path(_folder).mkdir(parents=True, exist_ok=True)


@celeryd_init.connect
@beat_init.connect
def _private_files(**rest: Any) -> None:
    """What a worker writes (letters, exports, its schedule) is for its user alone."""
    os.umask(0o077)
