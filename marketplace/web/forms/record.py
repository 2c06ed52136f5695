"""What somebody wants checked: a file, or its text."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import owed


class VerifyForm(forms.Form):
    # One of the two is needed.
    file = owed(
        forms.FileField(
            label=_("File"),
            required=False,
            help_text=_("receipt.json, or the history of a tender (.jsonl); 5 MB at most."),
        )
    )
    text = owed(
        forms.CharField(
            label=_("Or paste a receipt here"),
            required=False,
            max_length=200_000,
            widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        )
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        sent = data.get("file")
        data["content"] = sent.read() if sent else (data.get("text") or "").encode()
        if not data["content"] and not self.errors:
            self.add_error("file", _("Choose a file of at most 5 MB, or paste a receipt."))
        return data
