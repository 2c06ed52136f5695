"""The public figures, as they were computed last."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from api.access import ANYONE
from api.endpoint import ApiView, endpoint
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from procurement.queries import figures


class FigureOut(Shape):
    name = Text()
    title = Text(source="figure.title")
    how = Text(source="figure.how")
    columns = serializers.ListField(child=Text(), source="figure.columns")
    query = Text(source="figure.sql", help_text="SQL that gives the rows behind the figure.")
    computed_at = Instant(allow_null=True)
    digest = Text(allow_blank=True)
    count = Whole(help_text="How many rows it has.")


class WholeFigureOut(FigureOut):
    rows = serializers.ListField(
        child=serializers.DictField(child=Text(allow_blank=True)),
        help_text="Every number as text, exact.",
    )


class Figures(ApiView):
    @endpoint(ANYONE, gives=FigureOut, many=True)
    def get(self, request: Request) -> list[dict[str, Any]]:
        """Every figure that there is, without its rows."""
        return [_told(found) for found in figures.every().values()]


class OneFigure(ApiView):
    @endpoint(ANYONE, gives=WholeFigureOut)
    def get(self, request: Request, name: str) -> dict[str, Any]:
        """One figure with its rows, its query and when it was computed."""
        found = figures.prepared(name)
        if found is None:
            raise find.nothing("figure")
        return _told(found)


def _told(found: figures.Prepared) -> dict[str, Any]:
    return {**vars(found), "count": len(found.rows)}
