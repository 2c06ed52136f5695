"""The judgements of evaluators besides gates: their declarations, amounts, groups and marks."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import Organization, User
from marketplace.fields import ExactDecimalField
from procurement.models.bid import Bid
from procurement.models.lot import Criterion, Item, Lot
from procurement.models.method import LotComponent
from procurement.models.tender import Tender


class ConflictDeclaration(models.Model):
    """What an evaluator declared once the bidders' names were known: no conflict, or which."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="declarations")
    evaluator = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Null: no conflict.
    tenderer = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["tender", "declared_at", "id"]
        constraints = [
            # A person declares once a tender; what comes up later is written over "none".
            models.UniqueConstraint(
                fields=["tender", "evaluator"], name="one_declaration_per_evaluator"
            ),
            # A conflict says why.
            models.CheckConstraint(
                condition=Q(tenderer=None) | ~Q(reason=""), name="conflict_says_why"
            ),
        ]


class PriceAddition(models.Model):
    """The amount of an addition that an evaluator states for one bid, with the reason."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="additions")
    component = models.ForeignKey(LotComponent, models.PROTECT, related_name="+")
    # Null: stated once for the lot.
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    amount = ExactDecimalField()
    reason = models.TextField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One amount per bid, addition and item, also where it is for the whole lot.
            models.UniqueConstraint(
                fields=["bid", "component", "item"],
                nulls_distinct=False,
                name="one_amount_per_addition",
            ),
            # An amount says why.
            models.CheckConstraint(condition=~Q(reason=""), name="addition_has_a_reason"),
        ]


class GroupFinding(models.Model):
    """Whether a bid belongs to the group that the lot prefers, with the evidence."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="group_findings")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    belongs = models.BooleanField()
    evidence = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One finding per bid and lot.
            models.UniqueConstraint(fields=["bid", "lot"], name="one_group_finding_per_lot"),
            # Belonging to the group needs evidence.
            models.CheckConstraint(
                condition=Q(belongs=False) | ~Q(evidence=""), name="belonging_has_evidence"
            ),
        ]


class MarkSheet(models.Model):
    """One evaluator's marks for a lot: his alone until all have signed or the chair closes."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="mark_sheets")
    evaluator = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["lot", "id"]
        constraints = [
            # One sheet a person and lot.
            models.UniqueConstraint(fields=["lot", "evaluator"], name="one_sheet_per_evaluator")
        ]


class Mark(models.Model):
    """One mark of one evaluator for one bid on one criterion, with the reason.

    `alone` is the mark that he signed before he saw the others, once a consensus has changed it.
    """

    sheet = models.ForeignKey(MarkSheet, models.PROTECT, related_name="marks")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    mark = ExactDecimalField()
    reason = models.TextField()
    alone = ExactDecimalField(null=True)
    alone_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            # One mark a bid and criterion on a sheet.
            models.UniqueConstraint(
                fields=["sheet", "bid", "criterion"], name="one_mark_per_bid_and_criterion"
            ),
            # A mark says why.
            models.CheckConstraint(condition=~Q(reason=""), name="mark_has_a_reason"),
            # The mark of before keeps the reason of before.
            models.CheckConstraint(
                condition=Q(alone=None, alone_reason="") | (~Q(alone=None) & ~Q(alone_reason="")),
                name="mark_alone_has_its_reason",
            ),
        ]


class MarksClosure(models.Model):
    """When the independent marking of a lot ended, and by whose hand."""

    lot = models.OneToOneField(Lot, models.PROTECT, related_name="marks_closure")
    closed_at = models.DateTimeField()
    # Who signed last, or the chair.
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
