"""How the bids for a lot are compared, in sentences."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from marketplace.fields import plain
from marketplace.web.forms.methods import tie_words
from procurement.models import CriterionRating, LotComponent, LotPreference
from procurement.rules.content import CriterionContent, LotContent
from procurement.rules.method_parts import (
    TIE_BREAK,
    ComponentContent,
    PointsContent,
    PreferenceContent,
    RatingContent,
)
from procurement.rules.scoring import METHODS


def method_words(lot: LotContent) -> list[str]:
    """What the method adds to its name: points, additions, preference, marks, ties."""
    return list(_words(lot))


def published_words(lot: Mapping[str, Any]) -> list[str]:
    """The same of a lot of the frozen terms; older terms do not have every part."""
    criteria = tuple(
        CriterionContent(c["title"], c["kind"], rating=_part(RatingContent, c.get("rating")))
        for c in lot["criteria"]
    )
    components = tuple(
        ComponentContent(c["title"], c["per"], c["source"], c["in_margin"])
        for c in lot.get("components", ())
    )
    return method_words(
        LotContent(
            title=lot["title"],
            evaluation_method=lot["evaluation_method"],
            criteria=criteria,
            components=components,
            preference=_part(PreferenceContent, lot.get("preference")),
            points=_part(PointsContent, lot.get("points")),
            tie_break=tuple(lot.get("tie_break", TIE_BREAK)),
        )
    )


NUMBERS = ("weight", "total", "lowest", "highest", "minimum", "highest_mark", "margin")


def _part(part: Callable[..., Any], data: Mapping[str, Any] | None) -> Any:
    if data is None:
        return None
    return part(**{k: Decimal(v) if v and k in NUMBERS else v for k, v in data.items()})


def _words(lot: LotContent) -> Iterator[str]:
    method = METHODS[lot.evaluation_method]
    if method.relative:
        yield _("Each bid is measured against the cheapest: a losing bid can change the winner.")
    if method.by_points and lot.points is not None:
        yield from points_words(lot.points)
    if method.adds:
        for component in lot.components:
            said = {"title": component.title, "per": LotComponent.Per(component.per).label.lower()}
            too = _(" The margin is reckoned on it too.") if component.in_margin else ""
            yield _("Added to each price: %(title)s, %(per)s.") % said + too
        if lot.preference is not None:
            yield preference_words(lot.preference)
    yield from (rated_words(c, c.rating) for c in lot.criteria if c.rating is not None)
    yield _("If two bids are exactly equal: %s.") % tie_words(lot.tie_break)


def points_words(points: PointsContent) -> Iterator[str]:
    """What the price earns, and what the criteria must."""
    said = {"weight": plain(points.weight), "total": plain(points.total)}
    yield _("The price earns up to %(weight)s of %(total)s points.") % said
    if points.lowest is not None and points.highest is not None:
        bounds = {"lowest": plain(points.lowest), "highest": plain(points.highest)}
        yield _("All of them at %(lowest)s or less, none at %(highest)s or more.") % bounds
    if points.minimum is not None:
        yield _("The criteria must earn %s points together.") % plain(points.minimum)


def preference_words(rule: PreferenceContent) -> str:
    """The margin of preference in one sentence."""
    said = {
        "who": rule.title,
        "percent": plain((rule.margin * 100).normalize()),
        "base": LotPreference.Base(rule.base).label.lower(),
        "way": LotPreference.Way(rule.way).label.lower(),
    }
    return (
        _("Preferred: %(who)s. %(percent)s %% of %(base)s is %(way)s, for comparing only.") % said
    )


def rated_words(criterion: CriterionContent, rule: RatingContent) -> str:
    """How marks become points, in one sentence."""
    said = {
        "title": criterion.title,
        "best": plain(rule.highest_mark),
        "weight": plain(rule.weight),
        "combine": CriterionRating.Combine(rule.combine).label.lower(),
    }
    text = _(
        "%(title)s: evaluators give marks from 0 to %(best)s, worth up to %(weight)s points. "
        "Of several marks counts: %(combine)s."
    )
    least = _(" Below %s a bid is out.") % plain(rule.minimum) if rule.minimum else ""
    return text % said + least
