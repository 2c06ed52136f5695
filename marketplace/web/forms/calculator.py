"""The numbers of an imagined bid, or of two to compare."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.bids import LotForm
from procurement.models import Lot
from procurement.rules.bidding import BidContent, Demand
from procurement.rules.biddraft import Draft

MINE, OTHER = "mine", "other"


class TrialForm(LotForm):
    """The fields of a bid for one lot, kept nowhere. `demand` gives the quantities."""

    def __init__(self, data: Any, *, lot: Lot, currency: str, prefix: str) -> None:
        super().__init__(data, lot=lot, draft=Draft(), currency=currency, prefix=prefix)
        del self.fields["version"]

    @property
    def says_something(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def offer(self, demand: Demand) -> BidContent:
        """What was typed, as a bid in the whole quantity asked."""
        return self.applied(Draft()).content(demand)


def trial_forms(data: Any, lot: Lot, currency: str) -> tuple[TrialForm, TrialForm]:
    """The visitor's own bid, and another to compare it with, which may stay empty."""
    mine, other = (
        TrialForm(data, lot=lot, currency=currency, prefix=prefix) for prefix in (MINE, OTHER)
    )
    return mine, other


NAMES = {MINE: _("Your bid"), OTHER: _("The other bid")}
