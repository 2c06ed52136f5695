"""Evaluators: declare, state what is added to a price, give marks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organization
from marketplace.web.forms.widgets import Amount, TextNumber, owed
from procurement.models import Bid, Criterion, Lot, Mark
from procurement.operations.assessments import Assessment, Place
from procurement.operations.marks import GivenMark
from procurement.queries import judging

NONE = "none"


class DeclarationForm(forms.Form):
    """No conflict, or with which bidder and why."""

    tenderer = forms.ChoiceField(
        label=_("Do you have a conflict of interest?"), widget=forms.RadioSelect
    )
    reason = owed(
        forms.CharField(
            label=_("If so, what is it?"),
            required=False,
            max_length=4000,
            widget=forms.Textarea({"rows": 3}),
            help_text=_("For example: kinship, a share in the firm, a past job, a gift."),
        )
    )

    def __init__(self, data: Any, *, bidders: Sequence[Organization]) -> None:
        super().__init__(data)
        self.bidders = {row.public_id: row for row in bidders}
        named = [(key, _("Yes, with %s") % row.name) for key, row in self.bidders.items()]
        choices = [(NONE, _("No, with none of these bidders")), *named]
        self.fields["tenderer"].choices = choices  # type: ignore[attr-defined]

    def named(self) -> Organization | None:
        return self.bidders.get(self.cleaned_data["tenderer"])


class AssessmentForm(forms.Form):
    """An amount and its reason for each addition, and whether the bid is of the preferred."""

    def __init__(self, data: Any, *, lot: Lot, bid: Bid, currency: str) -> None:
        super().__init__(data)
        self.places: dict[Place, str] = {}
        self.items = {line.item_id: line.item for line in bid.lines.all()}
        known = {(a.component_id, a.item_id): a for a in bid.additions.all()}
        for component, item in judging.places(bid, lot.components.all()):
            self._add(component, item, known.get((component.pk, item)), currency)
        group, preference = judging.group(lot), getattr(lot, "preference", None)
        if group:
            source = preference.source if preference else ""
            self._add_group(group, source, next(iter(bid.group_findings.all()), None))

    def _add(self, component: Any, item: int | None, found: Any, currency: str) -> None:
        row = self.items[item] if item else None
        name = f"addition_{component.number}_{row.number if row else 0}"
        self.places[component.number, row.number if row else None] = name
        of = f", {row.description}" if row else ""
        self.fields[name] = forms.DecimalField(
            label=f"{component.title}{of}",
            help_text=component.get_per_display(),
            min_value=0,
            max_digits=16,
            decimal_places=4,
            initial=found.amount if found else None,
            widget=Amount(currency),
        )
        self.fields[f"why_{name}"] = forms.CharField(
            label=_("Where does this amount come from? %s") % f"{component.title}{of}",
            max_length=2000,
            initial=found.reason if found else "",
        )

    def _add_group(self, group: str, source: str, found: Any) -> None:
        self.fields["belongs"] = forms.ChoiceField(
            label=_("Does the bid belong to: %s?") % group,
            help_text=source,
            choices=(("yes", _("Yes")), ("no", _("No"))),
            widget=forms.RadioSelect,
            initial={True: "yes", False: "no"}[found.belongs] if found else None,
        )
        self.fields["evidence"] = owed(
            forms.CharField(
                label=_("By what evidence?"),
                required=False,
                max_length=2000,
                initial=found.evidence if found else "",
                help_text=_("Needed for “Yes”."),
            )
        )

    def found(self) -> Assessment:
        said = self.cleaned_data
        additions = {
            place: (said[name], said[f"why_{name}"]) for place, name in self.places.items()
        }
        belongs = said["belongs"] == "yes" if "belongs" in said else None
        return Assessment(additions, belongs, said.get("evidence", ""))


class MarksForm(forms.Form):
    """One evaluator's marks for one bid: a mark and its reason for each rated criterion."""

    def __init__(
        self, data: Any, *, bid: Bid, criteria: Sequence[Criterion], known: dict[int, Mark]
    ) -> None:
        super().__init__(data)
        self.bid, self.criteria = bid, list(criteria)
        for criterion in self.criteria:
            self._add(criterion, known.get(criterion.pk))

    def _add(self, criterion: Criterion, found: Mark | None) -> None:
        best: Decimal = criterion.rating.highest_mark
        self.fields[f"mark_{criterion.number}"] = forms.DecimalField(
            label=criterion.title,
            help_text=_("From 0 to %s.") % f"{best.normalize():f}",
            min_value=0,
            max_value=best,
            max_digits=12,
            decimal_places=4,
            initial=found.mark if found else None,
            widget=TextNumber(width="4"),
        )
        self.fields[f"reason_{criterion.number}"] = forms.CharField(
            label=_("Why this mark? %s") % criterion.title,
            max_length=2000,
            initial=found.reason if found else "",
            widget=forms.Textarea({"rows": 2}),
        )

    def given(self) -> list[GivenMark]:
        said = self.cleaned_data
        return [
            GivenMark(self.bid, c, said[f"mark_{c.number}"], said[f"reason_{c.number}"])
            for c in self.criteria
        ]
