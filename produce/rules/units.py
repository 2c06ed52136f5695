"""Units of quantity with exact factors, and conversion between them.

Only units of one dimension convert. A crate has no fixed content: its dimension is its own, and a
tender that buys crates must say what one holds.
"""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction

from marketplace.errors import Invalid


@dataclass(frozen=True)
class Unit:
    """`factor` counts the dimension's base unit (kg, litre, each) in one of these."""

    code: str
    name: str
    dimension: str
    factor: Decimal


class UnknownUnit(Invalid):
    """The unit is not in the table."""

    code = "unknown-unit"


class UnitsDoNotConvert(Invalid):
    """The two units measure different things."""

    code = "units-do-not-convert"


class ConversionNotExact(Invalid):
    """The result has no finite decimal writing (7 eggs in dozens)."""

    code = "conversion-not-exact"


_TABLE = (
    Unit("kg", "kilogram", "mass", Decimal("1")),
    Unit("g", "gram", "mass", Decimal("0.001")),
    Unit("t", "tonne", "mass", Decimal("1000")),
    Unit("quintal", "quintal", "mass", Decimal("100")),
    # International avoirdupois pound, exact by definition since 1959.
    Unit("lb", "pound", "mass", Decimal("0.45359237")),
    Unit("bag_10kg", "10-kg bag", "mass", Decimal("10")),
    Unit("bag_50kg", "50-kg bag", "mass", Decimal("50")),
    Unit("bag_90kg", "90-kg bag", "mass", Decimal("90")),
    Unit("litre", "litre", "volume", Decimal("1")),
    Unit("ml", "millilitre", "volume", Decimal("0.001")),
    Unit("hl", "hectolitre", "volume", Decimal("100")),
    Unit("each", "each", "count", Decimal("1")),
    Unit("head", "head", "count", Decimal("1")),
    Unit("dozen", "dozen", "count", Decimal("12")),
    Unit("tray_30", "tray of 30", "count", Decimal("30")),
    Unit("crate", "crate", "crate", Decimal("1")),
)
UNITS: dict[str, Unit] = {unit.code: unit for unit in _TABLE}
# Far beyond any quantity: a division that is still not finished here never will be.
_EXACT = Context(prec=120, traps=[Inexact])


def unit(code: str) -> Unit:
    """Return the unit with this code. Raises UnknownUnit, which lists the known ones."""
    try:
        return UNITS[code]
    except KeyError as error:
        raise UnknownUnit(
            f"There is no unit “{code}”.", where=code, remedy=f"Use one of: {', '.join(UNITS)}."
        ) from error


def convert_ratio(value: Decimal, source: str, target: str) -> Fraction:
    """Return `value` of `source` counted in `target`, exact whatever the result."""
    a, b = unit(source), unit(target)
    if a.dimension != b.dimension:
        raise UnitsDoNotConvert(
            f"{a.name} cannot be converted to {b.name}: one is {a.dimension}, the other is "
            f"{b.dimension}.",
            where=f"{source} to {target}",
            remedy="Ask for the quantity in a unit of the same kind, or state what one holds.",
        )
    return Fraction(value) * Fraction(a.factor) / Fraction(b.factor)


def convert(value: Decimal, source: str, target: str) -> Decimal:
    """Return `value` of `source` counted in `target`; never rounds.

    Raises UnknownUnit, UnitsDoNotConvert, or ConversionNotExact where no finite decimal exists.
    """
    ratio = convert_ratio(value, source, target)
    try:
        with localcontext(_EXACT):
            return Decimal(ratio.numerator) / Decimal(ratio.denominator)
    except Inexact as error:
        raise ConversionNotExact(
            f"{value} {source} has no exact writing in {target}.",
            where=f"{source} to {target}",
            remedy="Keep the quantity in its own unit, or ask for a round number of it.",
        ) from error
