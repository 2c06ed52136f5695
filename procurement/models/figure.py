"""Figures for the public, computed beforehand; market prices to compare ours with."""

from django.db import models
from django.db.models import Q

from marketplace.fields import ExactDecimalField
from produce.models import Commodity


class PriceFile(models.Model):
    """A file of market prices that was read: whose, and how much of it could be used."""

    source = models.CharField(max_length=200)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    read_at = models.DateTimeField()
    rows_read = models.PositiveIntegerField(default=0)
    rows_used = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source}: {self.filename}"


class MarketPrice(models.Model):
    """What was asked for one unit of a commodity, at a market on a day."""

    file = models.ForeignKey(PriceFile, models.CASCADE, related_name="prices")
    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="+")
    market = models.CharField(max_length=100)
    province = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    unit = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    price = ExactDecimalField()

    class Meta:
        ordering = ["commodity", "day"]
        indexes = [models.Index(fields=["commodity", "day"], name="market_price_by_day")]
        constraints = [
            # Prices are text (exact); this catches a sign, the operation checks the value.
            models.CheckConstraint(
                condition=~Q(price__startswith="-"), name="market_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commodity_id} {self.day}: {self.price} {self.currency}"


class PreparedFigure(models.Model):
    """One public figure as it was computed last: a table, exact, with a digest of its input."""

    name = models.CharField(max_length=40, unique=True)
    # JSON: a list of rows, every number a text.
    rows = models.TextField()
    input_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} at {self.computed_at}"
