"""A national table: uploaded or pasted, with the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import owed
from produce.models import Grade


class TableForm(forms.Form):
    file = owed(
        forms.FileField(
            label=_("File"),
            required=False,
            help_text=_("JSON or CSV, in the form in which any table here is downloaded."),
        )
    )
    text = owed(
        forms.CharField(
            label=_("Or paste the table"),
            required=False,
            strip=False,
            widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        )
    )
    reason = forms.CharField(
        label=_("Why is it added or corrected?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Published with the change. The source of each value stands in the table."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("file")) == bool(said.get("text")):
            self.add_error("file", _("Give the table once: as a file, or pasted."))
        return said

    def data_sent(self) -> bytes:
        file = self.cleaned_data["file"]
        return file.read() if file else self.cleaned_data["text"].encode()


class CompareForm(forms.Form):
    """Two grades, of one standard or of two, of one commodity."""

    first = forms.ModelChoiceField(Grade.objects.none(), label=_("This grade"))
    second = forms.ModelChoiceField(Grade.objects.none(), label=_("Beside this one"))

    def __init__(self, *args: Any, commodity: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Grade.objects.filter(standard__commodity=commodity).select_related("standard")
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.queryset = rows.order_by("standard__code", "standard__edition", "rank")
            field.label_from_instance = _named
            field.empty_label = None


def _named(grade: Grade) -> str:
    return f"{grade.standard}: {grade.name}"
