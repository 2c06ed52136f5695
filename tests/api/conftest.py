"""A caller that is one person at one instant, and that checks every answer against the schema."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from knox.models import get_token_model
from rest_framework.test import APIClient

from marketplace import clock
from tests.factories import START, Market

PROBLEM = "application/problem+json"


class Clock:
    """What the shell reads instead of the machine's clock."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def at(monkeypatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told)
    return told


@pytest.fixture(autouse=True)
def _no_counts_from_another_test() -> Iterator[None]:
    cache.clear()
    yield


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def market(db) -> Market:
    return Market()


class Caller:
    """Sends JSON as one person (or nobody) and checks each answer's shape."""

    def __init__(self, schema: dict[str, Any], user: Any = None) -> None:
        self.http, self.schema, self.user = APIClient(), schema, user
        if user is not None:
            _, token = get_token_model().objects.create(user=user)
            self.http.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def get(self, path: str, **headers: str) -> Any:
        return self.send("get", path, None, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("post", path, data, **headers)

    def put(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("put", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("delete", path, None, **headers)

    def send(self, method: str, path: str, data: Any, **headers: str) -> Any:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        body = data if isinstance(data, bytes | None) else json.dumps(data)
        call = getattr(self.http, method)
        extra = {} if method == "get" else {"data": body, "content_type": "application/json"}
        response = call(f"/api/v1/{path}", headers=names, **extra)
        self.check(method, response)
        return response

    def check(self, method: str, response: Any) -> None:
        """The answer has the shape that the schema declares for it."""
        match = response.resolver_match
        coded = response.get("Content-Encoding")
        if match is None or response.streaming or coded or not response.content:
            return
        route = "/" + match.route.replace("<str:", "{").replace("<int:", "{").replace(">", "}")
        declared = self.schema["paths"][route][method]["responses"]
        answer = declared.get(str(response.status_code), declared["default"])
        media = response["Content-Type"].partition(";")[0]
        shape = answer["content"][media]["schema"]
        whole = {**shape, "components": self.schema["components"]}
        if media.endswith("json"):
            Draft202012Validator(whole).validate(response.json())


@pytest.fixture
def caller(db, schema):
    return lambda user=None: Caller(schema, user)
