"""What the optional parts of the terms must mean before anything is scored.

`check_optional` raises InvalidCase at the first contradiction, naming the place.
"""

import hashlib
import re
from collections.abc import Collection, Hashable, Iterable
from fractions import Fraction

from procurement.rules.evaluated_price import MARGIN
from procurement.rules.facts import GATE, MONEY, RATED, Case, Criterion
from procurement.rules.money import total
from procurement.rules.optional_facts import BASE_COMPONENTS, Matching, Nonce, Preference
from procurement.rules.points import PRICE_POINTS
from procurement.rules.reading import excerpt, refuse
from procurement.rules.score import highest
from procurement.rules.scoring import METHODS, Method
from procurement.rules.ties import PREFERENCE_POINTS, SPLIT

# What the working calls its own parts.
RESERVED = ("price", PRICE_POINTS, MARGIN)
_HEX = re.compile(r"([0-9a-f]{2}){16,64}")


def check_optional(case: Case) -> None:
    """Raise InvalidCase unless the optional parts of the terms fit the method and each other."""
    method = METHODS[case.method]
    _check_belonging(case, method)
    _check_components(case)
    check_unique([group.group for group in case.groups], "groups", "group")
    check_unique([rate.currency for rate in case.rates], "rates", "currency")
    _check_rates(case)
    if case.preference is not None:
        _check_preference(case, case.preference)
    _check_matching(case)
    _check_ties(case)
    _check_minimum_points(case)
    _check_draw(case)


def check_unique(names: Iterable[Hashable], place: str, noun: str) -> None:
    """Raise InvalidCase at the second of two equal names."""
    seen = set()
    for index, name in enumerate(names):
        if name in seen:
            words = " of ".join(reversed(name)) if isinstance(name, tuple) else name
            refuse(f"{place}[{index}]", f'the {noun} "{excerpt(str(words))}" stands here twice')
        seen.add(name)


def known(name: str, names: Collection[str], place: str, noun: str) -> None:
    """Raise InvalidCase unless the name is one of those that the terms define."""
    if name not in names:
        refuse(place, f'there is no {noun} "{excerpt(name)}"')


def _check_belonging(case: Case, method: Method) -> None:
    """Parts that the method would pass over are refused: they would count for nothing."""
    unused = {
        "components": case.components and not method.adds,
        "preference": case.preference and not method.adds,
        "minimum_points": case.minimum_points and not method.by_points,
        "stage": case.stage and not method.by_points,
        "matching": case.matching and method.by_points,
    }
    for place, wrong in unused.items():
        if wrong:
            refuse(place, f"the method {case.method} does not use it; leave it out")


def _check_components(case: Case) -> None:
    names = [one.component for one in case.components]
    check_unique(names, "components", "component")
    criteria = {c.criterion for c in case.criteria}
    for index, name in enumerate(names):
        if name in RESERVED or name in criteria:
            refuse(f"components[{index}].component", f'"{excerpt(name)}" names something else')


def _check_rates(case: Case) -> None:
    for index, rate in enumerate(case.rates):
        place = f"rates[{index}]"
        if rate.currency == case.currency:
            refuse(f"{place}.currency", "is the currency of the lot and needs no rate")
        if (rate.units is None) != (rate.worth is None):
            refuse(place, "units and worth belong together; write both or null for both")
        for name in ("date", "source"):
            if not getattr(rate, name).strip():
                refuse(f"{place}.{name}", "a rate needs its date and its source")


def _check_preference(case: Case, rule: Preference) -> None:
    known(rule.group, {g.group for g in case.groups}, "preference.group", "group")
    if rule.margin >= 1:
        refuse("preference.margin", "is a share and must be below 1")
    if bool(rule.components) != (rule.base == BASE_COMPONENTS):
        refuse("preference.components", f"name some for the base {BASE_COMPONENTS}, else none")
    check_unique(rule.components, "preference.components", "component")
    names = {one.component for one in case.components}
    names |= {c.criterion for c in case.criteria if c.kind == MONEY}
    for index, name in enumerate(rule.components):
        known(name, names, f"preference.components[{index}]", "component")


def _check_matching(case: Case) -> None:
    check_unique([rule.matching for rule in case.matching], "matching", "rule")
    for index, rule in enumerate(case.matching):
        _check_rule(case, rule, f"matching[{index}]")
    if case.matching and case.partial is not None:
        refuse("matching", "every bid must offer the full quantity; partial must be null")
    if total(rule.share for rule in case.matching) > 1:
        refuse("matching", "the shares add up to more than the whole lot")
    if case.matching:
        _check_quanta(case, "matching")


def _check_rule(case: Case, rule: Matching, place: str) -> None:
    known(rule.group, {g.group for g in case.groups}, f"{place}.group", "group")
    for name in ("band", "share"):
        if getattr(rule, name) > 1:
            refuse(f"{place}.{name}", "is a share and must be at most 1")


def _check_quanta(case: Case, place: str) -> None:
    for index, item in enumerate(case.items):
        if item.quantum is None:
            refuse(f"items[{index}].quantum", f"{place} divides the lot and needs the step for it")


def _check_ties(case: Case) -> None:
    if PREFERENCE_POINTS in case.tie_break and not case.groups:
        refuse("tie_break", f"{PREFERENCE_POINTS} needs groups with points")
    if SPLIT in case.tie_break:
        _check_quanta(case, SPLIT)
        if case.partial is not None:
            refuse("tie_break", f"{SPLIT} needs bids for the full quantity; partial must be null")


def _check_minimum_points(case: Case) -> None:
    if case.minimum_points is None:
        return
    kinds = METHODS[case.method].criteria
    if case.minimum_points > total(value for _, value in highest(case, *kinds)):
        refuse("minimum_points", "is more than all criteria together can earn")


def _check_draw(case: Case) -> None:
    """The seed is the hash of the nonces, and each nonce is the one that was committed to."""
    if case.draw_seed is not None and not _HEX.fullmatch(case.draw_seed):
        refuse("draw_seed", "must be 32 to 128 lower-case hexadecimal digits, two for each byte")
    check_unique([one.officer for one in case.draw_nonces], "draw_nonces", "officer")
    for index, one in enumerate(case.draw_nonces):
        if not _HEX.fullmatch(one.nonce):
            refuse(f"draw_nonces[{index}].nonce", "must be 32 to 128 hexadecimal digits")
        if hashlib.sha256(bytes.fromhex(one.nonce)).hexdigest() != one.commitment:
            refuse(f"draw_nonces[{index}].nonce", "is not the one that was committed to")
    if case.draw_nonces and case.draw_seed != seed_of(case.draw_nonces):
        refuse("draw_seed", "is not the SHA-256 of the nonces in the order of their officers")


def seed_of(nonces: Iterable[Nonce]) -> str:
    """SHA-256 over the bytes of all nonces, in the order of the officers' names."""
    ordered = sorted(nonces, key=lambda one: one.officer)
    return hashlib.sha256(b"".join(bytes.fromhex(one.nonce) for one in ordered)).hexdigest()


def check_criterion(criterion: Criterion, method: str, items: Collection[str], place: str) -> None:
    """One criterion: its kind decides what it must have and what it must not."""
    check_unique([o.option for o in criterion.options], f"{place}.options", "option")
    if criterion.kind != GATE and criterion.criterion in RESERVED:
        refuse(f"{place}.criterion", f'"{criterion.criterion}" names something else')
    _check_answers(criterion, place)
    if criterion.per_unit_of is not None:
        if criterion.kind != MONEY:
            refuse(f"{place}.per_unit_of", "only money is due per unit; leave it out")
        known(criterion.per_unit_of, items, f"{place}.per_unit_of", "item")
    if criterion.kind != GATE and criterion.kind not in METHODS[method].criteria:
        refuse(place, f"{method} uses no {criterion.kind} criteria; it would count for nothing")
    _check_rating(criterion, place)
    _check_bands(criterion, place)


def _check_answers(criterion: Criterion, place: str) -> None:
    judged = criterion.kind in (GATE, RATED)
    if criterion.kind == GATE and (criterion.options or criterion.steps):
        refuse(f"{place}.options", "a gate is passed or not; it has no options")
    if criterion.kind == RATED and (criterion.options or criterion.steps):
        refuse(f"{place}.options", "a rated criterion has marks; it has no options")
    if not judged and not criterion.options and criterion.steps is None:
        refuse(f"{place}.options", f"a {criterion.kind} criterion needs at least one option")
    if criterion.options and criterion.steps is not None:
        refuse(f"{place}.steps", "a criterion has options or a step table, not both")


def _check_rating(criterion: Criterion, place: str) -> None:
    rule = criterion.rating
    if (criterion.kind == RATED) != (rule is not None):
        refuse(f"{place}.rating", "a rated criterion needs it, and no other has one")
    if rule is not None and rule.minimum is not None and rule.minimum > rule.highest_mark:
        refuse(f"{place}.rating.minimum", "is above the highest mark")


def _check_bands(criterion: Criterion, place: str) -> None:
    if criterion.steps is None:
        return
    bands = criterion.steps.bands
    if not bands or bands[-1].up_to is not None:
        refuse(f"{place}.steps.bands", "the last band must have no end: write null for up_to")
    if all(band.value is None for band in bands):
        refuse(f"{place}.steps.bands", "no band is accepted")
    ends: list[Fraction] = []
    for index, band in enumerate(bands[:-1]):
        if band.up_to is None or (ends and band.up_to <= ends[-1]):
            refuse(f"{place}.steps.bands[{index}].up_to", "must rise from band to band")
        ends.append(band.up_to)
