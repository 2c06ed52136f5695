"""What an officer may change in a published tender: a notice and later times, with the reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.drafts import ReasonForm, moment
from marketplace.web.forms.widgets import DateParts, TextNumber, owed
from procurement.rules import amending, words
from procurement.rules.amending import Timetable


class AmendmentForm(ReasonForm):
    """Times are in the service's zone; what is left as it was does not change."""

    notice = forms.CharField(
        label=_("Notice to bidders"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 6}),
    )
    deadline = forms.DateField(label=_("Day on which bids close"), widget=DateParts)
    deadline_time = forms.TimeField(label=_("Bids close at"), widget=TextNumber(width="6"))
    enquiry_deadline = forms.DateField(
        label=_("Last day for questions"), required=False, widget=DateParts
    )
    enquiry_time = owed(
        forms.TimeField(label=_("Questions end at"), required=False, widget=TextNumber(width="6"))
    )
    field_order = ("notice", "deadline", "deadline_time", "enquiry_deadline", "enquiry_time")

    def __init__(
        self,
        data: Any,
        *,
        old: Timetable,
        now: datetime,
        least: timedelta,
        due: datetime | None = None,
    ) -> None:
        """`least` is how long bids stay open after a notice; `due` what an outage asks for."""
        super().__init__(data, initial=_initial(replace(old, deadline=due or old.deadline)))
        self.old, self.now = old, now
        self.least = least
        self.fields["notice"].help_text = _(
            "It is published word for word and sent to whoever has bid or asked. Bids then stay "
            "open for at least %(period)s. What is bought and how bids are judged stays as it "
            "was published."
        ) % {"period": words.after(least)}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors:
            notice = said["notice"].strip()
            for found in amending.problems(self.old, self.new(), notice, self.now, self.least):
                self.add_error(found.where, found.message)
        return said

    def new(self) -> Timetable:
        """The timetable as it will be."""
        said = self.cleaned_data
        return Timetable(
            _moved(self.old.deadline, said, "deadline", "deadline_time") or self.old.deadline,
            _moved(self.old.enquiry_deadline, said, "enquiry_deadline", "enquiry_time"),
        )


def _moved(old: datetime | None, said: Mapping[str, Any], day: str, hour: str) -> datetime | None:
    """The instant that was typed; the old one, to the second, where the typed minute is its own."""
    at = moment(said[day], said[hour])
    same = old is not None and at == old.replace(second=0, microsecond=0)
    return old if same else at


def _initial(old: Timetable) -> dict[str, object]:
    values: dict[str, object] = {}
    pairs = (
        (old.deadline, "deadline", "deadline_time"),
        (old.enquiry_deadline, "enquiry_deadline", "enquiry_time"),
    )
    for at, day, hour in pairs:
        if at is not None:
            local = timezone.localtime(at)
            values |= {day: local.date(), hour: f"{local:%H:%M}"}
    return values
