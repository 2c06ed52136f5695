"""Measured values of a sample, and what a price needs; made from the standard and the schedule."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.web.forms.widgets import DateParts, Measure, TextNumber
from produce.models import PriceAdjustmentSchedule, Standard
from produce.rules.adjustmentfacts import UnitPrice
from produce.rules.adjustmentfile import ScheduleEntry
from produce.rules.adjustmentwords import name_of
from produce.rules.facts import Kind
from produce.rules.grading import GradeFact
from produce.rules.limits import LimitFact, unit_words
from produce.rules.sample import (
    Deal,
    fixes_price,
    foreign_shares,
    needs_day,
    needs_limits,
    price_unit,
    units_of,
)
from produce.rules.units import UNITS

MISSING = _("Measure this and type the value: what is not measured is never a pass.")
NUMBER = {"invalid": _("Write it in digits with a decimal point, for example 12.5.")}
OTHER = "something else"


class StandardForm(forms.Form):
    """Which table to grade by; sent as an address, so that it can be kept and shared."""

    standard = forms.ChoiceField(label=_("Which produce, and which standard?"))

    def __init__(self, *args: Any, standards: Iterable[Standard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for row in standards:
            groups.setdefault(row.commodity.name, []).append((str(row.pk), str(row)))
        self.fields["standard"].choices = sorted(groups.items())  # type: ignore[attr-defined]


class SampleForm(forms.Form):
    """`m_CODE` for what the standard grades, `x_CODE` for what only the schedule needs."""

    def __init__(
        self,
        *args: Any,
        grades: tuple[GradeFact, ...],
        schedule: ScheduleEntry | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.grades, self.schedule = grades, schedule
        self.limits = [limit for limit in grades[0].limits if not limit.components]
        for limit in self.limits:
            self.fields[f"m_{limit.code}"] = _box(limit, grades)
        if schedule:
            self._add_deal(schedule)

    def _add_deal(self, schedule: ScheduleEntry) -> None:
        known = {limit.code for limit in self.grades[0].limits}
        for code, unit in units_of(schedule).items():
            if code not in known:
                self.fields[f"x_{code}"] = _number(name_of(code), unit_words(unit))
        currency, per = price_unit(schedule) or ("USD", "t")
        unit = "litre" if per == "litre" else "kg"
        self.fields["net_weight"] = _positive(_("Net weight of the load"), Measure(unit))
        if not fixes_price(schedule):
            self._add_price(schedule, currency, per)
        if needs_limits(schedule):
            choices = [(g.code, g.name) for g in self.grades]
            self.fields["contracted"] = forms.ChoiceField(
                label=_("Which grade was agreed?"), choices=choices
            )
        if needs_day(schedule):
            self.fields["delivered_on"] = forms.DateField(
                label=_("Day of delivery"), widget=DateParts
            )
        for other in foreign_shares(schedule, currency):
            words = _("Rate: what one %(other)s costs in %(own)s")
            label = words % {"other": other, "own": currency}
            self.fields[f"rate_{other}"] = _positive(label, TextNumber())

    def _add_price(self, schedule: ScheduleEntry, currency: str, per: str) -> None:
        self.fields["price"] = _positive(_("Price before adjustment"), TextNumber())
        fixed = price_unit(schedule) is not None
        codes = [currency] if fixed else ["USD", "ZWG", "KES", "INR", "ZAR", "EUR"]
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[(code, code) for code in codes]
        )
        units = {code: unit.name for code, unit in UNITS.items() if unit.dimension == "mass"}
        if per in ("litre", "bu"):
            units = {per: _("litre") if per == "litre" else _("bushel")}  # type: ignore[dict-item]
        self.fields["per"] = forms.ChoiceField(
            label=_("Price for one"), choices=list(units.items()), initial=per
        )

    def measured(self) -> dict[str, str]:
        return {limit.code: self.cleaned_data[f"m_{limit.code}"] for limit in self.limits}

    def deal(self) -> Deal | None:
        """What the price needs, from a valid form."""
        if self.schedule is None:
            return None
        said = self.cleaned_data
        more = {name[2:]: said[name] for name in self.fields if name.startswith("x_")}
        rates = {name[5:]: said[name] for name in self.fields if name.startswith("rate_")}
        price = None
        if "price" in self.fields:
            price = UnitPrice(said["price"], said["currency"], said["per"])
        agreed = next((g for g in self.grades if g.code == said.get("contracted")), None)
        return Deal(
            schedule=self.schedule,
            net_weight=said["net_weight"],
            unit=self.fields["net_weight"].widget.suffix,
            price=price,
            contracted=agreed.limits if agreed else (),
            more=more,
            delivered_on=said.get("delivered_on"),
            rates=rates,
        )

    def sample_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(("m_", "x_"))]

    def deal_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(("m_", "x_"))]


class ScheduleForm(forms.Form):
    """Whether a price is reckoned as well, and after which schedule."""

    schedule = forms.ChoiceField(
        label=_("Reckon the price as well, after this schedule"), required=False
    )

    def __init__(
        self, *args: Any, schedules: Sequence[PriceAdjustmentSchedule], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(row.pk), str(row)) for row in schedules]
        self.fields["schedule"].choices = [("", _("No price, the grade alone")), *known]  # type: ignore[attr-defined]


def _box(limit: LimitFact, grades: tuple[GradeFact, ...]) -> forms.Field:
    if limit.kind is Kind.BOOLEAN:
        choices = [("absent", _("none found")), ("present", _("found"))]
        return forms.ChoiceField(
            label=limit.name,
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": MISSING},
        )
    if limit.kind is Kind.TEXT:
        return _words(limit, grades)
    return _number(limit.name, unit_words(limit.unit), limit.method)


def _words(limit: LimitFact, grades: tuple[GradeFact, ...]) -> forms.Field:
    texts = dict.fromkeys(x.text for g in grades for x in g.limits if x.code == limit.code)
    choices = [("", "–"), *((text, text) for text in texts), (OTHER, _("something else"))]
    return forms.ChoiceField(
        label=limit.name, choices=choices, error_messages={"required": MISSING}
    )


def _number(label: str, unit: str, method: str = "") -> forms.CharField:
    """Text, because the rules read numbers themselves and say what is wrong with one."""
    box = TextNumber(width="6")
    box.suffix = unit
    return forms.CharField(
        label=label,
        max_length=40,
        widget=box,
        help_text=method,
        error_messages={"required": MISSING},
    )


def _positive(label: Any, widget: forms.Widget) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=16,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        widget=widget,
        error_messages=NUMBER,
    )
