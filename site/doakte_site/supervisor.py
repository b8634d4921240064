"""Keep a few processes running side by side, in the foreground: start again what dies, stop all on a signal."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds before a child is started again: doubled at each death in a row, up to the last.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
#: A child that ran this long is taken for healthy; its next death counts as the first again.
HEALTHY_SECONDS = 60.0
#: How long children may finish their work after SIGTERM before they are killed.
STOP_SECONDS = 20.0


@dataclass
class Child:
    """One command that is meant to run for ever.

    It leads a process group of its own. So Ctrl-C in the terminal reaches only the supervisor, which then stops
    the children in order, and whatever a killed child left running can be ended before it is started again.
    """

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env={**os.environ, **self.env}, start_new_session=True)
        self.started = time.monotonic()

    def ask_to_stop(self) -> None:
        """Ask the child alone: it has to let its own helpers finish what they are doing."""
        if self.process is not None:
            self.process.terminate()

    def kill_group(self) -> None:
        """Kill the child and everything it started, if any of it is still there."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def plan_restart(self) -> float:
        """Note when the dead child is due again; return the seconds until then."""
        if time.monotonic() - self.started >= HEALTHY_SECONDS:
            self.pause = FIRST_PAUSE
        pause = self.pause
        self.due = time.monotonic() + pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return pause


class Supervisor:
    """Runs children until SIGINT or SIGTERM arrives or `stop` is called.

    Args:
        children: what to run.
        say: takes one line for the person who watches.
    """

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self._stopping = threading.Event()

    def stop(self, *_signal) -> None:
        """End `run` soon; may be called from a signal handler or another thread."""
        self._stopping.set()

    def run(self, *, handle_signals: bool = True) -> None:
        """Start all children and stay until told to stop; on return none of them is running."""
        if handle_signals:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.stop)
        try:
            for child in self.children:
                child.start()
            while not self._stopping.wait(0.2):
                for child in self.children:
                    self._tend(child)
        finally:
            self._end_all()

    def _tend(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.due:
                child.start()
            return
        code = child.process.poll()
        if code is None:
            return
        child.kill_group()
        child.process = None
        pause = child.plan_restart()
        how = f"was killed (signal {-code})" if code < 0 else f"ended (exit code {code})"
        self.say(f"The {child.name} process {how}; starting it again in {pause:g} s.")

    def _end_all(self) -> None:
        self.say("Stopping ...")
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"The {child.name} process does not end by itself; killing it.")
            child.kill_group()
            child.process.wait()
        self.say("Stopped.")
