"""A lot that is awarded in parts, and what all such lots of a tender keep together."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.fields import plain
from marketplace.web.forms.widgets import Amount, Measure, TextNumber
from procurement.models import TenderSharing
from procurement.rules.content import LotContent
from procurement.rules.division import MOST_SUPPLIERS, DivisionContent, SharingContent

PERCENT = {
    "min_value": Decimal("0.01"),
    "max_value": Decimal(100),
    "max_digits": 5,
    "decimal_places": 2,
}


class DivisionForm(forms.Form):
    """How one lot is divided; every field begins with what suits most lots."""

    quantum = forms.DecimalField(
        label=_("In which steps is the lot divided?"),
        max_digits=18,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        help_text=_("Every supplier delivers a whole number of steps. For example a lorry load."),
    )
    unmet_penalty = forms.DecimalField(
        label=_("What does a unit count as that nobody delivers?"),
        max_digits=18,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        help_text=_(
            "More than you would ever pay for a unit: a dearer offer is not taken, and the "
            "quantity stays open. Nobody pays this amount."
        ),
    )
    minimum_suppliers = forms.IntegerField(
        label=_("Fewest suppliers"),
        min_value=1,
        max_value=MOST_SUPPLIERS,
        widget=TextNumber(width="4", whole=True),
        help_text=_("Of a lot that is awarded at all. More than one spreads the risk."),
    )
    maximum_suppliers = forms.IntegerField(
        label=_("Most suppliers"),
        required=False,
        min_value=1,
        max_value=MOST_SUPPLIERS,
        widget=TextNumber(width="4", whole=True),
        help_text=_("Leave it empty if any number may supply."),
    )

    def __init__(self, *args: Any, lot: LotContent, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(lot))
        super().__init__(*args, **kwargs)
        unit = lot.items[0].unit if lot.items else ""
        self.fields["quantum"].widget = Measure(unit, width="6")
        self.fields["unmet_penalty"].widget = Amount(currency)

    @staticmethod
    def initial_of(lot: LotContent) -> dict[str, object]:
        """What stands there, or a start: steps of one, and twice the estimate for a unit."""
        rule = lot.division
        if rule is not None:
            said = vars(rule) | {"quantum": plain(rule.quantum)}
            penalty = rule.unmet_penalty
            return said | {"unmet_penalty": None if penalty is None else plain(penalty)}
        start: dict[str, object] = {"quantum": "1", "minimum_suppliers": 1}
        if lot.estimated_value and len(lot.items) == 1 and lot.items[0].quantity > 0:
            each = 2 * lot.estimated_value / lot.items[0].quantity
            start["unmet_penalty"] = plain(each.quantize(Decimal("0.01")))
        return start

    def division(self) -> DivisionContent:
        return DivisionContent(**self.cleaned_data)


class SharingForm(forms.Form):
    """What all divided lots keep together; shares are typed in percent."""

    cap_percent = forms.DecimalField(
        label=_("The most for one supplier"),
        required=False,
        widget=Measure("%", width="5"),
        help_text=_("Of all divided lots together. Leave it empty for no such limit."),
        **PERCENT,  # type: ignore[arg-type]
    )
    cap_of = forms.ChoiceField(
        label=_("Of what is that share?"), choices=TenderSharing.Basis.choices
    )
    reserve_group = forms.ChoiceField(
        label=_("Is a share reserved for somebody?"),
        required=False,
        choices=[("", _("For nobody")), *TenderSharing.Group.choices],
        widget=forms.RadioSelect,
        help_text=_("The evaluators find by evidence who belongs to the group."),
    )
    reserve_percent = forms.DecimalField(
        label=_("How large is the reserved share?"),
        required=False,
        widget=Measure("%", width="5"),
        **PERCENT,  # type: ignore[arg-type]
    )
    reserve_of = forms.ChoiceField(
        label=_("Of what is that share?"),
        choices=TenderSharing.Basis.choices,
        help_text=_(
            "Of all that is asked: what the group cannot supply stays open. Of all that is "
            "awarded: then the others get less too."
        ),
    )
    budget = forms.DecimalField(
        label=_("The most that all parts may cost together"),
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text=_("It is published. Leave it empty for no such limit."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"].widget = Amount(currency)

    @staticmethod
    def initial_of(rule: SharingContent | None) -> dict[str, object]:
        rule = rule or SharingContent()
        return {
            "cap_percent": _percent(rule.cap_share),
            "cap_of": rule.cap_of,
            "reserve_group": rule.reserve_group,
            "reserve_percent": _percent(rule.reserve_share),
            "reserve_of": rule.reserve_of,
            "budget": None if rule.budget is None else plain(rule.budget),
        }

    def sharing(self) -> SharingContent:
        said = dict(self.cleaned_data)
        return SharingContent(
            cap_share=_share(said.pop("cap_percent")),
            reserve_share=_share(said.pop("reserve_percent")),
            **said,
        )


def _percent(share: Decimal | None) -> str | None:
    return None if share is None else plain(share * 100)


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.scaleb(-2)
