"""How the bids for a lot are compared: the method, and what each method needs to be filled in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from marketplace.fields import plain
from marketplace.web.forms.lots import GateForm, QualityForm
from marketplace.web.forms.widgets import Amount, Measure, TextNumber, owed
from procurement.models import CriterionRating, Lot, LotComponent, LotPreference
from procurement.rules.content import CriterionContent, LotContent
from procurement.rules.method_parts import (
    TIE_BREAKS,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)

TIE_WORDS = {
    "preference_points": _("the preferred group first"),
    "earliest_submission": _("the earlier bid first"),
    "draw": _("a draw that anyone can check"),
}


def tie_words(rules: tuple[str, ...]) -> str:
    """The order of tie-break rules in words."""
    return str(_(", then ")).join(str(TIE_WORDS[rule]) for rule in rules)


def _points(label: Any, *, required: bool = True, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        widget=TextNumber(width="6"),
        **more,
    )


class MethodForm(forms.Form):
    """How the bids for a lot are compared."""

    evaluation_method = forms.ChoiceField(
        label=_("How are bids compared?"),
        choices=Lot.EvaluationMethod.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Lowest price: the cheapest bid that meets every requirement. Lowest evaluated price: "
            "what a bid costs you in the end, with transport and other additions, and a margin of "
            "preference if you set one. Price per quality: the price is divided by a coefficient "
            "that grows with the quality offered. Points: price and criteria earn points together."
        ),
    )
    tie_break = forms.ChoiceField(label=_("If two bids are exactly equal, what decides?"))
    rounding = forms.ChoiceField(
        label=_("How are the prices shown rounded?"), choices=Lot.Rounding.choices
    )
    rounding_decimals = forms.IntegerField(
        label=_("Decimals of the prices shown"),
        min_value=0,
        max_value=6,
        widget=TextNumber(width="2", whole=True),
        help_text=_("Only for showing: bids are ranked on the exact figures."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(",".join(rules), capfirst(tie_words(rules))) for rules in TIE_BREAKS]
        self.fields["tie_break"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(lot: LotContent) -> dict[str, object]:
        values = {name: getattr(lot, name) for name in MethodForm.base_fields}
        return values | {"tie_break": ",".join(lot.tie_break)}

    def parts(self) -> dict[str, Any]:
        return self.cleaned_data | {"tie_break": tuple(self.cleaned_data["tie_break"].split(","))}


class PointsForm(forms.Form):
    """What the price earns of all points."""

    weight = _points(_("Points that the price can earn"))
    total = _points(
        _("Points in all"),
        help_text=_("Price and criteria together. They must add up to it, for example to 100."),
    )
    lowest = owed(
        forms.DecimalField(
            label=_("Price that earns every point"),
            required=False,
            min_value=Decimal("0.01"),
            max_digits=16,
            decimal_places=2,
            help_text=_("For points between two published prices. A lower price earns no more."),
        )
    )
    highest = owed(
        forms.DecimalField(
            label=_("Price that earns none"),
            required=False,
            min_value=Decimal("0.01"),
            max_digits=16,
            decimal_places=2,
            help_text=_("For points between two published prices."),
        )
    )
    minimum = _points(
        _("Points that the criteria must earn together"),
        required=False,
        help_text=_("A bid below is out, whatever its price. Leave it empty for none."),
    )

    def __init__(self, *args: Any, currency: str, bounds: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lowest", "highest"):
            self.fields[name].widget = Amount(currency)
            if not bounds:
                del self.fields[name]

    def points(self) -> PointsContent:
        return PointsContent(
            **self.cleaned_data | {"minimum": self.cleaned_data["minimum"] or None}
        )


class PreferenceForm(forms.Form):
    """The margin of preference; the share is typed in percent."""

    title = forms.CharField(
        label=_("Who is preferred?"),
        max_length=200,
        help_text=_("Say what a bidder must show. For example: maize grown in this province."),
    )
    percent = forms.DecimalField(
        label=_("How much?"),
        min_value=Decimal("0.01"),
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
        widget=Measure("%", width="4"),
    )
    base = forms.ChoiceField(label=_("Of what?"), choices=LotPreference.Base.choices)
    way = forms.ChoiceField(
        label=_("On which side?"),
        choices=LotPreference.Way.choices,
        help_text=_("Only for comparing. What is paid does not change."),
    )
    source = forms.CharField(
        label=_("Where is that laid down?"),
        required=False,
        max_length=200,
        help_text=_("The section of the Act or of the conditions. Bidders see it."),
    )

    @staticmethod
    def initial_of(rule: PreferenceContent | None) -> dict[str, object]:
        if rule is None:
            return {}
        said = {name: getattr(rule, name) for name in ("title", "base", "way", "source")}
        return said | {"percent": plain(rule.margin * 100)}

    def preference(self) -> PreferenceContent:
        said = dict(self.cleaned_data)
        return PreferenceContent(margin=said.pop("percent").scaleb(-2), **said)


class ComponentForm(forms.Form):
    """What the evaluators add to each price."""

    title = forms.CharField(
        label=_("What is added to the price?"),
        max_length=200,
        help_text=_(
            "For example: transport to the depot. The evaluators state the amount of each bid."
        ),
    )
    per = forms.ChoiceField(
        label=_("For what is the amount stated?"), choices=LotComponent.Per.choices
    )
    source = GateForm.base_fields["source"]
    in_margin = forms.BooleanField(
        label=_("The margin of preference is reckoned on it too"), required=False
    )

    @staticmethod
    def initial_of(component: ComponentContent | None) -> dict[str, object]:
        names = ComponentForm.base_fields if component else ()
        return {name: getattr(component, name) for name in names}

    def component(self) -> ComponentContent:
        return ComponentContent(**self.cleaned_data)


class PointsCriterionForm(QualityForm):
    """A question whose answers earn points: a step table is one answer for each step."""

    kind = "points"
    most = Decimal(999_999)
    decimals = 4


class MoneyCriterionForm(PointsCriterionForm):
    """A question whose answers cost money."""

    kind = "money"
    most = Decimal(10) ** 11
    in_margin = forms.BooleanField(
        label=_("The margin of preference is reckoned on it too"), required=False
    )


class RatedForm(GateForm):
    """What evaluators mark, and how their marks become points."""

    weight = _points(_("Points for the best mark"))
    highest_mark = _points(_("Best mark"), help_text=_("For example 10: marks run from 0 to it."))
    combine = forms.ChoiceField(
        label=_("How do the marks of several evaluators become one?"),
        choices=CriterionRating.Combine.choices,
    )
    minimum = _points(
        _("Lowest mark that passes"),
        required=False,
        help_text=_("A bid below is out, whatever its price. Leave it empty for none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("What do the evaluators mark?")
        self.fields["title"].help_text = _("For example: taste of a cooked sample.")

    @staticmethod
    def initial_of(criterion: CriterionContent) -> dict[str, object]:
        rule, said = criterion.rating, {"title": criterion.title, "source": criterion.source}
        if rule is None:
            return dict(said)
        names = ("weight", "highest_mark", "combine", "minimum")
        return said | {name: getattr(rule, name) for name in names}

    def criterion(self) -> CriterionContent:
        said = dict(self.cleaned_data)
        title, source = said.pop("title"), said.pop("source")
        said["minimum"] = said["minimum"] or None
        return CriterionContent(title, "rated", source, rating=RatingContent(**said))
