"""What is bought: a kind of produce and its codes in the public classifications."""

from django.db import models
from django.db.models import Q

from produce.models.choices import choices, values
from produce.rules.facts import Category, Confidence


class Commodity(models.Model):
    """A kind of produce. Each classification code carries its own source and confidence."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    category = models.CharField(max_length=20, choices=choices(Category))
    default_unit = models.CharField(max_length=12)
    hs6 = models.CharField(max_length=6, blank=True)
    hs6_source = models.CharField(max_length=300, blank=True)
    hs6_confidence = models.CharField(max_length=16, choices=choices(Confidence), blank=True)
    cpc = models.CharField(max_length=8, blank=True)
    cpc_source = models.CharField(max_length=300, blank=True)
    cpc_confidence = models.CharField(max_length=16, choices=choices(Confidence), blank=True)
    fao_item = models.CharField(max_length=8, blank=True)
    fao_item_source = models.CharField(max_length=300, blank=True)
    fao_item_confidence = models.CharField(max_length=16, choices=choices(Confidence), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "commodities"
        constraints = [
            # A commodity has a code and a name.
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name=""), name="commodity_code_and_name_given"
            ),
            # Its category is one of ours.
            models.CheckConstraint(
                condition=Q(category__in=values(Category)), name="commodity_category_known"
            ),
            # A classification code is never shown without where it was read.
            models.CheckConstraint(
                condition=(Q(hs6="") | ~Q(hs6_source="") & ~Q(hs6_confidence=""))
                & (Q(cpc="") | ~Q(cpc_source="") & ~Q(cpc_confidence=""))
                & (Q(fao_item="") | ~Q(fao_item_source="") & ~Q(fao_item_confidence="")),
                name="commodity_codes_carry_sources",
            ),
        ]

    def __str__(self) -> str:
        return self.name
