"""A program that uses the API as any other program would: HTTP, JSON, a bearer token."""

import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from marketplace.errors import MusikaError

TIMEOUT = 30.0


class Unexpected(MusikaError):
    """The server answered otherwise than the drill expects."""

    code = "demo-unexpected-answer"


@dataclass(frozen=True)
class Client:
    """One person, or nobody, at one server."""

    base: str
    token: str = ""
    person: str = "nobody"

    def get(self, path: str) -> Any:
        return json.loads(self.send("GET", path, None, 200))

    def download(self, path: str) -> bytes:
        return self.send("GET", path, None, 200)

    def post(self, path: str, data: Any = None, expect: int = 201) -> Any:
        return json.loads(self.send("POST", path, data, expect))

    def put(self, path: str, data: Any, expect: int = 200) -> Any:
        return json.loads(self.send("PUT", path, data, expect))

    def delete(self, path: str) -> None:
        self.send("DELETE", path, None, 204)

    def send(self, method: str, path: str, data: Any, expect: int) -> bytes:
        """The body of the answer. Raises Unexpected unless its status is `expect`."""
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}", method=method, headers=self._headers(method)
        )
        if data is not None:
            request.data = json.dumps(data).encode()
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        if status != expect:
            raise Unexpected(
                f"{method} {path} as {self.person}: {status} where {expect} was expected.",
                where=path,
                remedy=body[:2000].decode(errors="replace"),
            )
        return bytes(body)

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        return headers


def sign_in(base: str, email: str, password: str, code: str) -> Client:
    """Trade password and two-step code for a token."""
    given = {"email": email, "password": password} | ({"code": code} if code else {})
    token = Client(base, person=email).post("auth/login", given)["token"]
    return Client(base, token, email)
