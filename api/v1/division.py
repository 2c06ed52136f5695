"""How lots are divided, in a tender's content: see procurement.rules.division."""

from api.shapes import Choice, Number, Shape, Whole
from procurement.models import TenderSharing
from procurement.rules.division import MOST_SUPPLIERS, TIE_BREAKS


class DivisionShape(Shape):
    """How one lot is divided. Quantities are in the unit of its one item."""

    quantum = Number(help_text="Awards are whole numbers of it.")
    unmet_penalty = Number(
        allow_null=True, default=None, help_text="What a unit that nobody delivers counts as."
    )
    minimum_suppliers = Whole(default=1, min_value=0, max_value=MOST_SUPPLIERS)
    maximum_suppliers = Whole(allow_null=True, default=None, min_value=1, max_value=MOST_SUPPLIERS)


class SharingShape(Shape):
    """The rules that all divided lots keep together; null: there is no such rule."""

    budget = Number(allow_null=True, default=None, help_text="The most that prices may come to.")
    cap_share = Number(
        allow_null=True, default=None, help_text="The most for one supplier: 0.4 for 40 %."
    )
    cap_of = Choice(choices=TenderSharing.Basis.choices, default="demanded")
    reserve_group = Choice(choices=[("", "Nobody"), *TenderSharing.Group.choices], default="")
    reserve_share = Number(allow_null=True, default=None, help_text="0.3 for 30 %.")
    reserve_of = Choice(choices=TenderSharing.Basis.choices, default="demanded")
    tie_break = Choice(choices=list(TIE_BREAKS), default=TIE_BREAKS[0])
