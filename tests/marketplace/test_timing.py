"""What an answer cost is told in a demonstration, and nowhere else."""

import re

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory

from marketplace.timing import ServerTimingMiddleware
from procurement.models import Tender


def view(request):
    return HttpResponse(str(Tender.objects.count()))


@pytest.mark.django_db
def test_a_demonstration_tells_time_and_queries(settings):
    settings.DEMO = True
    answer = ServerTimingMiddleware(view)(RequestFactory().get("/"))
    assert re.fullmatch(r'app;dur=[\d.]+, db;dur=[\d.]+;desc="1 queries"', answer["Server-Timing"])


def test_in_earnest_nothing_is_told(settings):
    settings.DEMO = False
    with pytest.raises(MiddlewareNotUsed):
        ServerTimingMiddleware(view)
