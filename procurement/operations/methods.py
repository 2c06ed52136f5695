"""Write what a draft says about a lot's method into rows; used by `contents` alone."""

from dataclasses import asdict

from marketplace.errors import Invalid
from procurement.models import (
    Criterion,
    CriterionRating,
    Lot,
    LotComponent,
    LotDivision,
    LotPoints,
    LotPreference,
    Tender,
    TenderSharing,
)
from procurement.rules import division
from procurement.rules.content import CriterionContent, LotContent, TenderContent
from procurement.rules.method_parts import TIE_BREAKS


def write(lot: Lot, content: LotContent) -> None:
    """Rows for points, additions and preference; raises Invalid for words that are not ours."""
    where = f"lots[{lot.number - 1}]"
    if content.tie_break not in TIE_BREAKS:
        raise Invalid("Choose one of the orders.", where=f"{where}.tie_break")
    if content.points is not None:
        LotPoints.objects.create(lot=lot, **asdict(content.points))
    if content.division is not None:
        LotDivision.objects.create(lot=lot, **asdict(content.division))
    _write_components(lot, content, where)
    _write_preference(lot, content, where)


def _write_components(lot: Lot, content: LotContent, where: str) -> None:
    for component in content.components:
        _check(component.per, LotComponent.Per.values, f"{where}.components")
    LotComponent.objects.bulk_create(
        LotComponent(lot=lot, number=number, **asdict(component))
        for number, component in enumerate(content.components, start=1)
    )


def _write_preference(lot: Lot, content: LotContent, where: str) -> None:
    rule = content.preference
    if rule is None:
        return
    _check(rule.base, LotPreference.Base.values, f"{where}.preference.base")
    _check(rule.way, LotPreference.Way.values, f"{where}.preference.way")
    if not rule.title.strip():
        raise Invalid("Say who is preferred.", where=f"{where}.preference.title")
    LotPreference.objects.create(lot=lot, **asdict(rule))


def write_rating(criterion: Criterion, content: CriterionContent) -> None:
    """How the marks of a rated criterion count."""
    if content.rating is None:
        return
    where = f"lots[{criterion.lot.number - 1}].criteria[{criterion.number - 1}].rating.combine"
    _check(content.rating.combine, CriterionRating.Combine.values, where)
    CriterionRating.objects.create(criterion=criterion, **asdict(content.rating))


def _check(word: str, words: list[str], where: str) -> None:
    if word not in words:
        raise Invalid(f"Choose one of: {', '.join(filter(None, words))}.", where=where)


def write_sharing(tender: Tender, content: TenderContent) -> None:
    """The rules that the tender's divided lots share, replaced whole."""
    TenderSharing.objects.filter(tender=tender).delete()
    rule = content.sharing
    if rule is None:
        return
    for name in ("cap_of", "reserve_of"):
        _check(getattr(rule, name), list(division.BASES), f"sharing.{name}")
    _check(rule.reserve_group, ["", *division.GROUPS], "sharing.reserve_group")
    _check(rule.tie_break, list(division.TIE_BREAKS), "sharing.tie_break")
    TenderSharing.objects.create(tender=tender, **asdict(rule))
