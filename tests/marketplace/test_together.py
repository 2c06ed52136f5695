"""Threads that share one transaction: everybody gets his own outcome, nobody is forgotten."""

import threading
import time

import pytest

from marketplace.together import Busy, Together, Unknown


def many(together, jobs):
    """What each job came to, all added at once."""
    said = {}

    def add(job):
        try:
            said[job] = together.add(job)
        except Exception as error:
            said[job] = error

    threads = [threading.Thread(target=add, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return said


def slowly(groups):
    def write(jobs):
        groups.append(list(jobs))
        time.sleep(0.02)
        return [ValueError(job) if job % 7 == 0 else job * 10 for job in jobs]

    return write


def test_everybody_gets_the_outcome_of_his_own_job():
    groups = []
    said = many(Together(slowly(groups), most=8, room=100, patience=5), range(1, 60))
    assert sorted(job for group in groups for job in group) == list(range(1, 60))
    assert all(said[n] == n * 10 for n in said if n % 7)
    assert all(str(said[n]) == str(n) for n in said if n % 7 == 0)


def test_who_comes_while_a_group_is_written_is_written_together():
    groups = []
    many(Together(slowly(groups), most=8, room=100, patience=5), range(1, 60))
    assert max(map(len, groups)) == 8 and len(groups) < 30


def test_what_fails_as_a_whole_is_told_to_all_of_the_group_and_the_next_is_written():
    def away(jobs):
        raise OSError("away")

    together = Together(away, most=8, room=100, patience=5)
    assert all(isinstance(found, OSError) for found in many(together, range(20)).values())
    together._write = slowly([])
    assert together.add(3) == 30


def test_who_finds_no_room_is_turned_away_and_was_not_begun():
    groups = []
    said = many(Together(slowly(groups), most=1, room=3, patience=5), range(1, 30))
    refused = {job for job, found in said.items() if isinstance(found, Busy)}
    written = {job for group in groups for job in group}
    assert refused and refused.isdisjoint(written) and refused | written == set(range(1, 30))


def test_who_waited_too_long_is_turned_away_and_was_not_begun():
    held, groups = threading.Event(), []

    def stuck(jobs):
        groups.extend(jobs)
        held.wait(5)
        return jobs

    together = Together(stuck, most=1, room=9, patience=0.05)
    first = threading.Thread(target=together.add, args=[1])
    first.start()
    while not groups:
        time.sleep(0.001)
    with pytest.raises(Busy):
        together.add(2)
    held.set()
    first.join()
    assert groups == [1] and together.add(3) == 3


def test_who_waits_on_a_leader_that_is_killed_is_not_told_that_it_is_written():
    going, held = threading.Event(), threading.Event()

    def killed(jobs):
        going.set()
        held.wait(5)
        if jobs == [1]:
            return jobs
        raise SystemExit

    together, said = Together(killed, most=8, room=9, patience=5), []

    def add(job):
        try:
            said.append(together.add(job))
        except BaseException as error:
            said.append(error)

    threads = [threading.Thread(target=add, args=[job]) for job in (1, 2, 3)]
    threads[0].start()
    going.wait(5)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 2:
        time.sleep(0.001)
    held.set()
    for thread in threads:
        thread.join(5)
    assert None not in said and {type(found) for found in said} == {int, SystemExit, Unknown}
