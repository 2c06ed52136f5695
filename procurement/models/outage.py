"""When the service was out of reach, as measured by itself."""

from django.db import models
from django.db.models import F, Q


class Pulse(models.Model):
    """The last instant at which the service is known to have worked; one row."""

    at = models.DateTimeField()

    class Meta:
        constraints = [
            # There is one service and one pulse.
            models.CheckConstraint(condition=Q(id=1), name="one_pulse"),
        ]


class ServiceOutage(models.Model):
    """The service worked until `since` and again from `until` on."""

    since = models.DateTimeField(unique=True)
    until = models.DateTimeField()

    class Meta:
        ordering = ["-since"]
        constraints = [
            # An outage has a length.
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="outage_has_a_length"),
        ]
