"""The demanded quality of an item: a grade to start from, then its limits one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import TextNumber, owed
from produce.models import Standard
from produce.queries import grades_of
from produce.rules.facts import NUMERIC_KINDS, REMARKS, Change, Confidence, Direction, Kind
from produce.rules.limits import LimitFact, bound_words, unit_words
from produce.rules.specification import (
    AddLimit,
    Demand,
    LimitChange,
    RemoveLimit,
    SetLimit,
)

NONE = "none"


def grade_key(standard: str, edition: str, grade: str) -> str:
    return "|".join((standard, edition, grade)) if standard else NONE


class GradeForm(forms.Form):
    grade = forms.ChoiceField(
        label=_("Which grade do you start from?"),
        widget=forms.RadioSelect,
        help_text=_("On the next page you can make single limits stricter or less strict."),
    )

    def __init__(self, *args: Any, standards: Sequence[Standard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[tuple[str, Any]] = [(str(s), list(self._grades(s))) for s in standards]
        last = (NONE, _("No standard: the description is enough"))
        self.fields["grade"].choices = [*groups, last]  # type: ignore[attr-defined]

    @staticmethod
    def _grades(standard: Standard) -> Iterator[tuple[str, str]]:
        for grade in grades_of(standard):
            yield grade_key(standard.code, standard.edition, grade.code), grade.name

    def chosen(self) -> dict[str, Any]:
        """The choice as fields of an ItemContent."""
        key = self.cleaned_data["grade"]
        parts = ("", "", "") if key == NONE else tuple(key.split("|"))
        return dict(zip(("standard", "edition", "grade"), parts, strict=True))


@dataclass(frozen=True)
class LimitRow:
    """One limit as the page shows it: what the grade says, and the boxes to say otherwise."""

    name: str
    unit: str
    grade: str
    method: str
    remark: str
    change: str
    fields: list[forms.BoundField]
    drop: forms.BoundField


class LimitsForm(forms.Form):
    """Boxes `minimum_CODE`, `maximum_CODE`, `text_CODE`, `drop_CODE` for each limit of a grade."""

    def __init__(self, *args: Any, demands: Sequence[Demand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was added stays: this page is about the limits that the grade has.
        self.added = [AddLimit(d.limit) for d in demands if d.change is Change.ADDED]
        self.demands = [d for d in demands if d.base is not None]
        for demand in self.demands:
            self._add_boxes(demand)

    def _add_boxes(self, demand: Demand) -> None:
        limit = demand.limit
        if limit.kind in NUMERIC_KINDS:
            for side in sides(limit):
                self.fields[f"{side}_{limit.code}"] = owed(number_box(limit, side))
        else:
            self.fields[f"text_{limit.code}"] = text_box(limit)
        self.fields[f"drop_{limit.code}"] = forms.BooleanField(
            label=_("Do not demand this"), required=False, initial=not demand.binds
        )

    def rows(self) -> list[LimitRow]:
        return [self._row(demand) for demand in self.demands]

    def _row(self, demand: Demand) -> LimitRow:
        limit = demand.limit
        boxes = [self[name] for name in self._names(limit)]
        assert demand.base is not None
        return LimitRow(
            name=limit.name,
            unit=unit_words(limit.unit),
            grade=bound_words(demand.base),
            method=limit.method,
            remark=REMARKS[Confidence(demand.base.confidence)],
            change="" if demand.change is Change.SAME else demand.change.value,
            fields=boxes,
            drop=self[f"drop_{limit.code}"],
        )

    def _names(self, limit: LimitFact) -> list[str]:
        names = [f"{kind}_{limit.code}" for kind in ("minimum", "maximum", "text")]
        return [name for name in names if name in self.fields]

    def changes(self) -> tuple[LimitChange, ...]:
        """What differs from the grade, with what had been added."""
        found = (self._change(demand) for demand in self.demands)
        return (*(change for change in found if change is not None), *self.added)

    def _change(self, demand: Demand) -> LimitChange | None:
        said, code, base = self.cleaned_data, demand.limit.code, demand.base
        assert base is not None
        if said[f"drop_{code}"]:
            return RemoveLimit(code)
        new = SetLimit(
            code=code,
            minimum=said.get(f"minimum_{code}"),
            maximum=said.get(f"maximum_{code}"),
            text=said.get(f"text_{code}", ""),
        )
        same = (new.minimum, new.maximum, new.text) == (base.minimum, base.maximum, base.text)
        return None if same else new


def sides(limit: LimitFact) -> list[str]:
    """Which bounds the page offers: that of the worse side, or both."""
    both = limit.direction is Direction.RANGE
    found = ["minimum"] if both or limit.direction is Direction.HIGHER else []
    if both or limit.direction is Direction.LOWER:
        found.append("maximum")
    for side in ("minimum", "maximum"):
        if getattr(limit, side) is not None and side not in found:
            found.append(side)
    return found


def number_box(limit: LimitFact, side: str) -> forms.DecimalField:
    words = _("%s: at least") if side == "minimum" else _("%s: at most")
    box = TextNumber(width="6")
    box.suffix = unit_words(limit.unit)
    return forms.DecimalField(
        label=words % limit.name,
        required=False,
        initial=getattr(limit, side),
        max_digits=16,
        decimal_places=6,
        widget=box,
    )


def text_box(limit: LimitFact) -> forms.Field:
    label = _("%s: demanded") % limit.name
    if limit.kind is Kind.BOOLEAN:
        choices = [("absent", _("none allowed")), ("present", _("must be present"))]
        return forms.ChoiceField(label=label, initial=limit.text, choices=choices)
    return forms.CharField(label=label, initial=limit.text, max_length=200)
