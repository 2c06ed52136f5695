"""docs/reference/api.md, block after block, in a shell against a demo that runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.demo import environment
from marketplace.demo.environment import BASE
from tests.demo.ports import free_port

GUIDE = BASE / "docs" / "reference" / "api.md"
TOOLS = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(TOOLS), reason=f"The walk needs {', '.join(TOOLS)}")


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[tuple[Path, int]]:
    """The folder and the port of a small demo."""
    folder, port = tmp_path_factory.mktemp("walk"), free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MUSIKA_", "DJANGO_"))}
    env["MUSIKA_VAR_DIR"] = str(folder)
    command = [sys.executable, "-m", "marketplace", "demo", "--small", "--port", str(port)]
    demo = subprocess.Popen(command, cwd=BASE, env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(demo.stdout.readline, "")
        assert any("Musika runs at" in line for line in lines)
        yield folder, port
    finally:
        demo.send_signal(signal.SIGTERM)
        try:
            demo.wait(40)
        finally:
            demo.kill()
            demo.wait()


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.S | re.M)


def walk(script: str, house: tuple[Path, int]) -> subprocess.CompletedProcess[str]:
    folder, port = house
    env = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
        "API": f"http://{environment.HOST}:{port}/api/v1",
        "LOGINS": str(folder / "demo-logins.json"),
        "PYTHON": sys.executable,
    }
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=BASE, env=env, capture_output=True, text=True, timeout=120)


def said_by(block: str, words: str) -> str:
    """What the block that has `words` printed: each block is followed by a line of its own."""
    number = next(n for n, text in enumerate(blocks()) if words in text)
    return block.split(f"--- end of {number}\n")[0].split(f"--- end of {number - 1}\n")[-1]


@pytest.fixture(scope="module")
def said(house) -> str:
    script = "\n".join(f"{text}\necho '--- end of {n}'" for n, text in enumerate(blocks()))
    done = walk(script, house)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_of_the_guide_is_in_a_block_that_is_run():
    outside = re.sub(r"^```sh\n.*?^```$", "", GUIDE.read_text(), flags=re.S | re.M)
    assert len(blocks()) > 10
    assert not re.search(r"^(    |\s*\$ )?(curl|get|jq) ", outside, re.M)


def test_the_pages_of_the_list_hold_every_tender_once(said, house):
    everything = walk('curl -fsS "$API/tenders?page_size=200"', house).stdout
    assert int(said_by(said, "references.txt")) == len(json.loads(everything)["results"]) > 5


def test_the_refusal_shown_names_the_mistake(said):
    shown = json.loads(said_by(said, "statsu"))
    assert (shown["status"], shown["code"]) == (422, "unknown-parameter")
    assert shown["errors"][0]["place"] == "?statsu"


def test_the_draft_is_saved_twice(said):
    first, second = map(int, said_by(said, "bid/draft").split())
    # The demo's tenderer may have begun a draft of this tender before.
    assert second == first + 1


def test_the_bid_is_submitted_replaced_and_withdrawn(said):
    assert json.loads(said_by(said, "first-"))["revision"] == 1
    replaced, _, gone = said_by(said, "second-").partition("}\n")
    assert json.loads(f"{replaced}}}")["revision"] == 2
    assert json.loads(gone)["status"] == 404


def test_the_receipt_and_the_history_verify(said):
    assert "All checks passed" in said_by(said, "receipt.json")
    assert "All checks passed" in said_by(said, 'history.jsonl" --key')
