"""What keeps the drill from failing where nothing is wrong with the product."""

from datetime import timedelta

import pytest

from marketplace.demo import client, drill
from marketplace.demo.client import Client, Unexpected


def door(right, tried):
    """Lets in whoever names the code `right`."""

    def enter(code):
        tried.append(code)
        if code != right:
            raise Unexpected("401 where 201 was expected.")
        return Client("http://127.0.0.1")

    return enter


def test_a_code_whose_time_ran_out_on_the_way_is_followed_by_the_next():
    tried, shown = [], iter(["111111", "222222"])
    assert client.with_code(door("222222", tried), lambda: next(shown))
    assert tried == ["111111", "222222"]


def test_a_code_that_is_refused_while_it_counts_is_not_tried_again():
    tried = []
    with pytest.raises(Unexpected):
        client.with_code(door("222222", tried), lambda: "111111")
    assert tried == ["111111"]


def test_a_slow_machine_gets_a_longer_tender_period():
    assert drill.tender_period(1.0) == drill.LEAST_PERIOD
    assert drill.tender_period(20.0) == timedelta(seconds=40)
