"""Bids by what they are compared on, and how firm the first rank is, from a stored result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.web.presenters.result import ResultView, value_words
from procurement.rules.evaluated_price import MARGIN
from procurement.rules.money import decimal_text
from procurement.rules.points import PRICE_POINTS
from procurement.rules.words import at_least_cents, grouped, money

# The sentence of the engine that calls the parts by their names in the case.
PARTS = re.compile(r" Part by part, in [^:]+: .*?\.(?=\s|$)")
OWN = {
    "price": gettext_lazy("Price"),
    PRICE_POINTS: gettext_lazy("Points for the price"),
    MARGIN: gettext_lazy("Margin of preference"),
    "coefficient": gettext_lazy("Coefficient"),
    "points": gettext_lazy("Points"),
    "evaluated price": gettext_lazy("Evaluated price"),
}


@dataclass(frozen=True)
class Cell:
    """One part of a bid's value; `anchor` is its step in the bid's working, if it has one."""

    title: str
    value: str
    anchor: str


@dataclass(frozen=True)
class Row:
    line: dict[str, Any]
    cells: list[Cell]


@dataclass(frozen=True)
class Compared:
    titles: list[str]
    rows: list[Row]


def compared(view: ResultView) -> Compared:
    """A row for each ranked bid, a column for each part that its points or its price came from."""
    ranked = [line for line in view.lines if line["rank"] is not None and line["working"]]
    names = list(dict.fromkeys(n for line in ranked for n in _parts(line)))
    rows = [Row(line, [_cell(view, line, name) for name in names]) for line in ranked]
    return Compared([title_of(view, name) for name in names], rows)


def _parts(line: dict[str, Any]) -> dict[str, str]:
    """What the last step of the working puts together."""
    return {one["name"]: one["value"] for one in line["working"][-1]["inputs"]}


def _cell(view: ResultView, line: dict[str, Any], name: str) -> Cell:
    value = _parts(line).get(name)
    labels = {step["label"] for step in line["working"]}
    anchor = next((label for label in (name, f"band of {name}") if label in labels), "")
    show = _sum if name in view.sums else _shown
    shown = "–" if value is None else show(Fraction(value))
    return Cell(title_of(view, name), shown, anchor.replace(" ", "-"))


def _shown(value: Fraction) -> str:
    """Two decimals at the most beside each other; the exact figure stands in the working."""
    text = decimal_text(value)
    whole, _point, rest = text.partition(".")
    cut = "…" if len(rest.rstrip("…")) > 2 else ""
    return grouped(Decimal(f"{whole}.{rest.rstrip('…')[:2] or '0'}").normalize()) + cut


def _sum(value: Fraction) -> str:
    """A sum of money as the columns beside it write theirs; longer ones are cut and say so."""
    shown = _shown(value)
    return shown if shown.endswith("…") else grouped(at_least_cents(Decimal(decimal_text(value))))


def title_of(view: ResultView, name: str) -> str:
    """What a part or a step is called, in words."""
    return str(OWN.get(name) or view.titles.get(name.removeprefix("band of "), name))


@dataclass(frozen=True)
class StepView:
    """One step of a bid's working: what, the formula with its numbers, the value."""

    title: str
    formula: str
    value: str
    anchor: str


def steps(view: ResultView, line: dict[str, Any]) -> list[StepView]:
    """The working of one bid with criteria, additions and evaluators called by their names."""
    return [
        StepView(
            title_of(view, step["label"]),
            _formula(view, step),
            value_words(step["value"]),
            step["label"].replace(" ", "-"),
        )
        for step in line["working"]
    ]


def _formula(view: ResultView, step: dict[str, Any]) -> str:
    inputs = [f"{_input(view, one['name'])} = {one['value']}" for one in step["inputs"]]
    return f"{step['formula']}  [{', '.join(inputs)}]" if inputs else step["formula"]


def _input(view: ResultView, name: str) -> str:
    who = name.removeprefix("mark of ")
    if who != name:
        return _("mark of %s") % view.evaluators.get(who, who)
    return title_of(view, name)


def behind_words(view: ResultView, line: dict[str, Any]) -> str:
    """What put a bid behind the one above it, its parts called by their names."""
    if not line["behind"]:
        return ""
    parts = [
        f"{title_of(view, part['name'])} {_signed(Fraction(part['value']))}"
        for part in line["behind"]["parts"]
        if Fraction(part["value"])
    ]
    told = _(" Part by part: %s.") % "; ".join(parts)
    return view.named(PARTS.sub(lambda _found: told, line["behind"]["words"]))


def _signed(value: Fraction) -> str:
    return ("+" if value > 0 else "") + _shown(value)


def firmness(view: ResultView) -> list[str]:
    """What would have changed the winner: losing bids, weights, prices."""
    return list(_firmness(view))


def _firmness(view: ResultView) -> Iterator[str]:
    data = view.data
    for removal in data["removals"]:
        said = {"loser": _names(view, [removal["bid"]]), "other": _names(view, removal["winners"])}
        yield _("Without the losing bid of %(loser)s, %(other)s would have won.") % said
    for one in data["weights"]:
        yield _weight(view, one)
    for line in view.lines:
        if line["break_even"] and line["rank"] != 1:
            said = {"name": line["name"], "price": _level(line["break_even"], data["currency"])}
            yield _("%(name)s would have been level with the first at %(price)s.") % said


def _level(break_even: dict[str, Any], currency: str) -> str:
    """The price to the cent; where it does not end, cut and marked as going on."""
    text = decimal_text(Fraction(break_even["price"]["exact"]))
    cut = text.partition(".")[0] + "." + text.partition(".")[2][:2] if text.endswith("…") else text
    return money(Decimal(cut), currency) + ("…" if text.endswith("…") else "")


def _weight(view: ResultView, one: dict[str, Any]) -> str:
    said = {
        "first": _names(view, view.data["winners"]),
        "part": title_of(view, one["part"]),
        "lowest": one["lowest"]["decimal"],
        "highest": one["highest"]["decimal"],
        "weight": one["weight"]["decimal"],
    }
    text = _(
        "%(first)s stays first while “%(part)s” is worth %(lowest)s to %(highest)s points "
        "(published: %(weight)s)."
    )
    beyond = _names(view, sorted({*one["below"], *one["above"]}))
    return text % said + (_(" Beyond: %s.") % beyond if beyond else "")


def _names(view: ResultView, bids: list[str]) -> str:
    return ", ".join(view.bids[bid].tenderer.name for bid in bids)
