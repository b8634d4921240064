"""Reading what strangers sent, in a process of its own: one that may crash, hang or burst without harm to anybody.

A parser for PDF, pictures or XML meets bytes that were made to break it. It runs in a child that has no database, no
settings with secrets in them and no queue; that may use so much memory, write so much, and take so much time; and that
is killed, and started anew, where it does not keep to it. One child serves many files, because starting one takes half
a second. What it answers is JSON and is taken for nothing but data.

The child is told what to do by the name of a function, "package.module:function", which takes and returns JSON values.
"""

import atexit
import json
import logging
import os
import select
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.utils import translation

from .limits import CannotDerive
from .models import Derivation

logger = logging.getLogger(__name__)

Note = Derivation.Note

#: So much of a file's content can become objects at once. Pictures of 90 million points need one gigabyte.
MEMORY_MB = 1536
#: The largest file that a child may write.
MAX_FILE_BYTES = 1024**3
#: The longest answer; a text has at most a million characters.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
#: A child that has read so many files is replaced: libraries lose memory.
JOBS_PER_CHILD = 500
START_SECONDS = 60.0

#: What a child sees of our environment.
_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "HOME",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
)
#: What a child sees of the settings: how dates are written and in which language.
_SETTINGS = (
    "LANGUAGE_CODE",
    "TIME_ZONE",
    "USE_TZ",
    "USE_I18N",
    "LOCALE_PATHS",
    "FORMAT_MODULE_PATH",
    "LANGUAGES",
)


class _Gone(Exception):
    """The child has ended in the middle of its work."""


class _Late(Exception):
    """The child has not answered in time."""


class _TooMuch(Exception):
    """The child wants to answer more than we take."""


def call(function: str, *arguments: Any, seconds: float) -> Any:
    """Have a function called in a child and return what it returns; all of that are JSON values.

    Raises `CannotDerive`: with the function's own reason, or because it took longer than `seconds` (TIMED_OUT), needed
    more memory than it may (OVERSIZED), or crashed twice (DAMAGED). Raises OSError as the function does, and
    RuntimeError for what nobody foresaw.
    """
    request = {"function": function, "arguments": arguments, "language": translation.get_language() or ""}
    for attempt in (1, 2):
        child = _take()
        try:
            answer = child.ask(request, seconds)
        except _Late:
            child.kill()
            raise CannotDerive(Note.TIMED_OUT) from None
        except _TooMuch:
            child.kill()
            raise CannotDerive(Note.OVERSIZED) from None
        except _Gone as error:
            child.kill()
            # The system may have ended it for want of memory that others used: once is no proof.
            logger.warning("The reading process ended in the middle of %s (%s)", function, error)
            if attempt == 2:
                raise CannotDerive(Note.DAMAGED) from None
        except BaseException:
            child.kill()
            raise
        else:
            _give_back(child, answer)
            return _result(answer)
    raise AssertionError("unreachable")


def warm() -> None:
    """Start a child and do not wait for it: it will be ready when the first file comes."""
    child = _Child()
    with _lock:
        _idle.append(child)


def close() -> None:
    """End the children that wait for work."""
    while True:
        with _lock:
            if not _idle:
                return
            child = _idle.pop()
        child.end()


def _result(answer: dict) -> Any:
    match answer.get("state"):
        case "done":
            return answer["value"]
        case "cannot":
            raise CannotDerive(Note(answer["note"]), unavailable=bool(answer["unavailable"]))
        case "os":
            raise OSError(answer["errno"], answer["message"])
        case _:
            raise RuntimeError(str(answer.get("message"))[:4000])


class _Child:
    """One process that reads files, and the pipes to it."""

    def __init__(self):
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
        self.jobs = 0
        # In our process group: who ends the worker with all its helpers ends this one, too.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "doakte_content.storage.isolated_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        self.ready = False
        given = {name: getattr(settings, name) for name in _SETTINGS if hasattr(settings, name)}
        memory = getattr(settings, "DOAKTE_READER_MEMORY_MB", MEMORY_MB) * 1024**2
        limits = {"memory": memory, "file": MAX_FILE_BYTES}
        try:
            self._send({"settings": given, "limits": limits, "seconds": START_SECONDS})
        except _Gone as error:
            self.kill()
            raise OSError("the reading process does not start") from error

    def ask(self, request: dict, seconds: float) -> dict:
        """Send a request and return the answer. Raises `_Gone`, `_Late`, `_TooMuch`; OSError if it does not start."""
        if not self.ready:
            try:
                self._receive(time.monotonic() + START_SECONDS)
            except (_Late, _Gone, _TooMuch) as error:
                raise OSError("the reading process does not start") from error
            self.ready = True
        self.jobs += 1
        self._send({**request, "seconds": seconds})
        return self._receive(time.monotonic() + seconds)

    def _send(self, request: dict) -> None:
        content = json.dumps(request, default=str).encode()
        try:
            self.process.stdin.write(struct.pack(">Q", len(content)) + content)
        except OSError as error:
            raise _Gone(str(error)) from error

    def _receive(self, deadline: float) -> dict:
        (length,) = struct.unpack(">Q", self._read(8, deadline))
        if length > MAX_ANSWER_BYTES:
            raise _TooMuch
        try:
            answer = json.loads(self._read(length, deadline))
        except ValueError as error:
            raise _Gone("no JSON") from error
        if not isinstance(answer, dict):
            raise _Gone("no answer")
        return answer

    def _read(self, count: int, deadline: float) -> bytes:
        descriptor = self.process.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
        pieces, missing = [], count
        while missing:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise _Late
            piece = os.read(descriptor, min(missing, 1024 * 1024))
            if not piece:
                raise _Gone(f"exit code {self.process.poll()}")
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Let the child end: it does when nobody can ask it any more."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def forget(self) -> None:
        """Close our copies of the pipes of a child that belongs to the process we were forked from."""
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()
        self.process.returncode = 0  # Not ours to wait for.


_lock = threading.Lock()
_idle: list[_Child] = []


def _take() -> _Child:
    with _lock:
        child = _idle.pop() if _idle else None
    if child is None:
        return _Child()
    if child.process.poll() is not None:
        child.end()
        return _Child()
    return child


def _give_back(child: _Child, answer: dict) -> None:
    if answer.get("last") or child.jobs > JOBS_PER_CHILD:
        child.end()
        return
    with _lock:
        _idle.append(child)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    for child in _idle:
        child.forget()
    _idle.clear()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(close)
