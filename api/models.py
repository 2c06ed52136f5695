"""What the API itself remembers."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The answer to a request that creates, kept in the transaction that created.

    Of the request only a keyed digest is kept: bids and passphrases must not lie here.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    # HMAC-SHA-256 (hex) of method, path and body, under the identity key.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=400, blank=True)
    etag = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            # One key, one request, for each person.
            models.UniqueConstraint(fields=["user", "key"], name="one_request_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
