"""Generated requests to every operation of the API, as each role, in tenders at every stage.

    python -m tests.load.fuzz [--cases 5000] [--seed 7] [--only postBids]

Schemathesis makes the requests from the OpenAPI document, valid and broken; most of their
addresses and part of their bodies are then filled with what exists. Each request runs in a
transaction that is rolled back. No answer may be a server error, break its schema, be of an
undeclared status or media type, or refuse without a problem of the catalogue.
"""

import logging
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from werkzeug import Client

from tests.load import house

PLAIN = {"Accept-Encoding": "identity"}
MODES = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass
class Found:
    cases: int = 0
    roles: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    operations: Counter = field(default_factory=Counter)
    worked: set[str] = field(default_factory=set)
    failures: dict[str, list[str]] = field(default_factory=dict)

    def report(self) -> str:
        lines = [f"{self.cases} cases, {len(self.operations)} operations, {len(self.roles)} roles"]
        lines += [f"    answers: {dict(sorted(self.statuses.items()))}"]
        never = sorted(set(self.operations) - self.worked)
        lines += [f"    did what was asked at least once: {len(self.worked)}; never: {never}"]
        for name, told in sorted(self.failures.items()):
            lines += [f"{name}: {len(told)} failures", told[0]]
        wrong = sum(map(len, self.failures.values()))
        return "\n".join([*lines, f"failures: {wrong} in {len(self.failures)} operations"])


@dataclass
class Run:
    """One pass over the operations in one world."""

    world: Any
    number: int
    found: Found = field(default_factory=Found)
    turn: Any = field(default_factory=count)

    def every(self, cases: int, only: str = "") -> Found:
        """At least `cases` requests, evenly over the operations; fewer operations than all if
        there are fewer cases than operations."""
        every = [op.ok() for op in schema().get_all_operations()]
        chosen = [op for op in every if only in op.definition.raw["operationId"]]
        if cases < len(chosen):
            chosen = Random(self.number).sample(chosen, cases)
        each = -(-cases // len(chosen))
        for operation in chosen:
            self.one(operation, each)
        return self.found

    def one(self, operation: Any, cases: int) -> None:
        wanted = self.found.cases + cases
        for mode in (None, GenerationMode.POSITIVE):
            for again in range(5):
                left = wanted - self.found.cases
                if left > 0:
                    self._some(operation, left, mode, again)

    def _some(self, operation: Any, cases: int, mode: GenerationMode | None, again: int) -> None:
        chosen = st.sampled_from(MODES) if mode is None else st.just(mode)
        # The number keeps an operation without parameters from being exhausted by one request.
        made = st.tuples(chosen.flatmap(lambda m: operation.as_strategy(m)), st.integers())

        @seed(self.number + again)
        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(made)
        def ask(pair: tuple[Case, int]) -> None:
            self.ask(pair[0])

        with suppress(Unsatisfiable):  # nothing about this operation can be broken
            ask()

    def ask(self, case: Case) -> None:
        from django.core.cache import cache
        from django.db import transaction

        from tests.load import fuzzing

        turn = next(self.turn)
        chance = Random(self.number * 1_000_003 + turn)
        # Every other request comes from somebody who may, at a time when it can be done.
        meant = turn % 2 == 1
        able = fuzzing.able(case) if meant else fuzzing.ROLES
        stages = fuzzing.fitting(case, self.world.stages) if meant else self.world.stages
        role, stage = able[turn // 2 % len(able)], chance.choice(stages)
        fuzzing.Dealer(stage, chance, tidy=meant and chance.random() < 0.7).season(case)
        cache.clear()
        with patch("marketplace.clock.now", lambda: stage.now), transaction.atomic():
            seen = self._seen(case, role, chance)
            answer = case.call(headers=PLAIN | seen | self.world.tokens[role])
            transaction.set_rollback(True)
        self._note(case, role, stage, answer)

    def _seen(self, case: Case, role: str, chance: Random) -> dict[str, str]:
        """Half of the time the ETag that this person reads at the address, for If-Match."""
        if "If-Match" not in (case.headers or {}) or chance.random() < 0.3:
            return {}
        path = case.formatted_path.removesuffix("/publication")
        answer = Client(case.operation.app).get(path, headers=PLAIN | self.world.tokens[role])
        return {"If-Match": answer.headers["ETag"]} if "ETag" in answer.headers else {}

    def _note(self, case: Case, role: str, stage: Any, answer: Any) -> None:
        from tests.load import fuzzing

        name, found = case.operation.definition.raw["operationId"], self.found
        found.cases += 1
        found.roles[role] += 1
        found.operations[name] += 1
        found.statuses[answer.status_code] += 1
        if answer.status_code < 400:
            found.worked.add(name)
        for told in fuzzing.wrong(case, answer):
            trace = TRACES.last if answer.status_code >= 500 else ""
            words = f"    as {role}, tender {stage.tender.reference}: {told}\n{trace}"
            found.failures.setdefault(name, []).append(words)


TRACES: Any = None


def schema() -> Any:
    """The document as the service gives it, and the service."""
    from drf_spectacular.generators import SchemaGenerator

    from marketplace.wsgi import application

    made = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    made.app = application
    return made


@contextmanager
def watching() -> Iterator[None]:
    """The log of 500s is read along, and the connection outlives each request, for its rollback."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    from tests.load import fuzzing

    global TRACES
    schema()  # sets the log up as the service has it
    TRACES = fuzzing.Traces()
    log = logging.getLogger("api.errors")
    log.addHandler(TRACES)
    log.setLevel("ERROR")
    log.propagate = False
    logging.disable(logging.WARNING)
    for told in (request_started, request_finished):
        told.disconnect(close_old_connections)
    try:
        yield
    finally:
        for told in (request_started, request_finished):
            told.connect(close_old_connections)
        logging.disable(logging.NOTSET)
        log.removeHandler(TRACES)
        log.setLevel("NOTSET")
        log.propagate = True


def run(cases: int, number: int, only: str = "", world: Any = None) -> Found:
    from django.db import transaction

    from tests.load import fuzzworld

    with watching(), transaction.atomic():
        return Run(world or fuzzworld.build(), number).every(cases, only)


def main() -> int:
    parser = house.parser(__doc__)
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="part of an operationId")
    given = parser.parse_args()
    with house.marketplace(given.database):
        from django.db import connection

        found = run(given.cases, given.seed, given.only)
        print(f"{connection.vendor}, seed {given.seed}: {found.report()}")
    return 1 if found.failures or found.cases < given.cases else 0


if __name__ == "__main__":
    sys.exit(main())
