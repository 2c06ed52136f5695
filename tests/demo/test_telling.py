"""What the demo says while it starts, and what it deletes when it is told to."""

import pytest
from django.conf import settings

from marketplace.demo import notices, people, plans, prepare, telling, world
from marketplace.demo.seed import Done
from tests.demo.test_world import NOW


def test_an_estimate_follows_from_the_pace_so_far():
    said = telling.so_far(Done(20, 52, 800, 3200), 10)
    assert said == "20 of 52 tenders, 800 of 3,200 bids sealed, 10 s, about 30 s more"
    assert len(said) < 78


def test_no_estimate_is_made_from_next_to_nothing():
    assert "more" not in telling.so_far(Done(1, 52, 20, 3200), 4)


@pytest.fixture
def house(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    settings.DATABASES["default"]["NAME"] = tmp_path / "musika.sqlite3"
    (tmp_path / "musika.sqlite3").write_text("rows")
    (tmp_path / "keys").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def _same_database():
    before = settings.DATABASES["default"]["NAME"]
    yield
    settings.DATABASES["default"]["NAME"] = before


def test_a_fresh_start_forgets_the_demo_and_keeps_its_keys(house):
    people.write_logins([])
    (house / "outbox").mkdir()
    (house / "ledger-head.txt").write_text("of the ledger that is forgotten")
    prepare.forget(house)
    assert [path.name for path in house.iterdir()] == ["keys"]


def test_a_fresh_start_deletes_nothing_that_is_no_demo(house):
    prepare.forget(house)
    assert (house / "musika.sqlite3").exists()


def test_a_fresh_start_deletes_no_database_elsewhere(house, tmp_path_factory):
    people.write_logins([])
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "musika.sqlite3"
    elsewhere.write_text("rows")
    settings.DATABASES["default"]["NAME"] = elsewhere
    with pytest.raises(prepare.NotADemo):
        prepare.forget(house)
    assert elsewhere.exists()
    assert people.logins_file().exists()


def test_each_buyer_buys_what_its_kind_needs():
    for plan in plans.plans(world.build(7), 7, NOW):
        kind = next(b.buyer_kind for b in world.build(7).buyers if b.key == plan.buyer)
        bought = {item.commodity for lot in plan.content.lots for item in lot.items}
        assert bought <= notices.WARES[kind]


def test_titles_are_varied():
    titles = [plan.content.title for plan in plans.plans(world.build(7), 7, NOW)]
    assert len(set(titles)) >= len(titles) - 2


def test_no_item_says_its_name_twice():
    assert set(notices.DETAILS) >= set().union(*notices.WARES.values())
    names = {goods.words for goods in plans.GOODS}
    assert not names & set(notices.DETAILS.values())
