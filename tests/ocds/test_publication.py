"""Releases follow the ledger: one a change, each once, none ever changed."""

import pytest

from procurement.models import OcdsProcess, OcdsRelease
from procurement.ocds import merge, values
from procurement.operations import ocds
from tests.factories import START, Market, tender_at

pytestmark = pytest.mark.django_db


def tags():
    return list(OcdsRelease.objects.values_list("tags", flat=True))


def test_a_tender_that_was_paid_has_a_release_for_every_change():
    tender_at("paid", Market())
    ocds.publish(now=START)
    assert tags() == [
        "tender",
        "tenderUpdate",
        "tenderUpdate,award",
        "contract",
        "implementation",
        "implementationUpdate",
        "implementationUpdate,contractTermination",
    ]
    process = OcdsProcess.objects.get()
    whole = merge.compiled([values.loads(r.text) for r in process.releases.all()])
    # Put together release by release, and by the library all at once: the same.
    assert values.loads(process.compiled) == whole
