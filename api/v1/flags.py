"""Red flags for auditors: the list, one flag, and what it came to."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.access import may
from api.endpoint import ApiView, Made, endpoint, now_of, person
from api.shapes import Flag as Yes
from api.shapes import Instant, Shape, Text, Whole
from api.v1 import find
from api.v1.content import Choice
from marketplace.accounts.roles import Permission
from marketplace.errors import Invalid
from procurement import permissions
from procurement.models import IndicatorRate, RedFlag, RedFlagAnswer
from procurement.operations import redflag_answers
from procurement.queries import redflags
from procurement.rules.indicators.catalogue import CATALOGUE

AUDITOR = may(Permission.HISTORY_READ, "in an oversight body")
LARGEST = 1000
PARAMETERS = [
    OpenApiParameter(name, str, description=str(field.label))
    for name, field in redflags.RedFlagFilter.base_filters.items()
]


class EvidenceOut(Shape):
    name = Text()
    value = Text()


class RedFlagOut(Shape):
    id = Text(source="public_id")
    code = Text()
    about = Text(source="group")
    state = Text()
    past = Yes()
    tender = Text(source="tender.reference", allow_null=True, default=None)
    lot = Whole(source="lot.number", allow_null=True, default=None)
    organization = Text(source="organization.public_id", allow_null=True, default=None)
    value = Text()
    evidence = EvidenceOut(many=True)
    found_at = Instant()
    gone_at = Instant(allow_null=True)
    input_digest = Text()


class RedFlagAnswerOut(Shape):
    state = Text()
    note = Text()
    answered_by = Text(source="answered_by.public_id")
    answered_at = Instant()


class OneRedFlagOut(RedFlagOut):
    title = Text()
    question = Text()
    innocent = Text()
    method = Text()
    flagged = Whole(allow_null=True)
    examined = Whole(allow_null=True)
    answers = RedFlagAnswerOut(many=True)


class RedFlagAnswerIn(Shape):
    state = Choice(choices=RedFlagAnswer.State.choices)
    note = Text(max_length=4000)


class Flags(ApiView):
    @endpoint(AUDITOR, gives=RedFlagOut, many=True, parameters=PARAMETERS)
    def get(self, request: Request) -> QuerySet[RedFlag]:
        """What the indicators find now, the latest first, at most a thousand."""
        permissions.check_user_can_read_history(person(request))
        asked = redflags.RedFlagFilter(request.query_params, queryset=redflags.listed())
        if not asked.form.is_valid():
            name, errors = next(iter(asked.form.errors.items()))
            raise Invalid(str(errors[0]), where=f"?{name}")
        return asked.qs[:LARGEST]


def _flag(request: Request, key: str) -> RedFlag:
    permissions.check_user_can_read_history(person(request))
    found = redflags.one(key) if len(key) == 16 else None
    if found is None:
        raise find.nothing("flag")
    return found


class OneFlag(ApiView):
    @endpoint(AUDITOR, gives=OneRedFlagOut)
    def get(self, request: Request, flag: str) -> RedFlag:
        """One flag with its evidence, its base rate, what may be innocent, and its answers."""
        return _told(_flag(request, flag))


def _told(row: RedFlag) -> Any:
    about = CATALOGUE[row.code]
    rate: IndicatorRate | None = redflags.rate(row)
    more = {
        "title": about.title,
        "question": about.question,
        "innocent": about.innocent,
        "method": about.source,
        "flagged": rate.flagged if rate else None,
        "examined": rate.examined if rate else None,
    }
    for name, value in more.items():
        setattr(row, name, value)
    return row


class FlagAnswers(ApiView):
    @endpoint(AUDITOR, takes=RedFlagAnswerIn, gives=RedFlagAnswerOut, status=201, idempotent=True)
    def post(self, request: Request, flag: str, data: dict[str, Any]) -> Made:
        """Write down what a flag came to: explained, confirmed, or open again, and why."""
        row = _flag(request, flag)
        made = redflag_answers.answer(flag=row, by=person(request), now=now_of(request), **data)
        return Made(made, f"/api/v1/flags/{row.public_id}")
