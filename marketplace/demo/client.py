"""A program that uses the API as any other program would: HTTP, JSON, a bearer token."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marketplace.errors import MusikaError

# Longer than a server waits for its locked database, so that we hear why and not only that.
TIMEOUT = 60.0


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

    def post(self, path: str, data: Any = None, expect: int = 201, **headers: str) -> Any:
        return json.loads(self.send("POST", path, data, expect, **headers))

    def tag(self, path: str) -> str:
        """The ETag of what this person reads there, for If-Match."""
        with urllib.request.urlopen(self._request("GET", path), timeout=TIMEOUT) as answer:
            return str(answer.headers["ETag"])

    def put(self, path: str, data: Any, expect: int = 200) -> Any:
        return json.loads(self.send("PUT", path, data, expect))

    def delete(self, path: str) -> None:
        self.send("DELETE", path, None, 204)

    def send(self, method: str, path: str, data: Any, expect: int, **headers: str) -> bytes:
        """The body of the answer. Raises Unexpected unless its status is `expect`."""
        request = self._request(method, path, **headers)
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

    def _request(self, method: str, path: str, **headers: str) -> urllib.request.Request:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return urllib.request.Request(
            f"{self.base}/api/v1/{path}", method=method, headers=self._headers(method) | named
        )

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


def with_code(enter: Callable[[str], Client], code: Callable[[], str]) -> Client:
    """Enter the two-step code that is shown now; the next one if that one's time ran out meanwhile.

    A code counts until its thirty seconds end, not from when it was read: one read at the very end
    is refused though it was right. The refusal of a code that is still shown is raised.
    """
    given = code()
    try:
        return enter(given)
    except Unexpected:
        shown = code()
        if shown == given:
            raise
    return enter(shown)
