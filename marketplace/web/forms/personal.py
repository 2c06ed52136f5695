"""What a person states about himself or his organisation, and answers to flags."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.models import LinkAnswer


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        help_text=_("Kept encrypted. Leave it empty to have it forgotten."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )


class ContactForm(PhoneForm):
    email = forms.EmailField(label=_("E-mail of the organisation"), required=False)
    address = forms.CharField(label=_("Postal or street address"), max_length=300, required=False)
    bank_account = forms.CharField(
        label=_("Bank account"),
        max_length=60,
        required=False,
        help_text=_(
            "Bank and number, for payments. Kept encrypted; compared with those of other bidders"
            " and of officials after an opening, without anybody reading it."
        ),
    )


class LinkForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("What is it?"), choices=LinkAnswer.State.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("What did you find out, and from whom?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{kwargs.pop('stem', 'id')}_%s"
        super().__init__(*args, **kwargs)
