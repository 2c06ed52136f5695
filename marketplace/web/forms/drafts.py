"""The head of a tender: title, procedure, timetable."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organization
from marketplace.web.forms.widgets import DateParts, TextNumber, owed
from procurement.models import Tender
from procurement.rules import words
from procurement.rules.content import Problem, TenderContent, timetable_problems

CURRENCIES = (("USD", "USD – US dollar"), ("ZWG", "ZWG – Zimbabwe Gold"), ("ZAR", "ZAR – rand"))


class TitleForm(forms.Form):
    title = forms.CharField(
        label=_("Title of the tender"),
        max_length=200,
        help_text=_("What is bought, and for whom. For example: White maize for Gwanda depot."),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("What a farmer needs to know before bidding, in plain words."),
    )


class NewTenderForm(TitleForm):
    """The first page of a tender; asks for the buyer where a person acts for several."""

    organization = forms.ChoiceField(label=_("Buyer"))

    def __init__(self, data: Any, *, buyers: Sequence[Organization]) -> None:
        super().__init__(data)
        self.buyers = {organization.public_id: organization for organization in buyers}
        if len(buyers) == 1:
            del self.fields["organization"]
            return
        choices = [(key, found.name) for key, found in self.buyers.items()]
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]
        self.order_fields(["organization", "title", "description"])

    def buyer(self) -> Organization:
        chosen = self.cleaned_data.get("organization") or next(iter(self.buyers))
        return self.buyers[chosen]


class ProcedureForm(forms.Form):
    method = forms.ChoiceField(
        label=_("Method of procurement"), choices=Tender.Method.choices, widget=forms.RadioSelect
    )
    # “Everyone” is the empty value, not an empty answer.
    reserved_for = owed(
        forms.ChoiceField(
            label=_("Who may bid?"),
            choices=Tender.ReservedFor.choices,
            required=False,
            widget=forms.RadioSelect,
            help_text=_("A reserved tender is open to this group only."),
        )
    )
    currency = forms.ChoiceField(label=_("Currency of the bids"), choices=CURRENCIES)


class TimetableForm(forms.Form):
    """Dates and hours in the service's zone; half-open: a bid at the deadline is late."""

    enquiry_deadline = forms.DateField(
        label=_("Last day for questions"),
        required=False,
        widget=DateParts,
        help_text=_("Without it questions may be asked until bids close."),
    )
    enquiry_time = owed(
        forms.TimeField(
            label=_("Questions end at"),
            required=False,
            initial="16:00",
            widget=TextNumber(width="6"),
            help_text=_("Hours and minutes, for example 16:00. Needed with a last day."),
        )
    )
    deadline = forms.DateField(label=_("Day on which bids close"), widget=DateParts)
    deadline_time = forms.TimeField(
        label=_("Bids close at"),
        initial="10:00",
        widget=TextNumber(width="6"),
        help_text=_("A bid that arrives at this very moment is late."),
    )
    standstill_days = forms.IntegerField(
        label=_("Standstill after the award, in days"),
        min_value=0,
        max_value=365,
        widget=TextNumber(width="4", whole=True),
        help_text=_("No contract is signed in this time, so that bidders can object."),
    )

    def __init__(self, *args: Any, now: datetime, period: timedelta, **kwargs: Any) -> None:
        """`period` is the shortest time that bids stay open after publication."""
        super().__init__(*args, **kwargs)
        self.now, self.period = now, period

    def clean(self) -> dict[str, Any]:
        """Refuse here what the check before publication would refuse for certain."""
        said: dict[str, Any] = super().clean() or {}
        # None, not missing: a time that could not be read has its error already.
        if said.get("enquiry_deadline") and said.get("enquiry_time", "") is None:
            self.add_error("enquiry_time", _("Say at which hour questions end."))
        if not self.errors:
            content = replace(TenderContent(title=""), **self.changes())
            for problem in timetable_problems(content, self.now, self.period):
                self.add_error(problem.where, self._told(problem))
        return said

    def _told(self, problem: Problem) -> str:
        if problem.where != "deadline":
            return problem.message
        zone = timezone.get_default_timezone()
        first = words.instant(words.next_minute(self.now + self.period), zone, gettext)
        earliest = gettext("If it is published now, the earliest is %s.") % first
        return f"{problem.message} {earliest}"

    @staticmethod
    def initial_of(content: TenderContent) -> dict[str, object]:
        values: dict[str, object] = {"standstill_days": content.standstill_days}
        for name, hour in (("deadline", "deadline_time"), ("enquiry_deadline", "enquiry_time")):
            at = getattr(content, name)
            if at is not None:
                local = timezone.localtime(at)
                values |= {name: local.date(), hour: f"{local:%H:%M}"}
        return values

    def changes(self) -> dict[str, Any]:
        """What the timetable says, as fields of a TenderContent."""
        said = self.cleaned_data
        return {
            "enquiry_deadline": moment(said["enquiry_deadline"], said["enquiry_time"]),
            "deadline": moment(said["deadline"], said["deadline_time"]),
            "standstill_days": said["standstill_days"],
        }


def moment(day: date | None, hour: time | None) -> datetime | None:
    """That hour of that day in the service's zone; midnight where no hour is given."""
    if day is None:
        return None
    return datetime.combine(day, hour or time(), tzinfo=timezone.get_default_timezone())


class QuorumForm(forms.Form):
    opening_quorum = forms.IntegerField(
        label=_("How many openers must act together?"),
        min_value=2,
        max_value=10,
        widget=TextNumber(width="2", whole=True),
        help_text=_("At least two, and fewer than are appointed, in case one is away."),
    )


class ReasonForm(forms.Form):
    """A decision with its reason, which is published."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("The reason is published. Write it so that every bidder understands it."),
    )
