"""Deliveries and payments under a contract."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import Amount, TextNumber
from procurement.models import Item, Lot


class DeliveryForm(forms.Form):
    item = forms.ChoiceField(label=_("What was delivered?"), widget=forms.RadioSelect)
    quantity = forms.DecimalField(
        label=_("Quantity received"),
        min_value=Decimal("0.000001"),
        max_digits=20,
        decimal_places=6,
        widget=TextNumber(),
        help_text=_("In the unit of the item, as weighed or counted at the gate."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Lorry, weighbridge ticket, anything to remember."),
    )

    def __init__(self, data: Any, *, lot: Lot) -> None:
        super().__init__(data)
        self.items = {str(item.number): item for item in lot.items.all()}
        choices = [(n, f"{i.description} ({i.unit})") for n, i in self.items.items()]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["item"].initial = choices[0][0]

    def chosen(self) -> Item:
        return self.items[self.cleaned_data["item"]]


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount paid"), min_value=Decimal("0.01"), max_digits=16, decimal_places=2
    )
    final = forms.BooleanField(
        label=_("This payment settles the contract"),
        required=False,
        help_text=_("After it nothing more is owed."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget = Amount(currency)


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_(
            "Question and answer are published together, without saying who asked. "
            "An answer cannot be changed afterwards."
        ),
    )
