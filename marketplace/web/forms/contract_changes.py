"""What is asked for changing or ending a contract."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import DateParts, TextNumber


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("It is published with the change."),
    )


class LineForm(forms.Form):
    quantity = forms.DecimalField(
        label=_("Quantity"),
        min_value=Decimal("0.000001"),
        max_digits=20,
        decimal_places=6,
        widget=TextNumber(),
    )
    starts = forms.DateField(label=_("First day of delivery"), widget=DateParts, required=False)
    ends = forms.DateField(label=_("Last day of delivery"), widget=DateParts, required=False)
    reason = _reason()


class EndForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Why does it end?"),
        choices=[
            ("agreed", _("Both sides agree")),
            ("default", _("The supplier does not deliver")),
        ],
        widget=forms.RadioSelect,
    )
    reason = _reason()

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"is_default": given["kind"] == "default", "reason": given["reason"]}
