"""A question about a tender."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organization
from procurement.operations.enquiries import LONGEST


class QuestionForm(forms.Form):
    organization = forms.ModelChoiceField(
        Organization.objects.none(),
        label=_("You ask for"),
        empty_label=None,
        help_text=_("The public never sees who asked."),
    )
    question = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        help_text=_(
            "Do not name yourself or your price: the question is published with its answer."
        ),
    )

    def __init__(self, *args: object, organizations: list[Organization], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field: forms.ModelChoiceField = self.fields["organization"]  # type: ignore[assignment]
        field.queryset = Organization.objects.filter(pk__in=[o.pk for o in organizations])
