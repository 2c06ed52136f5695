"""Exported, imported elsewhere and exported again, a process says the same."""

import io

import pytest
from django.db import transaction

from procurement.models import OcdsProcess
from procurement.ocds import values
from procurement.operations import history_ocds, ocds
from procurement.queries import ocdsfeed
from tests.factories import AFTER, Market, tender_at


class Emptied(Exception):
    pass


def exported():
    rows = ocdsfeed.with_releases(list(OcdsProcess.objects.all()))
    records = "\n".join(ocdsfeed.record(p.ocid, texts, p.compiled) for p, texts in rows)
    return records, {p.ocid: values.loads(p.compiled) for p, _ in rows}


def brought_up():
    """Processes of this marketplace, in an installation that is then emptied again."""
    try:
        with transaction.atomic():
            market = Market()
            tender_at("paid", market)
            tender_at("standstill", market)
            ocds.publish(now=AFTER)
            found = exported()
            raise Emptied
    except Emptied:
        return found


@pytest.mark.django_db
def test_the_compiled_releases_are_the_same_after_a_journey():
    records, before = brought_up()
    assert len(before) == 2 and not OcdsProcess.objects.exists()
    file = io.BytesIO(records.encode())
    lines = []
    summary = history_ocds.import_file(
        file=file, filename="x", source="home", now=AFTER, note=lines.append
    )
    assert (summary.added, summary.refused, lines) == (2, 0, [])
    ocds.publish(now=AFTER)
    again, after = exported()
    assert after == before
    assert "Maize for Gwanda" in again
