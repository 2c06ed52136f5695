"""Asking for a file."""

from datetime import datetime
from typing import Any

from django import forms

from marketplace.web.forms.widgets import owed
from procurement.models import Export, Tender
from procurement.queries import lists


class ExportForm(forms.Form):
    kind = forms.ChoiceField(label="File", choices=Export.Kind.choices, widget=forms.RadioSelect)
    tender = owed(
        forms.CharField(
            label="Reference of the tender",
            required=False,
            max_length=40,
            help_text="Needed for the history of a tender. "
            "Bids (CSV) without a reference are those of all opened tenders.",
        )
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_tender(self) -> Tender | None:
        reference = self.cleaned_data["tender"].strip()
        if not reference:
            return None
        found = lists.public(self.now).filter(reference=reference).first()
        if found is None:
            raise forms.ValidationError(
                "There is no such tender. Copy its reference from its page."
            )
        return found
