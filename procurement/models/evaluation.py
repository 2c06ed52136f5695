"""The evaluation of a lot: the case, the result, and the judgements of people that it used."""

from django.db import models
from django.db.models import Q

from marketplace.accounts.models import User
from marketplace.fields import ExactDecimalField
from procurement.models.bid import Bid
from procurement.models.lot import Criterion, Lot


class GateDecision(models.Model):
    """An evaluator's finding on whether a bid meets a gate, with the reason."""

    bid = models.ForeignKey(Bid, models.PROTECT, related_name="gate_decisions")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    passed = models.BooleanField()
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One finding per bid and gate; a later one needs a new evaluation round.
            models.UniqueConstraint(fields=["bid", "criterion"], name="one_finding_per_gate"),
            # A failure says why.
            models.CheckConstraint(
                condition=Q(passed=True) | ~Q(reason=""), name="failed_gate_has_a_reason"
            ),
        ]


class Evaluation(models.Model):
    """One run of the evaluation of a lot: its case and result whole, with their digests."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="evaluations")
    case = models.TextField()
    case_digest = models.CharField(max_length=64)
    result = models.TextField()
    result_digest = models.CharField(max_length=64)
    evaluated_at = models.DateTimeField()
    evaluated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["lot", "id"]
        constraints = [
            # One confirmed evaluation a lot.
            models.UniqueConstraint(
                fields=["lot"],
                condition=~Q(confirmed_at=None),
                name="one_confirmed_evaluation_per_lot",
            )
        ]


class EvaluatedBid(models.Model):
    """One bid's line of a result, for lists and exports; the result itself is the record."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="bids")
    bid = models.ForeignKey(Bid, models.PROTECT, related_name="evaluated")
    price = ExactDecimalField(null=True)
    evaluated_price = models.CharField(max_length=200, blank=True)
    rank = models.PositiveIntegerField(null=True)
    disqualification = models.TextField(blank=True)

    class Meta:
        ordering = ["evaluation", "rank", "id"]
        constraints = [
            # A bid stands once in an evaluation.
            models.UniqueConstraint(
                fields=["evaluation", "bid"], name="one_line_per_evaluated_bid"
            ),
            # A ranked bid is not disqualified. A bid that passed may be without a rank: while
            # its price is sealed there is nothing to rank.
            models.CheckConstraint(
                condition=Q(rank=None) | Q(disqualification=""),
                name="ranked_or_disqualified",
            ),
        ]


class EngineSource(models.Model):
    """The evaluation modules as they were when a tender was published under them.

    A dossier carries these and not today's: its verifier runs no others.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    # A JSON object, source text by path.
    files = models.TextField()
    kept_at = models.DateTimeField()
