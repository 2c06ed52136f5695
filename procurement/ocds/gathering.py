"""From a file to processes: each once, its releases merged, with what is to be said of it."""

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Final

from procurement.ocds import cutting, merge, strict
from procurement.ocds.cutting import Part
from procurement.ocds.spool import Kept, Spool
from procurement.ocds.strict import Finding, NotRead
from procurement.ocds.values import dumps

RELEASE, COMPILED, LINKED = "release", "compiled", "linked"
MOST_RELEASES: Final = 2000
Tell = Callable[[str, str, str], object]


@dataclass(frozen=True, slots=True)
class Gathered:
    """One process. `release` is empty where it is refused; findings say why, or what was lost."""

    ocid: str
    where: str
    release: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        return any(finding.refused for finding in self.findings)


def spool(file: IO[bytes], into: Spool, tell: Tell) -> int:
    """Read the whole file; how many processes it names. `tell`: place, why, remedy of a notice.

    Raises cutting.Broken, before anything else is done with what was read.
    """
    for part in cutting.parts(file):
        if part.name in ("releases", "records", "document"):
            try:
                _keep(part, into)
            except RecursionError:
                _keep_unread(part, "is nested too deeply", into)
        elif part.name == "extensions":
            _extensions(part, tell)
    return into.finish()


def _extensions(part: Part, tell: Tell) -> None:
    try:
        named = strict.read(part.text)
    except NotRead:
        named = None
    for url in named if isinstance(named, list) else []:
        if url not in merge.profile()["extensions"]:
            tell(
                f"{part.where}, extensions",
                f"The extension {str(url)[:200]} is not known here; its fields are left out.",
                "Nothing, if the standard fields are enough.",
            )


def _keep(part: Part, into: Spool) -> None:
    try:
        found = strict.read(part.text)
    except NotRead as error:
        _keep_unread(part, str(error), into)
        return
    ocid = found.get("ocid") if isinstance(found, dict) else None
    if not isinstance(ocid, str):
        why = "It has no ocid: it is neither a release nor a record."
        into.keep(f"?{part.where}", Kept(RELEASE, part.where, "", why))
        return
    if "compiledRelease" in found or isinstance(found.get("releases"), list):
        _keep_record(ocid, found, part.where, into)
    else:
        tags = found.get("tag")
        kind = COMPILED if isinstance(tags, list) and "compiled" in tags else RELEASE
        into.keep(ocid, Kept(kind, part.where, part.text))


def _keep_unread(part: Part, why: str, into: Spool) -> None:
    """Name the process, if that much can be read: it must not be imported without this part."""
    if "is not JSON" in why:
        raise cutting.Broken(f"A part {why}", part.where)
    into.keep(_ocid_in(part.text) or f"?{part.where}", Kept(RELEASE, part.where, "", f"It {why}."))


def _ocid_in(text: str) -> str:
    found = re.search(r'"ocid"\s*:\s*"(ocds-[a-z0-9]{6}-[^"\\]{1,100})"', text)
    return found[1] if found else ""


def _keep_record(ocid: str, found: dict[str, Any], where: str, into: Spool) -> None:
    releases = found.get("releases") or []
    embedded = [r for r in releases if isinstance(r, dict) and "url" not in r]
    for number, release in enumerate(embedded):
        at = f"{where}/releases/{number}"
        why = "" if release.get("ocid") == ocid else f"It is of another process than {ocid}."
        into.keep(ocid, Kept(RELEASE, at, dumps(release), why))
    whole = found.get("compiledRelease")
    if isinstance(whole, dict):
        why = "" if whole.get("ocid") == ocid else f"It is of another process than {ocid}."
        into.keep(ocid, Kept(COMPILED, f"{where}/compiledRelease", dumps(whole), why))
    elif not embedded:
        into.keep(ocid, Kept(RELEASE, where, "", "The record has no release that can be read."))


def processes(source: Spool) -> Iterator[Gathered]:
    """Each process of the file, merged and cleaned."""
    for ocid, parts in source.processes():
        yield _gathered(ocid, parts)


def _gathered(ocid: str, parts: list[Kept]) -> Gathered:
    where = parts[0].where
    findings = [Finding(part.where, part.why, refused=True) for part in parts if part.why]
    if ocid.startswith("?"):
        return Gathered("", where, findings=tuple(findings))
    if not strict.OCID.fullmatch(ocid):
        findings.append(Finding("/ocid", f"“{ocid[:60]}” is not an ocid", refused=True))
    if len(parts) > MOST_RELEASES:
        why = f"has more than {MOST_RELEASES} releases"
        findings.append(Finding(where, why, refused=True))
    if findings:
        return Gathered(ocid, where, findings=tuple(findings))
    return _merged(ocid, where, parts)


def _merged(ocid: str, where: str, parts: list[Kept]) -> Gathered:
    findings: list[Finding] = []
    releases = _distinct(_read(parts, RELEASE, findings), findings)
    given = _read(parts, COMPILED, findings)
    if any(finding.refused for finding in findings):
        return Gathered(ocid, where, findings=tuple(findings))
    try:
        found = _compiled(releases or given[-1:], findings)
    except Exception as error:  # Of the merge library, by what contradicts itself in the releases.
        why = f"the releases cannot be merged: {str(error)[:160]}"
        findings.append(Finding("", why, refused=True))
        return Gathered(ocid, where, findings=tuple(findings))
    if not isinstance(found.get("date"), str):
        findings.append(Finding("/date", "is missing", refused=True))
    if releases and given and not _same(found, given[-1]):
        why = "differs from the merge of its releases, which is taken"
        findings.append(Finding("/compiledRelease", why, refused=False))
    return Gathered(ocid, where, found, tuple(_once(findings)))


def _compiled(releases: list[dict[str, Any]], findings: list[Finding]) -> dict[str, Any]:
    """Their merge; objects of one list with one identifier become one, and that is said."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = merge.compiled(releases)
    for one in caught:
        findings.append(Finding("", f"objects become one: {str(one.message)[:160]}", refused=False))
    return found


def _read(parts: list[Kept], kind: str, findings: list[Finding]) -> list[dict[str, Any]]:
    found = []
    for part in parts:
        if part.kind == kind:
            kept, told = strict.cleaned(strict.read(part.text))
            findings += [Finding(f"{part.where}{t.where}", t.why, t.refused) for t in told]
            found.append(kept)
    return found


def _distinct(releases: list[dict[str, Any]], findings: list[Finding]) -> list[dict[str, Any]]:
    """Each release once, the earliest first; two that contradict each other are refused."""
    known: dict[str, dict[str, Any]] = {}
    for release in releases:
        missing = [key for key in ("id", "date") if not isinstance(release.get(key), str)]
        if missing:
            findings.append(Finding(f"/{missing[0]}", "is missing in a release", refused=True))
            continue
        there = known.setdefault(release["id"], release)
        if there != release:
            why = f"the release {release['id'][:80]} is there twice with different content"
            findings.append(Finding("/id", why, refused=True))
    dates = [release["date"] for release in known.values()]
    if len(set(dates)) < len(dates):
        why = "two releases have one date; they are taken in the order of the file"
        findings.append(Finding("/date", why, refused=False))
    return sorted(known.values(), key=lambda release: _instant(release["date"]))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper().replace("Z", "+00:00"))


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    skipped = ("id", "date", "tag")
    return all(one.get(k) == other.get(k) for k in {*one, *other} if k not in skipped)


def _once(findings: list[Finding]) -> Iterator[Finding]:
    """Each field and reason once a process, however many rows have it."""
    seen = set()
    for finding in findings:
        last = finding.where.rpartition("/")[2]
        if (last, finding.why) not in seen:
            seen.add((last, finding.why))
            yield finding
