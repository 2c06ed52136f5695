"""The allocation of a tender's divided lots: the case, the result, and how far the work is."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from procurement.models.tender import Tender


class Allocation(models.Model):
    """One run of the allocation: asked for in a row, worked out by a worker, kept whole."""

    public_id = models.CharField(max_length=16, unique=True)
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="allocations")
    case = models.TextField()
    case_digest = models.CharField(max_length=64)
    # Parts that fell since an earlier run, one a line: bid, blank, lot.
    fallen = models.TextField(blank=True)
    result = models.TextField(blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_expected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    # Whoever judges does not want it any more; the worker stops before its next step.
    cancelled_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["tender", "id"]
        constraints = [
            # What was given up is not finished as well.
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(cancelled_at=None),
                name="allocation_finished_or_cancelled",
            ),
            # What is finished has a result with its digest.
            models.CheckConstraint(
                condition=Q(finished_at=None) | (~Q(result="") & ~Q(result_digest="")),
                name="finished_allocation_has_a_result",
            ),
            # Only a finished one is confirmed.
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(finished_at=None),
                name="confirmed_allocation_is_finished",
            ),
        ]

    @property
    def in_work(self) -> bool:
        return not (self.finished_at or self.cancelled_at or self.error)
