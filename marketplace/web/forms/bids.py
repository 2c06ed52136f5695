"""The steps of a bid. Blank is allowed on the way: what is missing is said before submission."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.errors import MusikaError
from marketplace.web.forms.widgets import Amount, TextNumber, owed
from marketplace.web.operate import sentence
from marketplace.web.presenters import sentences
from procurement.models import Lot, LotDivision, Tender
from procurement.operations import documents
from procurement.rules import bidding, biddraft, words
from procurement.rules.bidding import Attachment
from procurement.rules.biddraft import Draft
from produce import queries as produce
from produce.rules.facts import NUMERIC_KINDS, Kind
from produce.rules.limits import LimitFact, read_value, unit_words
from produce.rules.numbers import plain
from produce.rules.specification import active


class VersionedForm(forms.Form):
    """Carries the version of the draft that the page was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class LotsForm(VersionedForm):
    lots = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Which lots do you want to bid for?"),
        help_text=gettext_lazy(
            "You may bid for one lot, some or all. Each lot is awarded separately."
        ),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one lot.")},
    )

    def __init__(self, *args: Any, tender: Tender, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.TypedMultipleChoiceField = self.fields["lots"]  # type: ignore[assignment]
        field.choices = [
            (lot.number, f"{_('Lot %d') % lot.number}: {lot.title}") for lot in tender.lots.all()
        ]


class _Owed:
    """A field that the bid needs in the end, and that may be blank on the way there."""

    def validate(self, value: Any) -> None:
        if value not in forms.Field.empty_values:
            super().validate(value)  # type: ignore[misc]


class OwedText(_Owed, forms.CharField):
    pass


class OwedChoice(_Owed, forms.ChoiceField):
    pass


class LotForm(VersionedForm):
    """Prices, declared quality and chosen options of one lot, one field each.

    `lot` has its items, specifications and criteria prefetched.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, lot: Lot, draft: Draft, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lot, self.limits = lot, dict(_limits(lot))
        self.fields["version"].initial = draft.version
        for item in lot.items.all():
            field = OwedText(
                label=_("Price for one %(unit)s of %(item)s")
                % {"unit": item.unit, "item": item.description},
                help_text=_("Asked: %s. Give the price delivered, with everything that it costs.")
                % words.amount(item.quantity, item.unit),
                widget=Amount(currency),
                max_length=40,
                initial=draft.prices.get((lot.number, item.number)),
            )
            field.item = item.number  # type: ignore[attr-defined]
            self.fields[f"price-{item.number}"] = field
        self._add_quantities(draft)
        self._add_declared(draft)
        self._add_options(draft)

    def _add_quantities(self, draft: Draft) -> None:
        """Of a lot that is awarded in parts: the least and the most, and the capacity."""
        rule, item = getattr(self.lot, "division", None), self.lot.items.all()[0:1]
        if rule is None or not item:
            return
        unit, number = item[0].unit, self.lot.number
        step = words.amount(rule.quantum, unit)
        said = {
            biddraft.MOST: (
                _("The most that you would deliver, in %s") % unit,
                _("At most %(asked)s. This lot is awarded in parts, in steps of %(step)s.")
                % {"asked": words.amount(item[0].quantity, unit), "step": step},
                OwedText,
            ),
            biddraft.LEAST: (
                _("The least that you would deliver, in %s") % unit,
                _("You are awarded at least so much, or nothing. Empty: any quantity is fine."),
                forms.CharField,
            ),
        }
        for side, (label, hint, field) in said.items():
            self.fields[f"quantity-{side}"] = field(
                label=label,
                help_text=hint,
                max_length=40,
                required=side == biddraft.MOST,
                widget=TextNumber(),
                initial=draft.quantities.get((number, side)),
            )
        if LotDivision.objects.filter(lot__tender=self.lot.tender_id).count() > 1:
            self.fields["quantity-capacity"] = forms.CharField(
                label=_("The most of all such lots together, in %s") % unit,
                help_text=_("Leave it empty if you can deliver the most of each of them."),
                max_length=40,
                required=False,
                widget=TextNumber(),
                initial=draft.capacity,
            )

    def _add_declared(self, draft: Draft) -> None:
        for (item, code), limit in self.limits.items():
            field = _declared_field(limit)
            field.initial = draft.declared.get((self.lot.number, item, code))
            self.fields[f"quality-{item}-{code}"] = field

    def _add_options(self, draft: Draft) -> None:
        for criterion in self.lot.criteria.all():
            if not criterion.options.all():
                continue
            self.fields[f"option-{criterion.number}"] = OwedChoice(
                label=criterion.title,
                choices=[(str(o.number), o.label) for o in criterion.options.all()],
                widget=forms.RadioSelect,
                initial=draft.options.get((self.lot.number, criterion.number)),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, text in list(data.items()):
            try:
                if name.startswith("price-") and text:
                    data[name] = _price(text)
                elif name.startswith("quantity-") and text:
                    data[name] = format(_number(_ungrouped(text)), "f")
                elif name.startswith("quality-") and text:
                    limit = self.limits[_quality_key(name)]
                    data[name] = _text_of(read_value(limit, text))
            except MusikaError as error:
                self.add_error(name, sentence(error))
        return data

    def applied(self, draft: Draft) -> Draft:
        """The draft with what this form says."""
        lot, data = self.lot.number, self.cleaned_data
        capacity = data.get("quantity-capacity", draft.capacity)
        sides = {s: data.get(f"quantity-{s}", "") for s in biddraft.SIDES}
        return replace(draft, capacity=capacity).with_lot(
            lot,
            {(lot, int(n[6:])): v for n, v in data.items() if n.startswith("price-")},
            {(lot, *_quality_key(n)): v for n, v in data.items() if n.startswith("quality-")},
            {(lot, int(n[7:])): v for n, v in data.items() if n.startswith("option-")},
            {(lot, side): text for side, text in sides.items()},
        )


def _limits(lot: Lot) -> Iterator[tuple[tuple[int, str], LimitFact]]:
    for item in lot.items.all():
        if item.specification is not None:
            for limit in active(produce.demands_in(item.specification)):
                yield (item.number, limit.code), limit


def _quality_key(name: str) -> tuple[int, str]:
    _, item, code = name.split("-", 2)
    return int(item), code


def _text_of(value: Decimal | str) -> str:
    return value if isinstance(value, str) else plain(value)


def _number(text: str) -> Decimal:
    """As bids are read everywhere; the box says already that it is the price."""
    try:
        return bidding.number(text, "price")
    except bidding.BadBid as error:
        told = error.message.removeprefix("price: ")
        raise bidding.BadBid(told[:1].upper() + told[1:], where=error.where) from None


def _ungrouped(text: str) -> str:
    text = text.replace(" ", "")
    # Only commas that group thousands: “0,45” must be refused, not read as 45.
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", text):
        return text.replace(",", "")
    return text


def _price(text: str) -> str:
    text = _ungrouped(text)
    if re.fullmatch(r"\d+,\d+", text):
        point = text.replace(",", ".")
        raise bidding.BadBid(
            _("“%(text)s” has a comma. Write it with a point: %(point)s.")
            % {"text": text, "point": point}
        )
    value = _number(text)
    if value <= 0:
        raise bidding.BadBid(_("The price must be above zero."))
    return format(value, "f")


def _declared_field(limit: LimitFact) -> forms.Field:
    asked = _("Asked: %s.") % sentences.bound(limit)
    if limit.kind is Kind.BOOLEAN:
        choices = [("", _("Not said yet")), ("absent", _("Absent")), ("present", _("Present"))]
        return OwedChoice(label=limit.name, choices=choices, help_text=asked)
    widget: forms.Widget = forms.TextInput()
    if limit.kind in NUMERIC_KINDS:
        widget = TextNumber(width="6", whole=limit.kind is Kind.COUNT)
        widget.suffix = unit_words(limit.unit)
    return OwedText(label=limit.name, widget=widget, max_length=60, help_text=asked)


class DocumentForm(VersionedForm):
    """A file, and what it shows: one of the `requirements` (texts), or something else."""

    shows = owed(
        forms.ChoiceField(
            label=gettext_lazy("What is this document?"), required=False, widget=forms.RadioSelect
        )
    )
    title = forms.CharField(
        label=gettext_lazy("What is this document?"),
        max_length=200,
        help_text=gettext_lazy("For example, tax clearance certificate."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "PDF, JPEG, PNG, CSV, text, Word, Excel or OpenDocument; 5 MB at most."
        ),
        error_messages={
            "required": gettext_lazy(
                "No file arrived. Choose one; it may have been larger than 5 MB."
            )
        },
    )

    def __init__(self, *args: Any, requirements: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not requirements:
            del self.fields["shows"]
            return
        choices = [*((text, text) for text in requirements), ("", _("Something else"))]
        self.fields["shows"].choices = choices  # type: ignore[attr-defined]
        self.fields["title"].label = _("If it is something else, what?")
        self.fields["title"].help_text = _("For example, list of members.")
        self.fields["title"].required = False
        owed(self.fields["title"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        data["title"] = data.get("shows") or data.get("title", "")
        if not data["title"] and not {"shows", "title"} & set(self.errors):
            self.add_error("title", _("Say what this document is."))
        return data

    def attachment(self) -> Attachment:
        """The file, checked by its content. Raises BadDocument."""
        sent = self.cleaned_data["file"]
        content = sent.read(settings.DOCUMENT_MAX_BYTES + 1)
        file = documents.checked(sent.name, content)
        return Attachment(self.cleaned_data["title"], file.filename, file.media_type, content)
