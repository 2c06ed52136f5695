"""Rows about telephones that were proved to be somebody's, and the codes that prove it."""

from django.db import models


class Phone(models.Model):
    """The telephone of a person, proved by a code or by the network; one each.

    The number is sealed under the person's own key (`personal`), so that it ends with him.
    """

    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="phone")
    # HMAC-SHA-256 of the number in E.164: found by it, never turned back. One owner a number.
    digest = models.CharField(max_length=64, unique=True)
    ciphertext = models.BinaryField()
    verified_at = models.DateTimeField()
    # As a password is kept (Argon2id); empty until the person chose one.
    pin = models.CharField(max_length=128, blank=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)
    pin_locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"telephone of {self.user_id}"


class PhoneCode(models.Model):
    """A code that was sent to a number, to prove that the person reads what is sent there."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="phone_codes")
    digest = models.CharField(max_length=64)
    ciphertext = models.BinaryField()
    # HMAC under a key that is not in the database: six digits would be guessed from a plain hash.
    code_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["digest", "made_at"], name="code_by_number")]
        constraints = [
            # A code ends after it was made.
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="code_has_a_life"
            )
        ]

    def __str__(self) -> str:
        return f"code for {self.user_id}"
