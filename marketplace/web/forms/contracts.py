"""Payments under a contract, files of a bank, and answers to enquiries."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import Amount
from procurement.queries.invoices import Owed


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount paid"), min_value=Decimal("0.01"), max_digits=16, decimal_places=2
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=140,
        required=False,
        help_text=_("What the bank calls this payment."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].widget = Amount(currency)


class AccountForm(forms.Form):
    account = forms.CharField(
        label=_("Number of the account"),
        max_length=34,
        help_text=_("As the bank writes it. It is kept encrypted, and shown to nobody."),
    )


class ConfirmationFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of the bank or mobile money service"),
        help_text=_("CSV with the columns reference, amount, currency, date and text."),
    )


class AssignForm(forms.Form):
    invoice = forms.ChoiceField(label=_("Which invoice does it pay?"), widget=forms.RadioSelect)

    def __init__(self, data: Any, *, owed: list[Owed]) -> None:
        super().__init__(data)
        choices = [
            (o.row.number, f"{o.row.number}: {o.owed:f} {o.row.currency}, {o.supplier}")
            for o in owed
        ]
        self.fields["invoice"].choices = choices  # type: ignore[attr-defined]


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
