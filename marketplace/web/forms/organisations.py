"""Registering a tenderer; granting roles."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organization
from marketplace.accounts.roles import ROLES_BY_ORGANIZATION_KIND, Role
from marketplace.registry import places
from marketplace.registry.operations import OrganizationDetails
from marketplace.web.forms.widgets import owed

KINDS = [
    ("farmer", _("A farm or a farmer")),
    ("cooperative", _("A co-operative")),
    ("company", _("A company")),
]


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What do you register?"), choices=KINDS, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("A farmer may use his or her own name."),
    )
    registration_number = owed(
        forms.CharField(
            label=_("Registration number"),
            max_length=60,
            required=False,
            help_text=_(
                "Of the co-operative or company, as on its certificate. Farmers leave it empty."
            ),
        )
    )
    place = forms.ChoiceField(label=_("District"))
    ward = forms.CharField(label=_("Ward"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail of the organisation"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ChoiceField = self.fields["place"]  # type: ignore[assignment]
        field.choices = [("", _("Choose"))] + [
            (province, [(f"{province}/{name}", name) for name in names])
            for province, names in places.districts().items()
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") in ("cooperative", "company") and not data.get("registration_number"):
            self.add_error("registration_number", _("Give the number on the certificate."))
        return data

    def details(self) -> OrganizationDetails:
        data = dict(self.cleaned_data)
        province, _, district = data.pop("place").partition("/")
        return OrganizationDetails(**data, province=province, district=district)


class GrantForm(forms.Form):
    """A role in an organisation; `found` narrows tenderers, of which there are thousands."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="Organisation")
    role = forms.ChoiceField(
        label="Role", choices=[(r.value, r.value.replace("_", " ").capitalize()) for r in Role]
    )

    def __init__(self, *args: Any, found: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = Q(kind__in=["buyer", "oversight", "operator"])
        if found:
            wanted = Q(name__icontains=found)
        field: forms.ModelChoiceField = self.fields["organization"]  # type: ignore[assignment]
        known = Organization.objects.filter(wanted, historical_source="")
        sent = self.data.get("organization", "") if self.is_bound else ""
        if sent.isdigit():
            known = Organization.objects.filter(historical_source="")
        field.queryset = known.order_by("kind", "name")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        organization, role = data.get("organization"), data.get("role")
        if organization and role:
            fitting = ROLES_BY_ORGANIZATION_KIND[organization.kind]
            if Role(role) not in fitting:
                words = ", ".join(sorted(r.value.replace("_", " ") for r in fitting))
                self.add_error("role", f"This kind of organisation has these roles: {words}.")
        return data
