"""Saved searches, and which tenders they were told of."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User, public_id
from procurement.models.tender import Tender


class SavedSearch(models.Model):
    """A search of the list of tenders that somebody wants to be told about."""

    # Names the feed as well: whoever knows it reads public tenders in this choice.
    public_id = models.CharField(max_length=16, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="searches")
    name = models.CharField(max_length=100)
    # The parameters of the list, in the form of its address, in one order.
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # The same search is told once.
            models.UniqueConstraint(
                fields=["user", "query"], condition=Q(ended_at=None), name="one_search_per_query"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SearchHit(models.Model):
    """A tender that a search was told of."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="hits")
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A search is told of a tender once.
            models.UniqueConstraint(fields=["search", "tender"], name="one_hit_per_tender")
        ]


class Announcement(models.Model):
    """That the saved searches were matched with a tender; without it the duty waits."""

    tender = models.OneToOneField(Tender, models.PROTECT, related_name="announcement")
    at = models.DateTimeField()
