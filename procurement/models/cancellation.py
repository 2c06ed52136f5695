"""What needs two people after publication: proposed by one with a reason, confirmed by another."""

from django.db import models
from django.db.models import F, Q

from marketplace.accounts.models import User
from marketplace.fields import ExactDecimalField
from procurement.models.award import Award
from procurement.models.contract import Contract, ContractLine
from procurement.models.tender import Tender

OPEN = Q(confirmed_at=None, declined_at=None)


class Proposal(models.Model):
    """A proposal to cancel or amend. It is open until confirmed, declined or taken back."""

    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Declined by whoever might have confirmed it, or taken back by the proposer.
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["id"]
        constraints = [
            # Whoever proposes says why.
            models.CheckConstraint(condition=~Q(reason=""), name="%(class)s_has_a_reason"),
            # Four eyes: who proposes does not confirm.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
                name="%(class)s_needs_two_people",
            ),
            # A proposal ends once, and it is known who ended it.
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                & (
                    Q(declined_at=None, declined_by=None)
                    | (~Q(declined_at=None) & ~Q(declined_by=None))
                )
                | (~Q(confirmed_at=None) & ~Q(confirmed_by=None))
                & Q(declined_at=None, declined_by=None),
                name="%(class)s_ends_once",
            ),
        ]


class TenderCancellation(Proposal):
    """A proposal to cancel a published tender."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="cancellations")

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            # One proposal at a time, so that everybody speaks of the same one.
            models.UniqueConstraint(
                fields=["tender"], condition=OPEN, name="one_open_cancellation_per_tender"
            ),
        ]


class AwardCancellation(Proposal):
    """A proposal to cancel an award, or to refuse a recommendation."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="cancellations")

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            # One proposal at a time, so that everybody speaks of the same one.
            models.UniqueConstraint(
                fields=["award"], condition=OPEN, name="one_open_cancellation_per_award"
            ),
        ]


class TenderAmendment(Proposal):
    """A proposal to tell bidders something more, or to give them more time."""

    tender = models.ForeignKey(Tender, models.PROTECT, related_name="amendments")
    # Published word for word; empty for a mere extension.
    notice = models.TextField(blank=True)
    # As they will be: what does not change is repeated.
    deadline = models.DateTimeField()
    enquiry_deadline = models.DateTimeField(null=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            # One proposal at a time, so that everybody speaks of the same one.
            models.UniqueConstraint(
                fields=["tender"], condition=OPEN, name="one_open_amendment_per_tender"
            ),
            # Questions end before bids close, or together.
            models.CheckConstraint(
                condition=Q(enquiry_deadline=None) | Q(enquiry_deadline__lte=F("deadline")),
                name="amended_questions_end_first",
            ),
        ]


class ContractChange(Proposal):
    """A proposal to change a line of a signed contract, or to end the contract early."""

    class Kind(models.TextChoices):
        LINE = "line", "Change of quantity or delivery window"
        AGREED = "agreed", "End by agreement"
        DEFAULT = "default", "End because the supplier does not deliver"

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=Kind)
    # As they will be: what does not change is repeated.
    line = models.ForeignKey(ContractLine, models.PROTECT, null=True, related_name="changes")
    quantity = ExactDecimalField(null=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)

    class Meta(Proposal.Meta):
        constraints = [
            *Proposal.Meta.constraints,
            # One proposal at a time, so that everybody speaks of the same one.
            models.UniqueConstraint(
                fields=["contract"], condition=OPEN, name="one_open_change_per_contract"
            ),
            # A change is of one line and says its quantity; an end is of the whole contract.
            models.CheckConstraint(
                condition=Q(kind="line", line__isnull=False, quantity__isnull=False)
                | ~Q(kind="line") & Q(line=None, quantity=None),
                name="change_is_of_a_line",
            ),
        ]
