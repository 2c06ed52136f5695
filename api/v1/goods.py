"""Produce: commodities, standards with their grades and limits."""

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.access import ANYONE
from api.endpoint import ApiView, endpoint, json_response, now_of
from api.shapes import Day, Flag, Number, Shape, Text, Whole
from api.v1 import find
from produce import queries
from produce.models import Commodity, Standard
from produce.standardforms import standard_form


class CommodityOut(Shape):
    code = Text()
    name = Text()
    category = Text()
    default_unit = Text()
    hs6 = Text(allow_blank=True)
    hs6_source = Text(allow_blank=True)
    hs6_confidence = Text(allow_blank=True)
    cpc = Text(allow_blank=True)
    cpc_source = Text(allow_blank=True)
    cpc_confidence = Text(allow_blank=True)


class StandardOut(Shape):
    code = Text()
    edition = Text()
    title = Text()
    issuer = Text()
    jurisdiction = Text(allow_blank=True)
    commodity = Text(source="commodity.code")
    valid_from = Day(allow_null=True)
    valid_to = Day(allow_null=True)
    source = Text()  # type: ignore[assignment]
    confidence = Text()
    note = Text(allow_blank=True)
    in_force = Flag()


class GradeLimit(Shape):
    code = Text()
    name = Text()
    unit = Text(allow_blank=True)
    kind = Text()
    direction = Text()
    minimum = Number(allow_null=True)
    maximum = Number(allow_null=True)
    text = Text(allow_blank=True)
    method = Text(allow_blank=True)
    is_safety = Flag()
    decimals = Whole(allow_null=True)
    source = Text()  # type: ignore[assignment]
    confidence = Text()


class GradeOut(Shape):
    rank = Whole()
    code = Text()
    name = Text()
    limits = GradeLimit(many=True)


class StandardWhole(StandardOut):
    grades = GradeOut(many=True, source="table")


class Commodities(ApiView):
    @endpoint(ANYONE, gives=CommodityOut, many=True)
    def get(self, request: Request) -> QuerySet[Commodity]:
        """What can be bought, with classification codes and where they were read."""
        return Commodity.objects.order_by("name")


class Standards(ApiView):
    @endpoint(ANYONE, gives=StandardOut, many=True)
    def get(self, request: Request, code: str) -> list[Standard]:
        """The standards of a commodity, every edition."""
        commodity = Commodity.objects.filter(code=code).first()
        if commodity is None:
            raise find.nothing("commodity")
        return [_with_force(request, row) for row in queries.standards_for(commodity)]


def _with_force(request: Request, row: Standard) -> Standard:
    row.in_force = queries.is_in_force(row, now_of(request).date())  # type: ignore[attr-defined]
    return row


class OneStandard(ApiView):
    @endpoint(ANYONE, gives=StandardWhole, many=True)
    def get(self, request: Request, code: str, standard: str) -> list[Standard]:
        """Every edition of a standard with its grades, the best first, and each grade's limits."""
        rows = Standard.objects.filter(commodity__code=code, code=standard)
        found = list(rows.select_related("commodity").order_by("edition"))
        if not found:
            raise find.nothing("standard")
        return [_whole(request, row) for row in found]


class FormLimit(Shape):
    grade = Text()
    minimum = Number(required=False)
    maximum = Number(required=False)
    text = Text(required=False)
    source = Text()  # type: ignore[assignment]
    confidence = Text()


class FormParameter(Shape):
    code = Text()
    name = Text()
    unit = Text(allow_blank=True)
    kind = Text()
    direction = Text()
    method = Text(required=False)
    method_confidence = Text(required=False)
    note = Text(required=False)
    safety = Flag(required=False)
    decimals = Whole(required=False)
    components = serializers.ListField(child=Text(), required=False)
    limits = FormLimit(many=True)


class FormGrade(Shape):
    rank = Whole()
    code = Text()
    name = Text()


class StandardForm(Shape):
    """What `produce.standardforms` writes and a proposal of a table is read from."""

    format = Text()
    code = Text()
    edition = Text()
    title = Text()
    issuer = Text()
    jurisdiction = Text(allow_blank=True)
    commodities = serializers.ListField(child=Text())
    valid_from = Day(allow_null=True)
    valid_to = Day(allow_null=True)
    source = Text()  # type: ignore[assignment]
    confidence = Text()
    note = Text(required=False)
    sampling_method = Text(required=False)
    grades = FormGrade(many=True)
    parameters = FormParameter(many=True)


class StandardForms(ApiView):
    @endpoint(ANYONE, gives=StandardForm, many=True)
    def get(self, request: Request, code: str, standard: str) -> HttpResponse:
        """Every edition in the published form: what a proposal of a table is written in."""
        rows = Standard.objects.filter(commodity__code=code, code=standard)
        found = list(rows.select_related("commodity").order_by("edition"))
        if not found:
            raise find.nothing("standard")
        return json_response([standard_form(row) for row in found])


def _whole(request: Request, row: Standard) -> Standard:
    row.table = queries.grade_table(row)  # type: ignore[attr-defined]
    return _with_force(request, row)
