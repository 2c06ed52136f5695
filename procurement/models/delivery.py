"""One load from its booking to the goods received note. Where it stands is derived."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.fields import ExactDecimalField, MoneyField
from procurement.models.contract import Contract, ContractLine
from procurement.models.depot import Depot
from produce.rules.limits import unit_words


class Delivery(models.Model):
    """A load: booked for an hour at a depot, let in at its gate, agreed to or rejected."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="deliveries")
    line = models.ForeignKey(ContractLine, models.PROTECT, related_name="deliveries")
    number = models.PositiveIntegerField()
    # Null only for what was received before depots were kept.
    depot = models.ForeignKey(Depot, models.PROTECT, null=True, related_name="deliveries")
    # As booked, in the item's unit; and what that weighs.
    quantity = ExactDecimalField()
    weight = ExactDecimalField(null=True)
    slot_day = models.DateField(null=True)
    slot_hour = models.PositiveSmallIntegerField(null=True)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    # The given name and nothing else of who drives.
    vehicle = models.CharField(max_length=20, blank=True)
    driver = models.CharField(max_length=40, blank=True)
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The farmer's yes to the price that was shown, before anything is unloaded.
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agreed_amount = MoneyField(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    rejected_reasons = models.TextField(blank=True)

    class Meta:
        ordering = ["contract", "number"]
        constraints = [
            # A load's number is its name within the contract.
            models.UniqueConstraint(fields=["contract", "number"], name="one_load_per_number"),
            # Numbers are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(quantity__startswith="-"), name="delivery_not_negative"
            ),
            # Nothing comes through a gate without a vehicle.
            models.CheckConstraint(
                condition=Q(arrived_at=None) | ~Q(vehicle=""), name="arrival_has_a_vehicle"
            ),
            # A rejection says why.
            models.CheckConstraint(
                condition=Q(rejected_at=None) | ~Q(rejected_reasons=""),
                name="rejection_has_reasons",
            ),
            # Whoever agrees has agreed to an amount.
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_amount=None)
                | Q(agreed_at__isnull=False, agreed_amount__isnull=False),
                name="agreed_to_an_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.number}-D{self.number}"


class WeighbridgeTicket(models.Model):
    """What a weighbridge printed, in kilograms. The net weight is derived."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="tickets")
    device = models.CharField(max_length=60)
    number = models.CharField(max_length=40)
    vehicle = models.CharField(max_length=20)
    gross = ExactDecimalField()
    tare = ExactDecimalField()
    # Of goods that are not paid by weight: how many were counted, in the item's unit.
    counted = ExactDecimalField(null=True)
    weighed_at = models.DateTimeField()
    calibrated_until = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["delivery", "id"]
        constraints = [
            # A device prints a ticket number once.
            models.UniqueConstraint(fields=["device", "number"], name="one_ticket_per_number"),
            # Numbers are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(gross__startswith="-") & ~Q(tare__startswith="-"),
                name="ticket_not_negative",
            ),
        ]


class LoadFlag(models.Model):
    """Something about a load that a person has to look at; `stops` it from being received."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="flags")
    ticket = models.ForeignKey(WeighbridgeTicket, models.PROTECT, null=True, related_name="flags")
    code = models.CharField(max_length=40)
    said = models.TextField()
    stops = models.BooleanField(default=False)
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["delivery", "id"]
        constraints = [
            # A flag says what is odd.
            models.CheckConstraint(condition=~Q(said=""), name="flag_says_what"),
        ]


class Sample(models.Model):
    """What was drawn from a load: one sealed bag for the test, one kept for a second test."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="sample")
    seal = models.CharField(max_length=40, unique=True)
    duplicate_seal = models.CharField(max_length=40, unique=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # The duplicate is another bag.
            models.CheckConstraint(
                condition=~Q(seal=F("duplicate_seal")), name="duplicate_has_its_own_seal"
            ),
        ]


class LoadTest(models.Model):
    """What was measured on one bag, the verdict, and what the load is worth by it."""

    class Kind(models.TextChoices):
        FIRST = "first", "First test"
        AGAIN = "again", "Test of the sealed duplicate"

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="tests")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.FIRST)
    seal = models.CharField(max_length=40)
    operator = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # What the sender made up, so that the same measurements sent twice count once.
    key = models.CharField(max_length=64, blank=True)
    conforms = models.BooleanField()
    reasons = models.TextField(blank=True)
    # What is paid for, in the item's unit, at which price: before and after the adjustment alike.
    payable = ExactDecimalField()
    unit_price = ExactDecimalField()
    amount = MoneyField()
    is_adjusted = models.BooleanField(default=False)
    rounding = models.CharField(max_length=120)

    class Meta:
        ordering = ["sample", "id"]
        constraints = [
            # A bag is tested once, and its duplicate once.
            models.UniqueConstraint(fields=["sample", "kind"], name="one_test_per_bag"),
            # The same key is the same measurements.
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="one_test_per_key"),
            # Who refuses says why.
            models.CheckConstraint(
                condition=Q(conforms=True) | ~Q(reasons=""), name="refusal_has_reasons"
            ),
        ]


class Measurement(models.Model):
    """One value of a test: what, how much, in which unit, how, with what, when."""

    test = models.ForeignKey(LoadTest, models.PROTECT, related_name="measurements")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    value = models.CharField(max_length=60)
    unit = models.CharField(max_length=40, blank=True)
    method = models.CharField(max_length=120)
    device = models.CharField(max_length=60, blank=True)
    measured_at = models.DateTimeField()
    holds = models.BooleanField()
    said = models.CharField(max_length=300)

    class Meta:
        ordering = ["test", "id"]
        constraints = [
            # A test says a thing once.
            models.UniqueConstraint(fields=["test", "code"], name="one_measurement_per_parameter"),
            # No value without how it was measured.
            models.CheckConstraint(condition=~Q(method=""), name="measurement_has_a_method"),
        ]

    @property
    def measured(self) -> str:
        """The value with its unit, as a farmer reads it."""
        return f"{self.value} {unit_words(self.unit)}".rstrip()

    @property
    def demanded(self) -> str:
        """The limit as the finding words it."""
        return self.said.rpartition("demanded: ")[2]


class AdjustmentStep(models.Model):
    """One line of the working of a price."""

    test = models.ForeignKey(LoadTest, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=300)
    formula = models.CharField(max_length=300, blank=True)
    value = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["test", "position"]
        constraints = [
            # Lines of a working have an order.
            models.UniqueConstraint(
                fields=["test", "position"], name="one_adjustment_step_per_position"
            ),
        ]


class GoodsReceipt(models.Model):
    """The goods received note: what the buyer took over, and owes money for from that day."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=48, unique=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Null only for what was received before loads were weighed and tested here.
    test = models.OneToOneField(LoadTest, models.PROTECT, null=True, related_name="receipt")
    quantity = ExactDecimalField()
    payable = ExactDecimalField()
    unit_price = ExactDecimalField()
    amount = MoneyField()
    is_adjusted = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            # Nothing is taken over for less than nothing.
            models.CheckConstraint(condition=Q(amount__gte=0), name="receipt_not_negative"),
        ]

    def __str__(self) -> str:
        return self.number
