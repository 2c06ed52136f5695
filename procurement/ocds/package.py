"""Packages and records around texts that are stored already: nothing is read or written anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from procurement.ocds.merge import profile
from procurement.ocds.values import dumps, without_empty

RELEASES: Final = "releases"
RECORDS: Final = "records"
POLICY: Final = "/data/policy/"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes, where, and under which licence."""

    name: str
    site: str
    licence: str


def header(
    publisher: Publisher, uri: str, published: str, links: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """All of a package but its releases or records."""
    found: dict[str, Any] = without_empty(
        {
            "uri": publisher.site + uri,
            "version": "1.1",
            "publishedDate": published,
            "extensions": profile()["extensions"],
            "publisher": {"name": publisher.name, "uri": publisher.site},
            "license": publisher.licence,
            "publicationPolicy": publisher.site + POLICY,
            "links": {name: publisher.site + link for name, link in (links or {}).items()},
        }
    )
    return found


def chunks(head: Mapping[str, Any], kind: str, texts: Iterable[str]) -> Iterator[str]:
    """A package in pieces, one text at a time, so that its size costs no memory."""
    yield dumps(head)[:-1] + f',"{kind}":['
    for number, text in enumerate(texts):
        yield ("," if number else "") + text
    yield "]}"


def package(head: Mapping[str, Any], kind: str, texts: Iterable[str]) -> str:
    return "".join(chunks(head, kind, texts))


def record(ocid: str, releases: Iterable[str], compiled: str) -> str:
    """A record with its releases embedded, in their order, and what they come to."""
    inner = ",".join(releases)
    return f'{{"compiledRelease":{compiled},"ocid":{dumps(ocid)},"releases":[{inner}]}}'
