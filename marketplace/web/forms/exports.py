"""Asking for a file."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Organization
from marketplace.web.forms.widgets import owed
from procurement.bidhistory.slices import Slice
from procurement.models import Export, Tender
from procurement.queries import lists
from produce.models import Commodity

# Bid histories have a page of their own, where they are narrowed and counted first.
FILES = [choice for choice in Export.Kind.choices if not choice[0].startswith("bids_")]
DAY = gettext_lazy("Year, month and day: 2026-03-31.")
FORMATS = [
    ("csv", "CSV"),
    ("xlsx", "XLSX"),
    ("jsonl", gettext_lazy("JSON lines")),
    ("parquet", "Parquet"),
]


class ExportForm(forms.Form):
    kind = forms.ChoiceField(label="File", choices=FILES, widget=forms.RadioSelect)
    tender = owed(
        forms.CharField(
            label="Reference of the tender",
            required=False,
            max_length=40,
            help_text="As it stands on its page.",
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


class BidSliceForm(forms.Form):
    """Which bids: everything may stay empty. Read from the address, so that it can be shared."""

    tender = forms.CharField(
        label=gettext_lazy("Reference of the tender"), required=False, max_length=40
    )
    buyer = forms.CharField(
        label=gettext_lazy("Buyer"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The whole name, or its identifier."),
    )
    tenderer = forms.CharField(
        label=gettext_lazy("Tenderer or supplier"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The whole name, or its identifier."),
    )
    commodity = forms.ModelChoiceField(
        Commodity.objects.order_by("name"),
        label=gettext_lazy("Commodity"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("All"),
    )
    opened_from = forms.DateField(
        label=gettext_lazy("Opened from"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=DAY,
        error_messages={"invalid": DAY},
    )
    opened_to = forms.DateField(
        label=gettext_lazy("Opened until, that day included"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=DAY,
        error_messages={"invalid": DAY},
    )

    def clean_tender(self) -> str:
        reference = str(self.cleaned_data["tender"].strip())
        known = Tender.objects.exclude(published_at=None).filter(reference=reference)
        if reference and not known.exists():
            raise forms.ValidationError(
                _("There is no such tender. Copy its reference from its page.")
            )
        return reference

    def clean_buyer(self) -> str:
        return _organization(self.cleaned_data["buyer"])

    def clean_tenderer(self) -> str:
        return _organization(self.cleaned_data["tenderer"])

    def clean(self) -> None:
        first, last = self.cleaned_data.get("opened_from"), self.cleaned_data.get("opened_to")
        if first and last and first > last:
            self.add_error("opened_to", _("The period ends before it begins."))

    @property
    def chosen(self) -> Slice:
        """Of a valid form. Days are those of the marketplace's time zone."""
        said = self.cleaned_data
        first, last = said["opened_from"], said["opened_to"]
        return Slice(
            tender=said["tender"],
            buyer=said["buyer"],
            tenderer=said["tenderer"],
            commodity=said["commodity"].code if said["commodity"] else "",
            opened_from=_midnight(first) if first else None,
            opened_before=_midnight(last + timedelta(days=1)) if last else None,
        )


def _midnight(day: Any) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _organization(words: str) -> str:
    """The identifier of the one organisation that is called so."""
    words = words.strip()
    if not words:
        return ""
    rows = Organization.objects.filter(Q(public_id=words) | Q(name__iexact=words))
    found = list(rows.values_list("public_id", flat=True)[:4])
    if not found:
        raise forms.ValidationError(
            _("No organisation is called that. Write the whole name, as it stands on its bids.")
        )
    if len(found) > 1:
        raise forms.ValidationError(
            _("Several are called that: use one of the identifiers %s.") % ", ".join(found)
        )
    return str(found[0])


class FormatForm(forms.Form):
    """In which form, once the rows are chosen."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=FORMATS, initial="csv", widget=forms.RadioSelect
    )
