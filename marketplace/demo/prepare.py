"""From an empty folder to a seeded installation; what is done already is not done again."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from marketplace import keys
from marketplace.demo import people, seed
from marketplace.demo.plans import FULL, Scale
from marketplace.demo.world import Sizes
from marketplace.errors import MusikaError
from marketplace.ledger import outside, signer
from produce.operations import catalogue

HANDFUL = Sizes(farmers=20, cooperatives=5, companies=5)
ONE_OF_EACH = Scale(per_stage=1, crowds=0)

# What a demo fills beside its database; keys stay, they are good for the next one.
FOLDERS = ("media", "outbox", "broker", "cache", "log")

Step = Callable[[str], None]


class NotADemo(MusikaError):
    """The database holds somebody's data, and it is not a demo's."""

    code = "not-a-demo"


def ready(now: datetime, step: Step) -> None:
    """Keys, tables, produce, static files. `step` is told what is being done."""
    if keys.ensure():
        step("made keys")
    if _behind():
        step("making the tables")
        call_command("migrate", verbosity=0, interactive=False)
    catalogue.load(now=now)
    _static(step)


def filled(now: datetime, progress: seed.Progress, *, small: bool = False) -> bool:
    """Seed if there is nobody yet; returns whether it had to. Raises NotADemo."""
    if seed.is_empty():
        wanted = (HANDFUL, ONE_OF_EACH) if small else (Sizes(), FULL)
        seed.seed(now=now, sizes=wanted[0], scale=wanted[1], progress=progress)
        signer.sign_checkpoint(now)
        return True
    if not people.logins_file().exists():
        raise NotADemo(
            f"{settings.DATABASES['default']['NAME']} has people in it, but it is not a demo.",
            where=str(people.logins_file()),
            remedy="Choose another folder: MUSIKA_VAR_DIR=/tmp/musika python -m marketplace demo",
        )
    return False


def forget(var: Path) -> None:
    """Delete what a demo wrote to its folder, and nothing else there. Raises NotADemo.

    A folder without the logins of a demo is left as it is: `filled` refuses it if anybody's data is
    in it. Only a SQLite file of its own is deleted, never a database elsewhere.
    """
    database = Path(str(settings.DATABASES["default"]["NAME"]))
    if not people.logins_file().exists():
        return
    if database.parent != var:
        raise NotADemo(
            f"{database} is not a file of this demo: nothing was deleted.",
            where=str(var),
            remedy="Choose another folder: MUSIKA_VAR_DIR=/tmp/musika python -m marketplace demo",
        )
    for name in FOLDERS:
        shutil.rmtree(var / name, ignore_errors=True)
    for ending in ("", "-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    # The new ledger begins at nothing: held against the old head it would be read-only.
    (var / outside.head_file().name).unlink(missing_ok=True)
    people.logins_file().unlink()


def _behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _static(step: Step) -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    step("collecting static files")
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def _fingerprint() -> str:
    """Changes whenever a static file is added, taken away or edited."""
    return hashlib.sha256("\n".join(sorted(_sources())).encode()).hexdigest()


def _sources() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = Path(storage.path(path)).stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"
