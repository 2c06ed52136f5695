"""How a person is told of things: telephone, preferences, searches, webhooks."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.phones import PIN_DIGITS
from marketplace.notify import preferences
from marketplace.notify.kinds import CHOSEN, Channel, Kind, When, choices

KINDS = {
    Kind.RECEIPT: _("A receipt for a bid of mine"),
    Kind.REMINDER: _("A deadline is near and my bid is not sent"),
    Kind.CHANGE: _("A tender that I bid in was amended or cancelled"),
    Kind.ENQUIRY: _("My question was answered"),
    Kind.OPENING: _("Bids that I sent were opened"),
    Kind.LETTER: _("A letter about an award"),
    Kind.ALERT: _("A new tender fits a search that I keep"),
    Kind.DUTY: _("Something waits for me to act"),
}
WHENS = {
    When.AT_ONCE: _("At once"),
    When.DAILY: _("In one mail a day"),
    When.NEVER: _("Not at all"),
}


class NumberForm(forms.Form):
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=25,
        help_text=_("As you dial it, for example 077 123 4567. We send a code to it."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("New PIN"),
        max_length=PIN_DIGITS,
        help_text=_("Five digits, not all alike and not in a row."),
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same PIN once more"),
        max_length=PIN_DIGITS,
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if {"pin", "again"} <= set(data) and data["pin"] != data["again"]:
            self.add_error("again", _("The two are not alike. Type the PIN again."))
        return data


class PreferencesForm(forms.Form):
    """One choice for each kind and channel, and the language of all of them."""

    language = forms.ChoiceField(
        label=_("Language of messages and of the telephone menu"), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = person.language
        now = preferences.table(person)
        for kind in CHOSEN:
            for channel in preferences.PEOPLE:
                self.fields[f"{kind}-{channel}"] = forms.ChoiceField(
                    label=KINDS[kind],
                    choices=[(when.value, WHENS[when]) for when in choices(kind, channel)],
                    initial=now[kind, channel].value,
                )

    def rows(self) -> list[dict[str, Any]]:
        """The table of the page: a kind, and a box for each channel."""
        return [
            {"title": KINDS[kind], "boxes": [self[f"{kind}-{c}"] for c in preferences.PEOPLE]}
            for kind in CHOSEN
        ]

    def wanted(self) -> dict[tuple[Kind, Channel], When]:
        return {
            (kind, channel): When(self.cleaned_data[f"{kind}-{channel}"])
            for kind in CHOSEN
            for channel in preferences.PEOPLE
        }


class SearchForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the search"),
        max_length=100,
        help_text=_("You recognise the messages by it, for example “maize near Gweru”."),
    )
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address of your program"),
        max_length=300,
        help_text=_("It begins with https:// and can be reached from the whole internet."),
        widget=forms.TextInput({"type": "url"}),
    )
