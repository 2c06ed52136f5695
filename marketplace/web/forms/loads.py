"""What is typed at a depot: a booking, a gate entry, a ticket, seals, measurements."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import DateParts, Measure, TextNumber, owed
from procurement.models import ContractLine, Depot
from procurement.rules.inspecting import Measured
from produce.rules import units
from produce.rules.facts import Kind
from produce.rules.limits import LimitFact, bound_words, unit_words


class BookForm(forms.Form):
    line = forms.ChoiceField(label=_("What do you bring?"), widget=forms.RadioSelect)
    depot = forms.ChoiceField(label=_("To which depot?"), widget=forms.RadioSelect)
    quantity = forms.DecimalField(
        label=_("How much?"),
        min_value=Decimal("0.000001"),
        max_digits=20,
        decimal_places=6,
        widget=TextNumber(),
        help_text=_("In the unit of the goods."),
    )
    weight = forms.DecimalField(
        label=_("What does the load weigh?"),
        required=False,
        max_digits=20,
        decimal_places=3,
        widget=Measure("kg"),
        help_text=_("Only for goods that are counted, not weighed."),
    )
    day = forms.DateField(label=_("On which day?"), widget=DateParts)
    hour = forms.TypedChoiceField(label=_("In which hour?"), coerce=int)

    def __init__(self, data: Any, *, lines: Sequence[ContractLine], depots: Sequence[Depot]):
        super().__init__(data)
        self.lines = {str(line.number): line for line in lines}
        self.depots = {str(depot.pk): depot for depot in depots}
        names = [(n, f"{x.item.description} ({x.item.unit})") for n, x in self.lines.items()]
        places = [(n, f"{d.name}, {d.opens}:00–{d.closes}:00") for n, d in self.depots.items()]
        first = min((d.opens for d in depots), default=7)
        last = max((d.closes for d in depots), default=16)
        hours = [(h, f"{h}:00–{h + 1}:00") for h in range(first, last)]
        for name, choices in (("line", names), ("depot", places), ("hour", hours)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                self.fields[name].initial = choices[0][0]
        if all(units.unit(x.item.unit).dimension == "mass" for x in lines):
            del self.fields["weight"]

    def said(self) -> dict[str, Any]:
        """The keywords of `deliveries.book`."""
        given = self.cleaned_data
        return {
            "line": self.lines[given["line"]],
            "depot": self.depots[given["depot"]],
            "quantity": given["quantity"],
            "weight": given.get("weight"),
            "day": given["day"],
            "hour": given["hour"],
        }


class GateForm(forms.Form):
    vehicle = forms.CharField(
        label=_("Registration of the vehicle"), max_length=20, widget=forms.TextInput
    )
    driver = forms.CharField(
        label=_("Driver's given name"),
        max_length=40,
        required=False,
        help_text=_("The given name alone. No surname, number or telephone."),
    )


class TicketForm(forms.Form):
    device = forms.CharField(label=_("Weighbridge"), max_length=60)
    number = forms.CharField(label=_("Number of the ticket"), max_length=40)
    vehicle = forms.CharField(label=_("Registration on the ticket"), max_length=20)
    gross = forms.DecimalField(
        label=_("Gross"), max_digits=12, decimal_places=3, min_value=0, widget=Measure("kg")
    )
    tare = forms.DecimalField(
        label=_("Tare"), max_digits=12, decimal_places=3, min_value=0, widget=Measure("kg")
    )
    counted = forms.DecimalField(
        label=_("How many were counted?"), max_digits=20, decimal_places=6, widget=TextNumber()
    )
    calibrated_until = forms.DateField(
        label=_("Calibration valid until"),
        widget=DateParts,
        help_text=_("It stands on the sticker of the weighbridge."),
    )

    def __init__(self, data: Any, *, unit: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if units.unit(unit).dimension == "mass":
            del self.fields["counted"]


class SampleForm(forms.Form):
    seal = forms.CharField(label=_("Seal of the sample"), max_length=40)
    duplicate_seal = forms.CharField(
        label=_("Seal of the duplicate"),
        max_length=40,
        help_text=_("The second bag is kept: the supplier may have it tested by somebody else."),
    )


class MeasureForm(forms.Form):
    """One value a parameter, with its method; the unit is that of the limit."""

    device = forms.CharField(
        label=_("Meter or laboratory"), max_length=60, required=False, initial=""
    )
    # Made when the page is first shown: sent twice, the same measurements count once.
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, limits: Sequence[LimitFact], key: str) -> None:
        super().__init__(data, initial={"key": key})
        self.limits = limits
        for limit in limits:
            self.fields[limit.code] = _value(limit)
            self.fields[f"method_{limit.code}"] = owed(
                forms.CharField(
                    label=_("Method: %s") % limit.name,
                    max_length=120,
                    required=False,
                    initial=limit.method,
                )
            )

    def pairs(self) -> list[tuple[Any, Any]]:
        """Value and method of each parameter, as bound fields."""
        return [(self[limit.code], self[f"method_{limit.code}"]) for limit in self.limits]

    def measured(self, now: datetime) -> list[Measured]:
        given = self.cleaned_data
        return [
            Measured(
                code=limit.code,
                value=str(given[limit.code]),
                unit=limit.unit,
                method=given[f"method_{limit.code}"],
                device=given["device"],
                measured_at=now,
            )
            for limit in self.limits
        ]


def _value(limit: LimitFact) -> forms.Field:
    label = limit.name
    wanted = bound_words(limit)
    if limit.kind is Kind.BOOLEAN:
        choices = [("", "–"), ("absent", _("absent")), ("present", _("present"))]
        return forms.ChoiceField(label=label, choices=choices, help_text=wanted)
    if limit.kind is Kind.TEXT:
        return forms.CharField(label=label, max_length=60, help_text=wanted)
    widget = Measure(unit_words(limit.unit))
    return forms.DecimalField(
        label=label, max_digits=16, decimal_places=6, widget=widget, help_text=wanted
    )


class RejectForm(forms.Form):
    reasons = forms.CharField(
        label=_("Why is the load rejected?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The supplier reads it at once; the public reads it without any name."),
    )


class AcceptForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )


class DepotForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    province = forms.CharField(label=_("Province"), max_length=60, required=False)
    district = forms.CharField(label=_("District"), max_length=60, required=False)
    daily_capacity = forms.DecimalField(
        label=_("How much can be received in one day?"),
        max_digits=12,
        decimal_places=0,
        widget=Measure("kg"),
    )
    loads_per_hour = forms.IntegerField(
        label=_("How many loads in one hour?"), initial=2, widget=TextNumber(width="4", whole=True)
    )
    opens = forms.IntegerField(
        label=_("Opens at"), initial=7, widget=TextNumber(width="4", whole=True)
    )
    closes = forms.IntegerField(
        label=_("Closes at"),
        initial=16,
        widget=TextNumber(width="4", whole=True),
        help_text=_("Whole hours, for instance 7 and 16."),
    )
