"""The engine in a Python of its own: no site packages, no environment, no other folder."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile

from procurement.dossier.verifier.base import Body, Broken, Skip

START = (
    "import sys; sys.path[:0] = sys.argv[1:]; from procurement.rules import recompute; "
    "recompute.main()"
)


def run(files: dict[str, bytes], job: Body, given: argparse.Namespace) -> Body:
    """The engine's answers; `files` are its modules, none when the reader has his own copy."""
    if not given.python and sys.version_info < (3, 11):
        raise Skip("the engine needs Python 3.11: name one with --python")
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files.items():
            place = os.path.join(folder, *path.split("/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(data)
        source = os.path.abspath(given.engine) if given.engine else folder
        words = [given.python or sys.executable, "-I", "-S", "-B", "-c", START, source]
        text = json.dumps(job).encode()
        done = subprocess.run(words, input=text, capture_output=True, cwd=folder, env={})
    if done.returncode:
        raise Broken(f"the engine stopped: {done.stderr.decode(errors='replace')[-200:]}")
    return dict(json.loads(done.stdout))
