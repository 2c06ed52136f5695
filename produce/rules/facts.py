"""Words that the data files, the tables and the rules share."""

from enum import StrEnum


class Confidence(StrEnum):
    """How well a value is known. Only VERIFIED may be shown without a remark."""

    VERIFIED = "VERIFIED"
    VERIFIED_PARTIAL = "VERIFIED_PARTIAL"
    MEMORY = "MEMORY"
    CONFLICT = "CONFLICT"
    DERIVED = "DERIVED"


# What a reader is told beside a value of that confidence.
REMARKS: dict[Confidence, str] = {
    Confidence.VERIFIED: "",
    Confidence.VERIFIED_PARTIAL: "partly confirmed; check the official text",
    Confidence.MEMORY: "to be confirmed against the official text",
    Confidence.CONFLICT: "sources disagree; check the official text",
    Confidence.DERIVED: "computed from other values",
}


class Kind(StrEnum):
    """What a parameter's value is."""

    NUMERIC = "numeric"
    COUNT = "count"
    BOOLEAN = "boolean"
    TEXT = "text"
    CALCULATED = "calculated"


NUMERIC_KINDS = frozenset({Kind.NUMERIC, Kind.COUNT, Kind.CALCULATED})
# A boolean parameter asks whether something is there; its limit is written as one of these.
BOOLEAN_VALUES = frozenset({"absent", "present"})


class Direction(StrEnum):
    """Which way is better. `within_range` has a worse on both sides (density of milk)."""

    LOWER = "lower_is_better"
    HIGHER = "higher_is_better"
    RANGE = "within_range"
    EQUALS = "equals"


class Change(StrEnum):
    """How a tender's limit compares with the grade it started from.

    `changed` is neither stricter nor looser: another text, or one bound tightened and the other
    loosened.
    """

    SAME = "same"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Category(StrEnum):
    CEREALS = "cereals"
    PULSES = "pulses"
    OILSEEDS = "oilseeds"
    VEGETABLES = "vegetables"
    FRUIT = "fruit"
    ANIMAL = "animal products"
    PROCESSED = "processed"


class Effect(StrEnum):
    """What a step of a price adjustment does. `value` is read in the step's `unit`."""

    ACCEPT = "accept"
    REJECT = "reject"
    PRICE_DEDUCTION = "price_deduction"
    PRICE_BONUS = "price_bonus"
    PRICE_DEDUCTION_PERCENT = "price_deduction_percent"
    WEIGHT_DEDUCTION_PERCENT = "weight_deduction_percent"
    # value is the base to which the weight is standardised: W * (100 - M) / (100 - value)
    DRY_MATTER_WEIGHT = "dry_matter_weight"
    BASE_PRICE = "base_price"
    CURRENCY_SHARE_PERCENT = "currency_share_percent"


class Per(StrEnum):
    """How often a step's value applies."""

    ONCE = "once"
    # proportionally for each unit of the parameter beyond the bound
    POINT = "point"
    # for each `step_size` begun beyond the bound
    STARTED_STEP = "started_step"


class Rounding(StrEnum):
    """Rounding is configuration: notices of one schedule have rounded both ways."""

    NOT_STATED = "not_stated"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    TRUNCATE = "truncate"
