"""Drawing a sample, and writing in an audit file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import TextNumber
from procurement.models import AuditFile, AuditNote
from procurement.operations.auditfiles import LARGEST


class DrawForm(forms.Form):
    title = forms.CharField(label=_("Title of the file"), max_length=200)
    method = forms.ChoiceField(
        label=_("How to draw"), choices=AuditFile.Method.choices, widget=forms.RadioSelect
    )
    size = forms.IntegerField(
        label=_("How many lots"),
        min_value=1,
        max_value=LARGEST,
        widget=TextNumber(width="4", whole=True),
    )
    seed = forms.RegexField(
        r"^[0-9A-Za-z-]*$",
        label=_("Seed"),
        required=False,
        max_length=64,
        help_text=_("Letters and digits that others can check, such as the lottery of the day."
                    " Empty: one is made. It is recorded, so that the draw can be repeated."),
    )  # fmt: skip


class NoteForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=AuditNote.Kind.choices, widget=forms.RadioSelect
    )
    tender = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(
        label=_("What did you see?"), max_length=8000, widget=forms.Textarea({"rows": 5})
    )

    def __init__(self, *args: object, file: AuditFile, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rows = file.lots.values_list("lot__tender__reference", flat=True).order_by("position")
        known = [(reference, reference) for reference in dict.fromkeys(rows)]
        field = self.fields["tender"]
        field.choices = [("", _("the whole file")), *known]  # type: ignore[attr-defined]
