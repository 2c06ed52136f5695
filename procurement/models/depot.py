"""Where goods are received, and how much a day."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User
from marketplace.fields import ExactDecimalField


class Depot(models.Model):
    """A place of a buyer with a gate; a day and an hour there can be booked."""

    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="depots")
    name = models.CharField(max_length=120)
    province = models.CharField(max_length=60, blank=True)
    district = models.CharField(max_length=60, blank=True)
    # Kilograms that can be received in one day, over all contracts.
    daily_capacity = ExactDecimalField()
    loads_per_hour = models.PositiveSmallIntegerField(default=2)
    # Hours of the day in the service's zone: from `opens` until before `closes`.
    opens = models.PositiveSmallIntegerField(default=7)
    closes = models.PositiveSmallIntegerField(default=16)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["buyer", "name"]
        constraints = [
            # A depot's name is its name within the buyer.
            models.UniqueConstraint(fields=["buyer", "name"], name="one_depot_per_name"),
            # It is open for at least an hour of the day, and takes at least one load in it.
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes"), closes__lte=24, loads_per_hour__gt=0),
                name="depot_is_open",
            ),
            # Numbers are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(daily_capacity__startswith="-"), name="depot_capacity_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name
