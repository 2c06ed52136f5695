"""An opener's passphrase is expensive to try unless the installation is a demo or a test."""

import json
import os
import subprocess
import sys

import pytest

from procurement.operations import committees
from procurement.rules.sealing import DEFAULT_COST, LockCost
from tests.factories import Market, tender_at

SHOWS = "from marketplace import settings; print(settings.OPENER_LOCK_COST)"


def product_cost(**env):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MUSIKA_")}
    command = [sys.executable, "-c", SHOWS]
    done = subprocess.run(command, env=clean | env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_an_installation_is_strong_unless_it_says_that_it_is_a_demo():
    assert product_cost() == "None"
    assert product_cost(MUSIKA_DEMO="1") != "None"


def test_without_a_setting_the_cost_is_the_strong_default(settings):
    settings.OPENER_LOCK_COST = None
    assert committees.lock_cost() == DEFAULT_COST


@pytest.mark.django_db
def test_a_key_is_locked_at_the_cost_of_the_setting(settings):
    settings.OPENER_LOCK_COST = (2, 1, 128)
    tender = tender_at("draft", Market())
    locked = json.loads(tender.committee.first().locked_private_key)
    assert LockCost(locked["iterations"], locked["lanes"], locked["memory_kib"]) == LockCost(
        2, 1, 128
    )
