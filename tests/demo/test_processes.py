"""Children start together and end together; nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from marketplace.demo import environment, processes, runner
from marketplace.demo.processes import Child, ChildDied
from marketplace.ledger import record
from tests.demo.ports import free_port

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


def readable_by_others(folder):
    """Files and folders below `folder` that anybody but their owner may read or write."""
    return [str(path) for path in folder.rglob("*") if path.stat().st_mode & 0o077]


def test_what_the_server_writes_is_for_its_user_alone(tmp_path):
    written = tmp_path / "written"
    app = tmp_path / "app.py"
    app.write_text(
        "import pathlib\n"
        f"pathlib.Path({str(written)!r}).write_text('x')\n"
        "def application(environ, start):\n    start('200 OK', [])\n    return [b'']\n"
    )
    conf = BASE / "deploy" / "gunicorn.conf.py"
    command = [*(sys.executable, "-m", "gunicorn", "-c", str(conf), "app:application")]
    command += ["--bind", f"127.0.0.1:{free_port()}", "--chdir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(written.exists)
        assert written.stat().st_mode & 0o777 == 0o600
    finally:
        server.terminate()
        server.wait()


def test_a_claimed_port_cannot_be_taken_before_the_server_starts():
    with closing(environment.claim_port()) as claimed:
        assert not environment.is_free(environment.number_of(claimed))


def test_a_child_serves_at_the_socket_that_it_was_given(tmp_path):
    with closing(environment.claim_port()) as claimed:
        program = (
            f"import socket; s = socket.socket(fileno={claimed.fileno()}); s.listen(); s.accept()"
        )
        listener = child(tmp_path, program)
        listener.handles = [claimed.fileno()]
        with processes.running([listener]):
            until(lambda: reached(environment.number_of(claimed)))


def reached(port):
    try:
        socket.create_connection((environment.HOST, port), 1).close()
    except OSError:
        return False
    return True


def test_one_wish_to_stop_may_arrive_twice():
    with runner._until_told() as told:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert told.is_set()


def test_a_second_wish_to_stop_ends_at_once(monkeypatch):
    monkeypatch.setattr(runner, "SAME_WISH", 0.0)
    with pytest.raises(KeyboardInterrupt), runner._until_told():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_children_that_do_not_listen_are_killed_by_the_second_wish(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SAME_WISH", 0.0)
    stubborn = child(tmp_path, STUBBORN)
    again = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), runner._until_told(), processes.running([stubborn]):
        until(lambda: stubborn.log.read_text().strip())
        os.kill(os.getpid(), signal.SIGINT)
        again.start()
    assert stubborn.ended() == -signal.SIGKILL


def test_the_demo_serves_and_a_sigterm_leaves_no_child(tmp_path):
    with closing(environment.claim_port()) as claimed:
        port = environment.number_of(claimed)
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
        assert readable_by_others(tmp_path) == []
    finally:
        demo.kill()
        demo.wait()
