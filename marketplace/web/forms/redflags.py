"""An auditor's answer to a red flag."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.models import RedFlagAnswer

WORDS = {
    "explained": _("Explained: there is an innocent reason"),
    "confirmed": _("Confirmed: it needs action outside this service"),
    "open": _("Open again"),
}


class RedFlagForm(forms.Form):
    state = forms.ChoiceField(label=_("What did it come to?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What did you find out, and from whom?"),
        max_length=4000,
        help_text=_("Kept in the record for auditors. It cannot be changed later, only added to."),
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, *args: object, state: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(row, WORDS[row]) for row in RedFlagAnswer.State.values if row != state]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]
