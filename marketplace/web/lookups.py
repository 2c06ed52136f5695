"""Tenders as the public may see them: what is not theirs to see is not there."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from marketplace.errors import NotFound
from procurement.models import Award, EvaluatedBid, Evaluation, Item, Lot, Tender
from procurement.queries import lists


def public_tender(reference: str, now: datetime, rows: QuerySet[Tender] | None = None) -> Tender:
    """A published tender by its reference; raises NotFound."""
    tenders = lists.public(now) if rows is None else rows
    found = tenders.filter(reference=reference).first()
    if found is None:
        raise NotFound(_("There is no public tender “%s”.") % reference)
    return found


def whole_tender(reference: str, now: datetime) -> Tender:
    """The same with everything that its page shows, in a fixed number of queries."""
    return public_tender(reference, now, lists.public(now).prefetch_related(LOTS, "documents"))


ITEMS = Item.objects.select_related(
    "commodity", "specification__standard", "specification__grade", "specification__adjustment"
).prefetch_related("specification__limits__components", "specification__adjustment__steps")
RANKING = EvaluatedBid.objects.select_related("bid__tenderer").order_by("rank", "id")
LOTS = Prefetch(
    "lots",
    Lot.objects.select_related("recorded_outcome__winner__tenderer").prefetch_related(
        Prefetch("items", ITEMS),
        Prefetch(
            "evaluations",
            Evaluation.objects.exclude(confirmed_at=None)
            .defer("case", "result")
            .prefetch_related(Prefetch("bids", RANKING)),
        ),
        Prefetch("awards", Award.objects.select_related("contract", "supplier")),
    ),
)
