"""Lots, items and criteria of a draft."""

from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import Amount, DateParts, TextNumber, owed
from marketplace.web.places import PROVINCES
from procurement.rules.content import MAX_QUANTITY, CriterionContent, ItemContent, OptionContent
from produce.models import Commodity
from produce.rules.units import UNITS

OPTION_ROWS = range(1, 7)


class LotForm(forms.Form):
    title = forms.CharField(
        label=_("Name of the lot"),
        max_length=200,
        help_text=_("A lot is awarded as a whole. For example: White maize, Gwanda depot."),
    )
    estimated_value = forms.DecimalField(
        label=_("Estimated value"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_(
            "What you expect to pay for the whole lot. The sum is not published; the list of "
            "tenders shows only whether all lots together are under 10,000, 100,000 or 1,000,000."
        ),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estimated_value"].widget = Amount(currency)


def commodity_choices() -> list[tuple[str, Any]]:
    rows = Commodity.objects.order_by("category", "name").values_list("category", "code", "name")
    grouped = groupby(rows, key=lambda row: row[0])
    found = [(name.capitalize(), [(r[1], r[2]) for r in group]) for name, group in grouped]
    return [("", _("Choose a commodity")), *found]


class ItemForm(forms.Form):
    commodity = forms.ChoiceField(label=_("Commodity"))
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=300,
        help_text=_("For example: white maize in 50-kg bags, this year's harvest."),
    )
    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal("0.000001"),
        max_value=MAX_QUANTITY,
        max_digits=20,
        decimal_places=6,
        widget=TextNumber(),
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[(code, unit.name) for code, unit in UNITS.items()]
    )
    # A draft may lack these; a tender may not be published without them.
    delivery_place = owed(
        forms.CharField(label=_("Place of delivery"), required=False, max_length=200)
    )
    province = forms.ChoiceField(
        label=_("Province"),
        required=False,
        choices=[("", _("Choose a province")), *((name, name) for name in PROVINCES)],
    )
    district = forms.CharField(label=_("District"), required=False, max_length=60)
    delivery_starts = owed(
        forms.DateField(label=_("First day of delivery"), required=False, widget=DateParts)
    )
    delivery_ends = owed(
        forms.DateField(label=_("Last day of delivery"), required=False, widget=DateParts)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commodity"].choices = commodity_choices()  # type: ignore[attr-defined]
        # An earlier tender may name a province otherwise; what it says is kept.
        said = self.initial.get("province", "")
        if said and said not in PROVINCES:
            self.fields["province"].choices.append((said, said))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("delivery_starts"), said.get("delivery_ends")
        if first and last and last < first:
            self.add_error("delivery_ends", _("Delivery cannot end before it starts."))
        return said

    @staticmethod
    def initial_of(item: ItemContent) -> dict[str, object]:
        return {name: getattr(item, name) for name in ItemForm.base_fields}


class GateForm(forms.Form):
    title = forms.CharField(
        label=_("What must be met?"),
        max_length=200,
        help_text=_("For example: valid tax clearance certificate."),
    )
    source = forms.CharField(
        label=_("Where is that laid down?"),
        required=False,
        max_length=200,
        help_text=_("The section of the Act or of the conditions. Bidders see it."),
    )

    def criterion(self) -> CriterionContent:
        said = self.cleaned_data
        return CriterionContent(title=said["title"], kind="gate", source=said["source"])


class QualityForm(GateForm):
    """A question with valued answers; unused rows are left empty."""

    kind = "quality"
    most = Decimal("0.99")
    decimals = 10

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("What is asked?")
        self.fields["title"].help_text = _("For example: how soon can you deliver?")
        for row in OPTION_ROWS:
            self._add_row(row)
        # A quality criterion has at least two answers, each with its value.
        for row in OPTION_ROWS[:2]:
            owed(self.fields[f"label_{row}"])
            owed(self.fields[f"value_{row}"])

    def _add_row(self, row: int) -> None:
        self.fields[f"label_{row}"] = forms.CharField(
            label=_("Answer %d") % row, required=False, max_length=200
        )
        self.fields[f"value_{row}"] = forms.DecimalField(
            label=_("Value of answer %d") % row,
            required=False,
            min_value=0,
            max_value=self.most,
            max_digits=len(str(int(self.most))) + self.decimals,
            decimal_places=self.decimals,
            widget=TextNumber(width="6"),
        )

    @staticmethod
    def initial_of(criterion: CriterionContent) -> dict[str, object]:
        values: dict[str, object] = {
            name: getattr(criterion, name) for name in ("title", "source", "in_margin")
        }
        for row, option in enumerate(criterion.options, start=1):
            values |= {f"label_{row}": option.label, f"value_{row}": option.value}
        return values

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"label_{row}"], self[f"value_{row}"]) for row in OPTION_ROWS]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for row in OPTION_ROWS:
            label, value = said.get(f"label_{row}"), said.get(f"value_{row}")
            if label and value is None and f"value_{row}" not in self.errors:
                self.add_error(
                    f"value_{row}", _("Say what this answer is worth, from 0 to %s.") % self.most
                )
            if value is not None and not label:
                self.add_error(f"label_{row}", _("Write the answer that this value belongs to."))
        return said

    def criterion(self) -> CriterionContent:
        said = self.cleaned_data
        options = tuple(
            OptionContent(said[f"label_{row}"], said[f"value_{row}"])
            for row in OPTION_ROWS
            if said[f"label_{row}"]
        )
        return CriterionContent(
            title=said["title"],
            kind=self.kind,
            source=said["source"],
            options=options,
            in_margin=said.get("in_margin", False),
        )
