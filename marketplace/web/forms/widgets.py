"""Inputs that say what they expect; the field component reads `prefix`, `suffix`, `width`."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def owed(field: forms.Field) -> forms.Field:
    """A field that may be blank on the way and is needed in the end, or in some cases: its label
    does not say “optional”."""
    field.owed = True  # type: ignore[attr-defined]
    return field


class TextNumber(forms.TextInput):
    """A number typed as text: no spinner, no lost digits, the number pad on a phone."""

    prefix = ""
    suffix = ""

    def __init__(self, *, width: str = "10", whole: bool = False, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.width = width
        self.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
        self.attrs.setdefault("autocomplete", "off")
        self.attrs.setdefault("spellcheck", "false")


class Amount(TextNumber):
    """Money; the currency (ISO 4217) stands before the box."""

    def __init__(self, currency: str = "USD", **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.prefix = currency


class Measure(TextNumber):
    """A quantity; the unit stands behind the box."""

    def __init__(self, unit: str = "kg", **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.suffix = unit


class DateParts(forms.MultiWidget):
    """Day, month and year in three boxes: nobody has to page a calendar back forty years."""

    template_name = "web/forms/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            "day": forms.TextInput({"inputmode": "numeric", "class": "w2"}),
            "month": forms.TextInput({"inputmode": "numeric", "class": "w2"}),
            "year": forms.TextInput({"inputmode": "numeric", "class": "w4"}),
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: object) -> list:
        """Split a date, or the ISO text of one that was typed, into its three parts."""
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        year, month, day = [*str(value or "").split("-"), "", "", ""][:3]
        return [day, month, year]

    def value_from_datadict(  # type: ignore[override]
        self, data: Any, files: Any, name: str
    ) -> str:
        """Join what was typed into ISO text; a partial date stays text and fails as a date."""
        day, month, year = super().value_from_datadict(data, files, name)
        if not (day or month or year):
            return ""
        return "-".join([str(year or ""), str(month or "").zfill(2), str(day or "").zfill(2)])

    def get_context(self, name: str, value: object, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        titles = (_("Day"), _("Month"), _("Year"))
        for box, title in zip(context["widget"]["subwidgets"], titles, strict=True):
            box["title"] = title
        return context
