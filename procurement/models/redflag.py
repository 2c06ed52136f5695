"""Red flags that the indicators found, as facts; what auditors found out about each.

The state of a flag is that of its latest answer; without one it is open. Nothing here is public.
"""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import Organization, User
from procurement.models.lot import Lot
from procurement.models.tender import Tender


class CompiledProcess(models.Model):
    """An awarded lot as a compiled release: what the indicators read, kept until it changes."""

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="compiled_process")
    # The ledger's latest entry about the tender when this was built; -1 where it has none.
    sequence = models.BigIntegerField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    built_at = models.DateTimeField()

    class Meta:
        ordering = ["lot"]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.digest[:8]}"


class IndicatorRun(models.Model):
    """The latest run over all processes: those of our own, and those read from records, apart."""

    past = models.BooleanField(unique=True)
    # SHA-256 of the digests of all processes and of the thresholds.
    digest = models.CharField(max_length=64, blank=True)
    processes = models.PositiveIntegerField(default=0)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.processes} processes at {self.ran_at}"


class IndicatorRate(models.Model):
    """How often an indicator flags at all: the base rate that stands beside each of its flags."""

    run = models.ForeignKey(IndicatorRun, models.CASCADE, related_name="rates")
    code = models.CharField(max_length=8)
    flagged = models.PositiveIntegerField()
    examined = models.PositiveIntegerField()

    class Meta:
        ordering = ["run", "code"]
        constraints = [
            # An indicator has one rate a run.
            models.UniqueConstraint(fields=["run", "code"], name="one_rate_per_indicator"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.flagged} of {self.examined}"


class RedFlag(models.Model):
    """One flag: which indicator, about whom, its number, and a digest of what it was read from."""

    class Group(models.TextChoices):
        OCID = "OCID", "Tender"
        BUYER = "Buyer", "Buyer"
        ENTITY = "ProcuringEntity", "Procuring entity"
        TENDERER = "Tenderer", "Tenderer"

    # SHA-256 (hex), `rules.indicators.facts.Flag.key`; its beginning names the flag in addresses.
    key = models.CharField(max_length=64)
    past = models.BooleanField()
    code = models.CharField(max_length=8)
    group = models.CharField(max_length=16, choices=Group)
    # Of a flag about a process; else the organisation is named.
    tender = models.ForeignKey(Tender, models.PROTECT, null=True, related_name="red_flags")
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="red_flags")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="red_flags"
    )
    parties = models.ManyToManyField(Organization, related_name="+")
    # Exact, as text: a fraction where no decimal is.
    value = models.CharField(max_length=200)
    input_digest = models.CharField(max_length=64)
    found_at = models.DateTimeField()
    # Since when the indicator does not find it any more; what was answered stays.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["code", "gone_at"], name="red_flag_by_code")]
        constraints = [
            # A flag that comes back is the same flag.
            models.UniqueConstraint(fields=["key", "past"], name="one_red_flag_per_key"),
            # A flag is about a tender or about an organisation, not both.
            models.CheckConstraint(
                condition=(Q(tender=None) & ~Q(organization=None))
                | (~Q(tender=None) & Q(organization=None)),
                name="red_flag_has_one_subject",
            ),
            # It cannot vanish before it was found.
            models.CheckConstraint(
                condition=Q(gone_at=None) | Q(gone_at__gte=F("found_at")),
                name="red_flag_gone_after_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.public_id}"

    @property
    def public_id(self) -> str:
        return self.key[:16]


class RedFlagEvidence(models.Model):
    """One line of the evidence of a flag: what, and its value in words or digits."""

    flag = models.ForeignKey(RedFlag, models.CASCADE, related_name="evidence")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    value = models.TextField()

    class Meta:
        ordering = ["flag", "number"]
        constraints = [
            # A line has its place.
            models.UniqueConstraint(fields=["flag", "number"], name="one_evidence_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class RedFlagAnswer(models.Model):
    """What an auditor found out about a flag; rows are only added, and the latest counts."""

    class State(models.TextChoices):
        EXPLAINED = "explained", "Explained"
        CONFIRMED = "confirmed", "Confirmed"
        REOPENED = "open", "Open again"

    flag = models.ForeignKey(RedFlag, models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=State)
    note = models.TextField()
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            # Nobody changes a flag's state without saying why.
            models.CheckConstraint(condition=~Q(note=""), name="red_flag_answer_has_a_note"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.flag_id}"
