"""“Grade my produce” for programs: the same rules as the page, and nothing is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from api.access import ANYONE
from api.endpoint import ApiView, endpoint, now_of
from api.shapes import Day, Flag, Number, Shape, Text, Whole, listed
from api.v1 import find
from produce.models import PriceAdjustmentSchedule, Standard
from produce.queries import grade_table, schedule_entry, schedules_for
from produce.rules.adjustmentchecks import BadLoad
from produce.rules.adjustmentfacts import UnitPrice
from produce.rules.amounts import RoundTo
from produce.rules.facts import REMARKS, Rounding
from produce.rules.grading import GradeFact, ParameterGrade
from produce.rules.limits import bound_words
from produce.rules.numbers import plain
from produce.rules.sample import Deal, Reckoned, reckon


class MeasuredIn(Shape):
    parameter = Text(max_length=40)
    value = Text(max_length=200, help_text="A number as text; “absent” or “present”; or words.")


class PriceIn(Shape):
    amount = Number()
    currency = Text(max_length=3)
    per = Text(max_length=20, help_text="A unit such as t, kg or litre.")


class RateIn(Shape):
    currency = Text(max_length=3)
    rate = Number(help_text="In the currency of the price.")


class RoundingIn(Shape):
    mode = Text(max_length=12, help_text="half_up, half_even or truncate.")
    decimals = Whole(min_value=0, max_value=12)


class DealIn(Shape):
    schedule = Text(max_length=40)
    edition = Text(max_length=60)
    net_weight = Number()
    unit = Text(max_length=20, default="kg")
    price = PriceIn(required=False, allow_null=True, default=None)
    agreed_grade = Text(max_length=20, required=False, allow_blank=True, default="")
    measured = listed(MeasuredIn, 40, required=False, default=list)
    delivered_on = Day(required=False, allow_null=True, default=None)
    rates = listed(RateIn, 10, required=False, default=list)
    rounding = RoundingIn(required=False, allow_null=True, default=None)


class SampleIn(Shape):
    commodity = Text(max_length=40)
    standard = Text(max_length=40)
    edition = Text(max_length=60)
    measured = listed(MeasuredIn, 80)
    deal = DealIn(required=False, allow_null=True, default=None)


class ParameterOut(Shape):
    parameter = Text()
    name = Text()
    value = Text()
    unit = Text(allow_blank=True)
    grade = Text(allow_null=True)
    limit = Text()
    reason = Text()
    confidence = Text()
    remark = Text(allow_blank=True)


class LackOut(Shape):
    parameter = Text()
    words = Text()


class LiftOut(Shape):
    grade = Text()
    lacks = LackOut(many=True)


class StepOut(Shape):
    what = Text()
    formula = Text()
    value = Text()


class AmountOut(Shape):
    currency = Text()
    exact = Text(help_text="A decimal, or a fraction such as 69200/7.")
    shown = Text()


class ChangeOut(Shape):
    parameter = Text(allow_blank=True)
    words = Text()
    exact = Text()
    amount = Text()
    currency = Text()
    per = Text()


class AdjustmentOut(Shape):
    schedule = Text()
    edition = Text()
    outcome = Text(help_text="accept, adjusted or reject.")
    reasons = serializers.ListField(child=Text())
    delivered = Text()
    unit = Text()
    payable_weight = Text()
    price = Text()
    price_after = Text()
    currency = Text()
    per = Text()
    changes = ChangeOut(many=True)
    before = AmountOut()
    after = AmountOut(many=True)
    payments = AmountOut(many=True)
    rounding = Text()
    working = StepOut(many=True)


class GradedOut(Shape):
    grade = Text(allow_null=True, help_text="Null: rejected.")
    name = Text(allow_null=True)
    rejected = Flag()
    reasons = serializers.ListField(child=Text())
    parameters = ParameterOut(many=True)
    lift = LiftOut(allow_null=True)
    adjustment = AdjustmentOut(allow_null=True)


class Grading(ApiView):
    @endpoint(ANYONE, takes=SampleIn, gives=GradedOut)
    def post(self, request: Request, data: dict[str, Any]) -> dict[str, Any]:
        """Grade a measured sample and, with a deal, reckon what its load is paid. Keeps nothing."""
        standard = _standard(data)
        table = grade_table(standard)
        deal = _deal(request, standard, table, data["deal"]) if data["deal"] else None
        return _told(reckon(table, _values(data["measured"]), deal))


def _standard(data: dict[str, Any]) -> Standard:
    wanted = {"commodity__code": data["commodity"], "code": data["standard"]}
    rows = Standard.objects.filter(**wanted, edition=data["edition"])
    found = rows.select_related("commodity").first()
    if found is None:
        raise find.nothing("standard")
    return found


def _values(rows: list[dict[str, str]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for row in rows:
        if row["parameter"] in found:
            raise BadLoad(
                f"{row['parameter']} was measured twice.",
                where=row["parameter"],
                remedy="Send the value that counts.",
            )
        found[row["parameter"]] = row["value"]
    return found


def _deal(
    request: Request, standard: Standard, table: tuple[GradeFact, ...], said: dict[str, Any]
) -> Deal:
    today = timezone.localtime(now_of(request)).date()
    found = _schedule(standard, today, said)
    price = UnitPrice(**said["price"]) if said["price"] else None
    agreed = next((g for g in table if g.code == said["agreed_grade"]), None)
    if said["agreed_grade"] and agreed is None:
        raise find.nothing("grade")
    rounding = said["rounding"] or {"mode": Rounding.HALF_UP, "decimals": 2}
    return Deal(
        schedule=schedule_entry(found),
        net_weight=said["net_weight"],
        unit=said["unit"],
        price=price,
        contracted=agreed.limits if agreed else (),
        more=_values(said["measured"]),
        delivered_on=said["delivered_on"],
        rates={rate["currency"]: rate["rate"] for rate in said["rates"]},
        rounding=RoundTo(_mode(rounding["mode"]), rounding["decimals"]),
    )


def _schedule(standard: Standard, today: date, said: dict[str, Any]) -> PriceAdjustmentSchedule:
    for row in schedules_for(standard.commodity, today):
        if (row.code, row.edition) == (said["schedule"], said["edition"]):
            return row
    raise find.nothing("price schedule")


def _mode(word: str) -> Rounding:
    try:
        return Rounding(word)
    except ValueError as error:
        raise BadLoad(
            f"“{word}” is no way of rounding.",
            where="rounding",
            remedy="Use half_up, half_even or truncate.",
        ) from error


def _told(found: Reckoned) -> dict[str, Any]:
    grading, way = found.grading, found.lift
    lacks = [{"parameter": x.limit.code, "words": x.words} for x in way.lacks] if way else []
    return {
        "grade": grading.grade.code if grading.grade else None,
        "name": grading.grade.name if grading.grade else None,
        "rejected": grading.is_rejected,
        "reasons": list(grading.reasons),
        "parameters": [_parameter(parameter) for parameter in grading.parameters],
        "lift": {"grade": way.grade.code, "lacks": lacks} if way else None,
        "adjustment": found.adjustment.to_json() if found.adjustment else None,
    }


def _parameter(found: ParameterGrade) -> dict[str, Any]:
    limit, value = found.finding.limit, found.finding.value
    return {
        "parameter": limit.code,
        "name": limit.name,
        "value": plain(value) if isinstance(value, Decimal) else value,
        "unit": limit.unit,
        "grade": found.grade.code if found.grade else None,
        "limit": bound_words(limit),
        "reason": found.finding.reason,
        "confidence": limit.confidence.value,
        "remark": REMARKS[limit.confidence],
    }
