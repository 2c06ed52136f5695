"""A temporary marketplace for a benchmark, removed when it ends."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def temporary_marketplace() -> Iterator[None]:
    """Django set up on an empty, migrated SQLite database in a folder of its own."""
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="musika-benchmark-") as folder:
        os.environ["MUSIKA_VAR_DIR"] = folder
        os.environ.pop("MUSIKA_DATABASE_URL", None)
        os.environ["MUSIKA_LOG_LEVEL"] = "WARNING"
        os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from marketplace import keys

        keys.ensure()
        call_command("migrate", verbosity=0)
        yield
