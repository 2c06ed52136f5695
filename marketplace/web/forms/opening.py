"""The opener's passphrase."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PassphraseForm(forms.Form):
    """Typed as it is: blanks count, nothing is trimmed."""

    passphrase = forms.CharField(
        label=_("Your passphrase for this tender"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


class NewPassphraseForm(PassphraseForm):
    again = forms.CharField(
        label=_("The same passphrase again"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    field_order = ["passphrase", "again"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passphrase"].help_text = _(
            "At least 12 characters. Four words that have nothing to do with each other are good."
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, second = said.get("passphrase"), said.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two are not the same. Type both once more."))
        return said
