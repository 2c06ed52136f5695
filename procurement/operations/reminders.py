"""Deadline reminders: owed once a day and draft, whatever runs when."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from marketplace.notify import outbox
from marketplace.notify.kinds import Kind
from procurement.models import BidDraft
from procurement.operations.common import at_words

BEFORE = timedelta(hours=24)


def queue_due(*, now: datetime) -> int:
    """Queue a reminder for each draft whose tender closes within a day; return how many drafts."""
    rows = BidDraft.objects.filter(
        tender__cancelled_at=None, tender__deadline__gt=now, tender__deadline__lte=now + BEFORE
    ).select_related("tender", "updated_by")
    for draft in rows:
        _remind(draft, now)
    return len(rows)


def _remind(draft: BidDraft, now: datetime) -> None:
    told = {
        "tender": draft.tender.reference,
        "title": draft.tender.title,
        "until": at_words(draft.tender.deadline),
    }
    outbox.queue(
        # Once a deadline: one that was moved is told again.
        f"reminder:{draft.tender.reference}:{draft.pk}:{draft.tender.deadline:%Y%m%d%H%M}",
        [draft.updated_by],
        subject=lambda: _("%(tender)s closes soon: your bid is not submitted") % told,
        body=lambda: (
            _(
                "%(title)s\n\nBids close on %(until)s. You have a draft, but no receipt. "
                "Without a receipt there is no bid."
            )
            % told
        ),
        kind=Kind.REMINDER,
        now=now,
    )
