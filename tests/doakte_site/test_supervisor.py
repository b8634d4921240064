"""`make run` keeps its two processes running and leaves none behind."""

import os
import signal
import sys
import threading
import time

import pytest

from doakte_site import supervisor as supervisor_module
from doakte_site.supervisor import FIRST_PAUSE, LONGEST_PAUSE, Child, Supervisor

FOR_EVER = [sys.executable, "-c", "import signal; signal.pause()"]
#: Ignores SIGTERM, and says so before it waits.
STUBBORN = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); signal.pause()",
]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        threading.Event().wait(0.02)


@pytest.fixture
def run():
    """Return a function that runs a supervisor of the given children in a thread and collects what it says."""
    started = []

    def start(*children):
        said = []
        supervisor = Supervisor(list(children), said.append)
        thread = threading.Thread(target=supervisor.run, kwargs={"handle_signals": False})
        thread.start()
        started.append((supervisor, thread))
        wait_until(lambda: all(child.process for child in children))
        return supervisor, thread, said

    yield start
    for supervisor, thread in started:
        supervisor.stop()
        thread.join()


@pytest.mark.kill
def test_a_killed_child_is_started_again(run):
    """Kill any process at any moment (design.md, Jobs): the other child goes on, the killed one comes back."""
    first, second = Child("web", FOR_EVER), Child("worker", FOR_EVER)
    _, _, said = run(first, second)
    killed, other = first.process.pid, second.process.pid

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: first.process is not None and first.process.pid != killed)
    assert alive(first.process.pid)
    assert second.process.pid == other and alive(other)
    assert said == ["The web process was killed (signal 9); starting it again in 1 s."]


def test_stop_leaves_nothing_running(run):
    """Ctrl-C ends both processes."""
    children = Child("web", FOR_EVER), Child("worker", FOR_EVER)
    supervisor, thread, said = run(*children)
    pids = [child.process.pid for child in children]

    supervisor.stop()
    thread.join(15)

    assert not any(alive(pid) for pid in pids)
    assert said == ["Stopping ...", "Stopped."]


def test_a_child_that_ignores_the_stop_is_killed(run, monkeypatch):
    """A hanging process must not keep the port or the database."""
    monkeypatch.setattr(supervisor_module, "STOP_SECONDS", 0.2)
    child = Child("worker", STUBBORN)
    supervisor, thread, said = run(child)
    pid = child.process.pid
    # Ignored signals have their bit set in SigIgn; until then SIGTERM would still end the child.
    bit = 1 << (signal.SIGTERM - 1)
    wait_until(lambda: ignored_signals(pid) & bit)

    supervisor.stop()
    thread.join(15)

    assert not alive(pid)
    assert "The worker process does not end by itself; killing it." in said


def ignored_signals(pid: int) -> int:
    with open(f"/proc/{pid}/status") as file:
        return int(next(line for line in file if line.startswith("SigIgn")).split()[1], 16)


def test_pauses_grow_and_shrink_again():
    """A child that cannot start must not be started in a tight loop."""
    child = Child("web", FOR_EVER)
    child.started = time.monotonic()
    pauses = [child.plan_restart() for _ in range(8)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE

    child.started = time.monotonic() - supervisor_module.HEALTHY_SECONDS
    assert child.plan_restart() == FIRST_PAUSE
