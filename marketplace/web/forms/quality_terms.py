"""What a specification says beside its limits: the price schedule, sampling, tolerance, places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import TextNumber
from procurement.rules.content import ItemContent
from produce.models import PriceAdjustmentSchedule
from produce.queries import sampling_schemes
from produce.rules.facts import REMARKS, Confidence
from produce.rules.limits import LimitFact
from produce.rules.terms import Measuring, Place

PLACES = [
    ("", _("not said")),
    (Place.GATE.value, _("at the gate of the depot")),
    (Place.LABORATORY.value, _("in a laboratory")),
    (Place.LOADING.value, _("where it is loaded")),
]


@dataclass(frozen=True)
class PlaceRow:
    """One demanded parameter: where and how it is measured."""

    name: str
    place: forms.BoundField
    method: forms.BoundField


class QualityTermsForm(forms.Form):
    """Besides its own boxes, `place_CODE` and `method_CODE` for each limit that binds."""

    schedule = forms.ChoiceField(
        label=_("What does a deviation cost?"),
        required=False,
        help_text=_(
            "A published schedule of deductions and bonuses. Without one, a load beyond a limit is "
            "rejected."
        ),
    )
    sampling = forms.ChoiceField(
        label=_("How is a load sampled?"),
        required=False,
        help_text=_("How many increments are taken from a load of a given size."),
    )
    quantity_tolerance = forms.DecimalField(
        label=_("Tolerance of the quantity"),
        required=False,
        min_value=0,
        max_value=50,
        max_digits=6,
        decimal_places=3,
        help_text=_("How much more or less than agreed may be delivered."),
    )

    def __init__(
        self,
        *args: Any,
        item: ItemContent,
        limits: Sequence[LimitFact],
        schedules: Sequence[PriceAdjustmentSchedule],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schedules = {str(row.pk): row for row in schedules}
        self._choices()
        box = TextNumber(width="4")
        box.suffix = "%"
        self.fields["quantity_tolerance"].widget = box
        self._initial(item)
        self.limits = limits
        for limit in limits:
            self._add_place(limit, {one.code: one for one in item.measuring}.get(limit.code))

    def _choices(self) -> None:
        known = [(key, _marked(str(row), row.confidence)) for key, row in self.schedules.items()]
        none = ("", _("No schedule: beyond a limit a load is rejected"))
        self.fields["schedule"].choices = [none, *known]  # type: ignore[attr-defined]
        schemes = [(s.code, _marked(s.name, s.confidence)) for s in sampling_schemes().values()]
        self.fields["sampling"].choices = [("", _("not said")), *schemes]  # type: ignore[attr-defined]

    def _initial(self, item: ItemContent) -> None:
        chosen = (item.schedule, item.schedule_edition)
        found = (k for k, row in self.schedules.items() if (row.code, row.edition) == chosen)
        self.initial = {
            "schedule": next(found, ""),
            "sampling": item.sampling,
            "quantity_tolerance": item.quantity_tolerance,
        }

    def _add_place(self, limit: LimitFact, said: Measuring | None) -> None:
        self.fields[f"place_{limit.code}"] = forms.ChoiceField(
            label=_("%s: where") % limit.name,
            choices=PLACES,
            required=False,
            initial=said.place if said else "",
        )
        self.fields[f"method_{limit.code}"] = forms.CharField(
            label=_("%s: method") % limit.name,
            max_length=120,
            required=False,
            initial=said.method if said else limit.method,
        )

    def rows(self) -> list[PlaceRow]:
        return [
            PlaceRow(x.name, self[f"place_{x.code}"], self[f"method_{x.code}"]) for x in self.limits
        ]

    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in ("schedule", "sampling", "quantity_tolerance")]

    def chosen(self) -> dict[str, Any]:
        """The answers as fields of an ItemContent."""
        said = self.cleaned_data
        row = self.schedules.get(said["schedule"])
        return {
            "schedule": row.code if row else "",
            "schedule_edition": row.edition if row else "",
            "sampling": said["sampling"],
            "quantity_tolerance": said["quantity_tolerance"],
            "measuring": tuple(
                Measuring(x.code, said[f"place_{x.code}"], said[f"method_{x.code}"].strip())
                for x in self.limits
                if said[f"place_{x.code}"]
            ),
        }


def _marked(name: str, confidence: str) -> str:
    remark = REMARKS[Confidence(confidence)]
    return f"{name} – {remark}" if remark else name
