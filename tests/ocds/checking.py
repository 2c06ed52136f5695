"""Runs check_ocds.py, whole and strict, over files that a test has made."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.ocds.offline import folder


def check(*files: Path, prefix: str = "ocds-213czf") -> dict[str, Any]:
    """What it found, by kind; empty when there is nothing to say."""
    report = files[0].with_suffix(".report.json")
    command = [sys.executable, str(Path(str(folder()), "check_ocds.py")), *map(str, files)]
    command += ["--strict", "--json", str(report), *(["--prefix", prefix] if prefix else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(report.read_text())
    assert (done.returncode == 0) == (not told["found"]), done.stdout
    return dict(told)
