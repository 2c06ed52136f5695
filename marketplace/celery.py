"""The Celery application: effects after commit and periodic sweeps.

A message is never the only record of a duty: rows in the database are, and the sweeps are
idempotent, so that losing the worker or the broker loses nothing.
"""

from pathlib import Path

from celery import Celery
from django.conf import settings

app = Celery("musika")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["marketplace.notify", "procurement"])

for _folder in getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).values():
    Path(_folder).mkdir(parents=True, exist_ok=True)
