"""Show each checkpoint to the witnesses and keep what they sign."""

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from marketplace.errors import Invalid, MusikaError
from marketplace.ledger import cosignature, proofs, queries, signer
from marketplace.ledger.checkpoint import BadNote
from marketplace.ledger.cosignature import Witness
from marketplace.ledger.models import Checkpoint, Cosignature
from marketplace.ledger.witnessing import Offer

log = structlog.get_logger()
TIMEOUT = 10
LARGEST_ANSWER = 10_000


class NoSuchSize(Invalid):
    """No checkpoint of that size was ever signed, so there is no proof from it."""

    code = "no-such-size"


@dataclass(frozen=True)
class Watcher:
    """A witness and where it takes `add-checkpoint`."""

    witness: Witness
    url: str


def watchers() -> list[Watcher]:
    """The witnesses of the settings. Raises BadNote for a key that is none."""
    pairs = (text.split(maxsplit=1) for text in settings.WITNESSES)
    return [Watcher(cosignature.parse_vkey(key), url.rstrip("/")) for key, url in pairs]


def offer(old: int, now: datetime) -> Offer:
    """The latest checkpoint, with the proof from an earlier one of `old` entries (0: none)."""
    new = queries.latest_checkpoint() or signer.sign_checkpoint(now)
    if old == 0:
        return Offer(0, (), new.note)
    begun = Checkpoint.objects.filter(size=old).first()
    if begun is None or old > new.size:
        raise NoSuchSize(
            f"No checkpoint of {old} entries was signed.",
            where="old",
            remedy=f"The latest has {new.size}. If you hold a signed checkpoint of {old}, keep it.",
        )
    proof = tuple(bytes.fromhex(value) for value in proofs.consistency(begun, new))
    return Offer(old, proof, new.note)


def ask(watcher: Watcher, now: datetime) -> Cosignature | None:
    """Ask one witness to cosign the latest checkpoint; None if it has, or does not answer.

    What it signs is checked before it is kept.
    """
    latest = queries.latest_checkpoint() or signer.sign_checkpoint(now)
    name = watcher.witness.name
    if latest.cosignatures.filter(witness=name).exists():
        return None
    last = Cosignature.objects.filter(witness=name).order_by("-checkpoint__size").first()
    try:
        answer = _send(watcher.url, last.checkpoint.size if last else 0, now)
        return _keep(latest, watcher.witness, answer)
    except (OSError, MusikaError, ValueError) as error:
        log.warning("witness-silent", witness=name, reason=str(error)[:300])
        return None


def _send(url: str, old: int, now: datetime) -> str:
    """The answer to `add-checkpoint`; after a 409, which tells the size it saw, asked again."""
    try:
        return _post(url, offer(old, now))
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise
        return _post(url, offer(int(error.read(LARGEST_ANSWER)), now))


def _post(url: str, shown: Offer) -> str:
    request = urllib.request.Request(f"{url}/add-checkpoint", data=shown.to_text().encode())
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return str(answer.read(LARGEST_ANSWER).decode())


def _keep(latest: Checkpoint, witness: Witness, answer: str) -> Cosignature:
    for line in answer.splitlines(keepends=True):
        seconds = cosignature.seconds_of(line, latest.note, witness)
        if seconds is not None:
            at = datetime.fromtimestamp(seconds, UTC)
            return _row(latest, witness, line, at)
    raise BadNote("The answer holds no signature of this witness.")


def _row(latest: Checkpoint, witness: Witness, line: str, at: datetime) -> Cosignature:
    try:
        with transaction.atomic():
            return Cosignature.objects.create(
                checkpoint=latest, witness=witness.name, line=line, cosigned_at=at
            )
    except IntegrityError:
        # Another worker asked at the same time.
        return latest.cosignatures.get(witness=witness.name)
