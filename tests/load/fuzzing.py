"""What a case is made of: true parameters and bodies; and what its answer is held against."""

import copy
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.urls import resolve
from schemathesis import Case, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks as openapi

from api import problems
from tests.api import sending
from tests.load.fuzzworld import ROLES, Stage

CHECKS = [
    not_a_server_error,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
]
TRUE_BODIES = {"postTenders": "tender", "putTenderDetail": "tender", "postBids": "bid"}
# What readers of numbers, dates and texts stumble over.
JUNK = (
    *("", " ", "\x00", "\u202e", "💥" * 50, "x" * 5000, "NaN", "Infinity", "1e400", "-0", "٣"),
    *("9" * 400, "0.1" + "0" * 60 + "1", "1_000", "2026-13-45", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59-23:59", "2026-03-29T02:30:00", "../../etc/passwd", "' OR 1=1 --"),
    *(None, True, 0, -1, 2**31, 2**63, 10**30, [], {}, [[]], [None], {"a": {}}, ["x"] * 300),
)


def able(case: Case) -> tuple[str, ...]:
    """Those whose role opens this operation to them; all where none does."""
    view = resolve(re.sub(r"{\w+}", "1", case.path)).func.view_class
    access = getattr(view, case.method.lower()).access
    held = {"procurement_officer": "officer", "accounting_officer": "accounting"}
    named = [held.get(role, role) for role in access.roles]
    return tuple(role for role in ROLES if role in named) or ROLES


# When an operation can do something, by a part of its address; elsewhere at any stage.
WHEN = (
    (r"/contracts/|/invoices/", ("contracted", "paid")),
    (r"/amendment|/bid/|/bids$|/enquiries|{reference}/cancellation", ("open",)),
    (r"/committee|/publication|/documents|/dropping|tenders/{reference}$", ("draft",)),
    (r"/opening", ("closed",)),
    (r"/gates|/marks|/declarations|/assessments|/evaluations", ("opened",)),
    (r"/award$|/evaluations/|/unsuccessful", ("evaluated",)),
    (r"/award/|/contract$", ("standstill",)),
)


def fitting(case: Case, stages: list[Stage]) -> list[Stage]:
    when = next((names for part, names in WHEN if re.search(part, case.path)), ())
    return [stage for stage in stages if stage.name in when] or stages


@dataclass
class Dealer:
    """Puts what exists in the place of what was made up: mostly, or `tidy`, wherever it can."""

    stage: Stage
    chance: Random
    tidy: bool = False

    def season(self, case: Case) -> None:
        """Real parameters, a real body where one is needed to get far, and a stumbling stone."""
        for name in case.path_parameters or {}:
            if self.tidy or self.chance.random() < 0.85:
                case.path_parameters[name] = self._named(name, case)
        self._ask(case)
        true = TRUE_BODIES.get(case.operation.definition.raw.get("operationId", ""))
        if true and self.chance.random() < 0.7:
            made = sending.tender() if true == "tender" else self._bid()
            case.body, case.media_type = made, "application/json"
            stones = 0.5 if self.tidy else 0.9
        elif isinstance(case.body, dict | list):
            case.body = self._known(copy.deepcopy(case.body))
            stones = 0 if self.tidy else 0.15
        else:
            return
        if self.chance.random() < stones:
            self._stumble(case.body)

    def _ask(self, case: Case) -> None:
        """Query and headers."""
        if self.tidy:
            words = self.stage.words
            case.query = {name: words[name] for name in case.query or {} if name == "tenderer"}
            (case.headers or {}).pop("Idempotency-Key", None)
        elif case.query and self.chance.random() < 0.15:
            case.query[self.chance.choice(sorted(case.query))] = str(self.chance.choice(JUNK))

    def _named(self, name: str, case: Case) -> Any:
        made_up, known = case.path_parameters[name], self.stage.names
        if name == "key":
            ways = self.stage.keys.items()
            return next((value for part, value in ways if f"{part}{{key}}" in case.path), made_up)
        if name == "sha256" and "/bids/{bid}/documents" in case.path:
            name = "bid_sha256"
        return self._one(known.get(name, made_up))

    def _one(self, value: Any) -> Any:
        return self.chance.choice(value) if isinstance(value, list) and value else value

    def _bid(self) -> dict[str, Any]:
        return sending.bid(self.stage.tender, "312.50")

    def _known(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._known(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        return {key: self._leaf(key, inner) for key, inner in value.items()}

    def _leaf(self, key: str, value: Any) -> Any:
        if isinstance(value, dict | list):
            return self._known(value)
        if key in self.stage.words and (self.tidy or self.chance.random() < 0.6):
            return self._one(self.stage.words[key])
        if isinstance(value, str) and not value.isprintable() and self.chance.random() < 0.7:
            return "Words."  # most texts refuse control characters: get further than that
        return value

    def _stumble(self, value: Any) -> None:
        places = list(_places(value))
        if places:
            holder, key = self.chance.choice(places)
            holder[key] = copy.deepcopy(self.chance.choice(JUNK))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in rows:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def wrong(case: Case, response: Response) -> list[str]:
    """What the answer breaks of its schema and of the API's conventions."""
    found = [_own(case, response)]
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        found += [f"{type(each).__name__}: {each}" for each in group.exceptions]
    except Failure as failure:
        found.append(f"{type(failure).__name__}: {failure}")
    return [each for each in found if each]


def _own(case: Case, response: Response) -> str:
    status, declared = response.status_code, case.operation.definition.raw["responses"]
    if status < 400:
        return "" if str(status) in declared or status == 304 else f"{status} is not declared"
    try:
        body = json.loads(response.content)
        known = problems.CATALOGUE.get(body["code"])
    except (ValueError, KeyError, TypeError):
        return f"{status} is no problem: {response.content[:200]!r}"
    if known is not None and known.status == status == body["status"]:
        return ""
    return f"{status} with the code {body['code']} is not in the catalogue"


class Traces(logging.Handler):
    """The last traceback that the API wrote into its log, to stand beside a 500."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = self.format(record)
