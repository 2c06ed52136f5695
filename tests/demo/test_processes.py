"""Children start together and end together; nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from marketplace.demo import environment, processes, runner
from marketplace.demo.processes import Child, ChildDied
from marketplace.ledger import record

BASE = Path(record.__file__).resolve().parent.parent.parent
SLEEP = "import time; time.sleep(300)"
# A child that has a child of its own and does not listen to SIGTERM.
STUBBORN = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    f"print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)\n"
    "time.sleep(300)"
)


def child(tmp_path, program, name="child"):
    return Child(name, [sys.executable, "-c", program], tmp_path / f"{name}.log")


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(holds, seconds=90):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.05)


def children_of(pid):
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [own for own, parent in pairs if parent == pid]


def test_a_child_that_does_not_listen_is_killed_with_its_own_children(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    stubborn = child(tmp_path, STUBBORN)
    with processes.running([stubborn]):
        until(lambda: stubborn.log.read_text().strip())
        grandchild = int(stubborn.log.read_text())
        assert alive(grandchild)
    until(lambda: not alive(grandchild), 5)
    assert stubborn.ended() == -signal.SIGKILL


def test_children_are_stopped_when_something_goes_wrong_inside(tmp_path):
    sleeper = child(tmp_path, SLEEP)
    with pytest.raises(RuntimeError), processes.running([sleeper]):
        raise RuntimeError
    assert sleeper.ended() is not None


def test_a_child_that_dies_is_started_again(tmp_path):
    sleeper = child(tmp_path, SLEEP)
    with processes.running([sleeper]):
        os.kill(sleeper.process.pid, signal.SIGKILL)
        until(lambda: sleeper.ended() is not None)
        assert processes.watch([sleeper]) == [sleeper]
        assert sleeper.ended() is None


def test_a_child_that_keeps_dying_ends_the_demo_with_its_last_words(tmp_path):
    broken = child(tmp_path, "raise SystemExit('the gate key is missing')")
    with pytest.raises(ChildDied) as refused, processes.running([broken]):
        for _ in range(processes.RESTARTS + 1):
            until(lambda: broken.ended() is not None)
            processes.watch([broken])
    assert "the gate key is missing" in refused.value.remedy


def test_a_busy_port_is_refused_with_what_to_do(capsys):
    with closing(socket.socket()) as taken:
        taken.bind((environment.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert runner.main(["--port", str(port)]) == 1
    said = capsys.readouterr().out
    assert f"Port {port} is in use" in said
    assert f"--port {port + 1}" in said


def test_a_drill_touches_no_other_installation(tmp_path):
    env = {"MUSIKA_DATABASE_URL": "postgres://elsewhere/musika", "MUSIKA_KEY_DIR": "/keys"}
    environment.for_check(8000, tmp_path, env)
    assert "MUSIKA_DATABASE_URL" not in env
    assert "MUSIKA_KEY_DIR" not in env
    assert env["MUSIKA_VAR_DIR"] == str(tmp_path)


def test_the_demo_serves_and_a_sigterm_leaves_no_child(tmp_path):
    port = environment.free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MUSIKA_", "DJANGO_"))}
    env["MUSIKA_VAR_DIR"] = str(tmp_path)
    command = [sys.executable, "-m", "marketplace", "demo", "--small", "--port", str(port)]
    demo = subprocess.Popen(command, cwd=BASE, env=env, stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(demo.stdout.readline, "")
        assert any("Musika runs at" in line for line in lines)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert page.status == 200
        young = children_of(demo.pid)
        assert len(young) == 2
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(40) == 0
        assert not any(alive(pid) for pid in young)
    finally:
        demo.kill()
        demo.wait()
