"""Rows about personal data: what is kept sealed, and who decided to erase a person."""

from django.db import models
from django.db.models import Q


class PersonalDatum(models.Model):
    """One telephone, address or account, under the key of its holder (`personal`).

    `holder` is the public id of a person or an organisation; its key lies in a file, so that
    neither the database nor a backup of it can be read, and ends with the file.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", "Telephone"
        EMAIL = "email", "E-mail of the organisation"
        ADDRESS = "address", "Address"
        BANK_ACCOUNT = "bank_account", "Bank account"

    holder = models.CharField(max_length=16)
    kind = models.CharField(max_length=12, choices=Kind)
    ciphertext = models.BinaryField()
    # HMAC-SHA-256 of the value as `personal.plain` writes it: compared, never turned back.
    digest = models.CharField(max_length=64)
    stated_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Of each kind a holder states one; a new one takes the place of the old.
            models.UniqueConstraint(fields=["holder", "kind"], name="one_datum_per_kind"),
        ]
        indexes = [models.Index(fields=["kind", "digest"], name="datum_by_digest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.holder}"


class Erasure(models.Model):
    """A person's data are to be destroyed: asked for by one, decided by another. Facts only."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="erasures")
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # An erasure takes two people, and nobody decides about his own.
            models.CheckConstraint(
                condition=Q(confirmed_by=None)
                | (~Q(confirmed_by=models.F("proposed_by")) & ~Q(confirmed_by=models.F("user"))),
                name="erasure_takes_two",
            ),
            # It ends once: confirmed by somebody at some time, or declined, not both.
            models.CheckConstraint(
                condition=(
                    Q(confirmed_by=None, confirmed_at=None)
                    | Q(
                        confirmed_by__isnull=False,
                        confirmed_at__isnull=False,
                        declined_at=None,
                    )
                )
                & (
                    Q(declined_by=None, declined_at=None)
                    | Q(declined_by__isnull=False, declined_at__isnull=False)
                ),
                name="erasure_ends_once",
            ),
            # One waits at a time.
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(confirmed_by=None, declined_by=None),
                name="one_waiting_erasure",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.user_id}"
