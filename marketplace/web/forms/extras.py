"""Documents and the opening committee of a draft."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Membership, Organization, User
from marketplace.accounts.roles import PERMISSIONS, Permission

OPENING = [role.value for role, granted in PERMISSIONS.items() if Permission.BID_OPEN in granted]


class DocumentForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("PDF, JPEG, PNG, CSV, text, Word, Excel or OpenDocument; 5 MB at most."),
    )
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=200,
        help_text=_("What bidders will read. Without it the name of the file is shown."),
    )


def openers(buyer: Organization) -> list[Membership]:
    """Who may open bids: the buyer's own openers first, then those of oversight bodies."""
    rows = Membership.objects.filter(role__in=OPENING, revoked_at=None, user__is_active=True)
    own = rows.filter(organization=buyer) | rows.filter(organization__kind="oversight")
    found = own.select_related("user", "organization").order_by("organization__name", "id")
    return sorted(found, key=lambda m: m.organization_id != buyer.pk)


class OpenerForm(forms.Form):
    opener = forms.ChoiceField(label=_("Who shall open the bids?"), widget=forms.RadioSelect)

    def __init__(self, data: Any, *, buyer: Organization, taken: set[int]) -> None:
        super().__init__(data)
        free = [m for m in openers(buyer) if m.user_id not in taken]
        self.members = {str(m.pk): m for m in free}
        choices = [
            (key, f"{m.user.full_name}, {m.organization.name}") for key, m in self.members.items()
        ]
        self.fields["opener"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> tuple[User, Organization]:
        member = self.members[self.cleaned_data["opener"]]
        return member.user, member.organization


class SeatForm(forms.Form):
    """Whose seat the page showed."""

    opener = forms.CharField(max_length=16, widget=forms.HiddenInput)
