"""A client of Musika's API in one file, with Python's standard library only. Copy what you need.

    export MUSIKA_SITE=http://127.0.0.1:8000
    python client.py tenders --filter q=maize --filter reserved=everyone
    python client.py tender MUS-2026-000001
    export MUSIKA_KEY=$(python client.py login farmer@example.org < password.txt)
    python client.py bid MUS-2026-000001 bid.json
    python client.py receipt MUS-2026-000001 receipt.json --ledger-key VKEY
    python client.py changes --cursor cursor.txt

`python client.py template MUS-2026-000001 312.50` writes a bid to begin with. `--ledger-key` calls
Musika's verifier, so it works in the folder of its source; all else needs this file only.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import Request, urlopen

PATIENCE = 5  # How often a request is sent again when the service asks to wait,
LONGEST = 60  # and for how many seconds at most.
Json = dict[str, Any]


class Refused(Exception):
    """An answer of application/problem+json; `problem` has code, detail, remedy and errors."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        told = [problem.get("detail", ""), problem.get("remedy", "")]
        places = [f"  {row['place']}: {row['message']}" for row in problem.get("errors", [])]
        super().__init__("\n".join([" ".join(filter(None, told)), *places]))


class Musika:
    """The API of one marketplace, as the person whose key it is; without a key, as anybody."""

    def __init__(self, site: str, key: str = "") -> None:
        self.site, self.key = site, key

    # --- asking ------------------------------------------------------------------------------

    def ask(self, method: str, path: str, data: Any = None, **headers: str) -> tuple[Any, Any]:
        """What the answer holds, and its headers. Raises Refused.

        A change carries an Idempotency-Key: sent again after a broken line it happens once.
        """
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        url = urljoin(self.site, path)
        if self.key and url.startswith(self.site.rstrip("/") + "/"):  # never to somebody else
            asked["Authorization"] = f"Bearer {self.key}"
        body = None if data is None else json.dumps(data).encode()
        if body is not None:
            asked["Content-Type"] = "application/json"
        for turn in range(PATIENCE + 1):
            request = Request(url, body, asked, method=method)
            try:
                with urlopen(request, timeout=60) as answer:
                    content = answer.read()
                    return (json.loads(content) if content else None), answer.headers
            except HTTPError as error:
                wait = int(error.headers.get("Retry-After", LONGEST + 1))
                if wait > LONGEST or turn == PATIENCE:
                    raise Refused(json.load(error)) from None
                time.sleep(wait)
        raise AssertionError

    def get(self, path: str, **query: Any) -> Any:
        asked = urlencode(query, doseq=True)
        return self.ask("GET", f"{path}?{asked}" if asked else path)[0]

    # --- reading -----------------------------------------------------------------------------

    def open_tenders(self, **filters: Any) -> Iterator[Json]:
        """Open tenders, the latest first, page after page; a filter may be a list of words."""
        page = self.get("/api/v1/tenders", status="open", **filters)
        while True:
            yield from page["results"]
            if page["next"] is None:
                return
            page = self.get(page["next"])

    def tender(self, reference: str) -> Json:
        return self.get(f"/api/v1/tenders/{reference}")

    def changes(self, cursor: str = "", limit: int = 1000) -> Iterator[tuple[Json, str]]:
        """Each release after `cursor`, with the cursor to keep once it has been dealt with.

        Ends with what there is now; asked again with the last cursor it goes on from there.
        """
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        path = f"/api/ocds/releases?{urlencode(query)}"
        while path:
            package, headers = self.ask("GET", path)
            for release in package["releases"]:
                # A page is dealt with or it is not: until its end the cursor stays the old one.
                last = release is package["releases"][-1]
                cursor = headers["Cursor"] if last else cursor
                yield release, cursor
            path = package.get("links", {}).get("next", "")

    # --- bidding -----------------------------------------------------------------------------

    def sign_in(self, email: str, password: str, code: str = "") -> str:
        """The key, good for 90 days; `code` is the second factor of those who have one."""
        login = {"email": email, "password": password} | ({"code": code} if code else {})
        self.key = self.ask("POST", "/api/v1/auth/login", login)[0]["token"]
        return self.key

    def submit(self, reference: str, bid: Json, key: str = "") -> Json:
        """Seal the bid on the server; nobody can read it before the opening.

        Keep `key` and give it again if no answer came: the bid is then submitted once.
        """
        path = f"/api/v1/tenders/{reference}/bids"
        return self.ask("POST", path, bid, Idempotency_Key=key or secrets.token_hex(16))[0]

    def receipt(self, reference: str) -> Json:
        return self.get(f"/api/v1/tenders/{reference}/bid/receipt.json")

    def ledger_key(self) -> str:
        """The key of the ledger as this server tells it; compare it with another source."""
        return self.get("/api/v1/ledger/checkpoint")["key"]


def template(tender: Json, price: str) -> Json:
    """A bid for everything at one unit price that declares what just keeps each limit."""
    lots = tender["lots"]
    items = [(lot["lot"], item) for lot in lots for item in lot["items"]]
    return {
        "format": "musika-bid/1",
        "lines": [
            {"lot": lot, "item": i["item"], "unit_price": price, "quantity": i["quantity"]}
            for lot, i in items
        ],
        "declared": [
            {"lot": lot, "item": i["item"], "parameter": row["parameter"], "value": _keeps(row)}
            for lot, i in items
            for row in i["specification"]
        ],
        "responses": [
            {
                "lot": lot["lot"],
                "criterion": row["criterion"],
                "option": row["options"][0]["option"],
            }
            for lot in lots
            for row in lot["criteria"]
            if row["kind"] == "quality"
        ],
        "documents": [],
    }


def _keeps(row: Json) -> str:
    return row.get("equals") or row.get("maximum") or row.get("minimum") or ""


def verify(receipt: Path, ledger_key: str) -> None:
    """Check the receipt without server or database; raises CalledProcessError."""
    command = [sys.executable, "-m", "marketplace", "verify", str(receipt), "--key", ledger_key]
    subprocess.run(command, check=True)


# --- the command -----------------------------------------------------------------------------


def main() -> int:
    given = _arguments()
    musika = Musika(os.environ["MUSIKA_SITE"], os.environ.get("MUSIKA_KEY", ""))
    try:
        given.act(musika, given)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _show(thing: Any) -> None:
    print(json.dumps(thing, indent=2, ensure_ascii=False))


def _tenders(musika: Musika, given: argparse.Namespace) -> None:
    filters: dict[str, list[str]] = {}
    for pair in given.filter:
        name, _, value = pair.partition("=")
        filters.setdefault(name, []).append(value)
    for row in musika.open_tenders(**filters):
        print(row["reference"], row["deadline"], row["title"])


def _tender(musika: Musika, given: argparse.Namespace) -> None:
    _show(musika.tender(given.reference))


def _template(musika: Musika, given: argparse.Namespace) -> None:
    _show(template(musika.tender(given.reference), given.price))


def _login(musika: Musika, given: argparse.Namespace) -> None:
    print(musika.sign_in(given.email, sys.stdin.readline().rstrip("\n"), given.code))


def _bid(musika: Musika, given: argparse.Namespace) -> None:
    _show(musika.submit(given.reference, json.loads(given.file.read_text())))


def _receipt(musika: Musika, given: argparse.Namespace) -> None:
    given.file.write_text(json.dumps(musika.receipt(given.reference)))
    if given.ledger_key:
        verify(given.file, given.ledger_key)


def _changes(musika: Musika, given: argparse.Namespace) -> None:
    kept = given.cursor.read_text() if given.cursor.exists() else ""
    for release, cursor in musika.changes(kept, given.limit):
        print(release["date"], release["ocid"], ",".join(release["tag"]))
        given.cursor.write_text(cursor)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    acts = parser.add_subparsers(required=True)

    def act(name: str, does: Any, *words: str) -> argparse.ArgumentParser:
        made = acts.add_parser(name)
        made.set_defaults(act=does)
        for word in words:
            made.add_argument(word, type=Path if word == "file" else str)
        return made

    act("tenders", _tenders).add_argument("--filter", action="append", default=[])
    act("tender", _tender, "reference")
    act("template", _template, "reference", "price")
    act("login", _login, "email").add_argument("--code", default="")
    act("bid", _bid, "reference", "file")
    act("receipt", _receipt, "reference", "file").add_argument("--ledger-key", default="")
    changes = act("changes", _changes)
    changes.add_argument("--cursor", type=Path, required=True, help="kept there for the next time")
    changes.add_argument("--limit", type=int, default=1000, help="of a page")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
