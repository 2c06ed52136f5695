"""What the rules say in English, in the reader's language: limits, remarks, what a bid lacks."""

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_lazy

from produce.rules import farmer
from produce.rules.facts import REMARKS, Confidence, Kind
from produce.rules.limits import LimitFact, bound_words, with_unit
from produce.rules.numbers import plain

# The rules know no languages. Their sentences are named here, so that the catalogues hold them.
SAID = (
    gettext_lazy("none allowed"),
    gettext_lazy("must be present"),
    gettext_lazy("no limit"),
    gettext_lazy("partly confirmed; check the official text"),
    gettext_lazy("to be confirmed against the official text"),
    gettext_lazy("sources disagree; check the official text"),
    gettext_lazy("computed from other values"),
    gettext_lazy("Give a price for at least one lot."),
    gettext_lazy("Give a price for every item of the lot."),
    gettext_lazy("The price per unit must be above zero."),
    gettext_lazy("Declare this value."),
    gettext_lazy("Write the value as a plain number, for example 12.5."),
    gettext_lazy("Choose an option."),
    gettext_lazy("Say the least and the most that you would deliver."),
    gettext_lazy("Give a price for the lot too, or leave its quantities out."),
    gettext_lazy("The least that you would deliver is above the most."),
)
PLACES = {
    "lot": gettext_lazy("lot"),
    "item": gettext_lazy("item"),
    "criterion": gettext_lazy("criterion"),
    "quantity": gettext_lazy("quantity"),
    "prices": gettext_lazy("prices"),
}


def bound(limit: LimitFact) -> str:
    """A limit without its name, as `bound_words` has it in English."""
    low, high = limit.minimum, limit.maximum
    if limit.text and limit.kind is not Kind.BOOLEAN:
        return limit.text
    if low is not None and high is not None:
        if low == high:
            return gettext("exactly %s") % with_unit(limit, low)
        said = {"low": plain(low), "high": with_unit(limit, high)}
        return gettext("between %(low)s and %(high)s") % said
    if high:
        return gettext("at most %s") % with_unit(limit, high)
    if low is not None:
        return gettext("at least %s") % with_unit(limit, low)
    return gettext(bound_words(limit))


def remark(confidence: str) -> str:
    """How well a value is known; empty where it is confirmed."""
    text = REMARKS[Confidence(confidence)]
    return gettext(text) if text else ""


def must(commodity: str, limits: Sequence[LimitFact]) -> list[str]:
    """What the goods must be, one sentence a limit, moisture first (as `farmer.must`)."""
    ordered = sorted(limits, key=lambda limit: limit.code != "MOISTURE")
    return [_must(commodity, limit) for limit in ordered]


def _must(commodity: str, limit: LimitFact) -> str:
    if limit.code == "MOISTURE" and limit.maximum is not None:
        said = {"goods": farmer.goods(commodity), "dry": with_unit(limit, limit.maximum)}
        return gettext("Your %(goods)s must have %(dry)s moisture or be drier.") % said
    if farmer.is_none(limit):
        return gettext("%s: none at all.") % limit.name
    return f"{limit.name}: {bound(limit)}."


def place(where: str) -> str:
    """“lot 1, item 2” in the reader's language; what else a place holds is a name."""
    return ", ".join(_part(part) for part in where.split(", "))


def _part(part: str) -> str:
    word, blank, number = part.partition(" ")
    known = word in PLACES and (not blank or number.isdigit())
    return f"{PLACES[word]}{blank}{number}" if known else part
