"""A foreign program run where nothing of the house is: no network, no data, and bounded in everything it may use.

The file it works on comes from strangers, and so, once the file has found a hole in it, does the program. bubblewrap
gives it namespaces of its own: the only network interface is an unconnected loopback, the only processes are its own,
the only files are programs, libraries and fonts, read-only, and the one input. It writes into memory of limited size
and hands its one result out through its standard output, so that no folder is shared and no name is followed.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

#: Of one process, as addresses: an office file of some pages takes 1 GiB (LibreOffice 7.4).
MAX_MEMORY_BYTES = 4 * 1024**3
#: Processes and threads: LibreOffice took less than 8 on 2 cores.
MAX_PROCESSES = 128
#: The only place that can be written to lies in memory.
MAX_SCRATCH_BYTES = 1024**3
MAX_SHARED_BYTES = 64 * 1024**2
MAX_OUTPUT_BYTES = 512 * 1024**2
MAX_OPEN_FILES = 1024
#: Of all cores together.
MAX_CPU_SECONDS = 300
PROBE_SECONDS = 10
#: The only folder that can be written to, by the name that it has inside.
SCRATCH = "/tmp"

#: What programs consist of. Not /usr as a whole: /usr/local, /usr/src and the like are the house's own.
_PROGRAMS = ("/usr/bin", "/usr/lib")
_PROGRAMS_IF_ANY = (
    *("/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/local/share/fonts"),
    *("/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/libreoffice"),
    *("/var/cache/fontconfig", "/var/lib/libreoffice"),
)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
#: Settings that name folders of the house; none may be visible inside.
_OUR_FOLDERS = ("DATA_DIR", "DOAKTE_BLOB_ROOT", "DOAKTE_RENDITION_ROOT", "DOAKTE_TAKEOVER_ROOT", "MEDIA_ROOT")
#: $1 is the program, the others are the house's folders.
_PROBE = '[ -x "$1" ] || exit 3; shift; for folder; do [ ! -e "$folder" ] || exit 4; done; exec id -u'
_PROBE_CODES = {3: "the program cannot be seen from inside", 4: "data of doAkte can be seen from inside"}


class TimedOut(Exception):
    """The program took longer than it may; it has been ended, with all that it had started."""


@dataclass(frozen=True)
class Work:
    """A program to run, with its arguments and how long it may take."""

    program: str
    arguments: Sequence[str]
    seconds: float
    #: Files to read, by the names that they get in the sandbox.
    inputs: Mapping[str, Path] = field(default_factory=dict)
    #: The program that the arguments name, which may lie elsewhere than the system's.
    needs: str = ""
    #: Where it keeps what it needs meanwhile.
    home: str = SCRATCH


def why_not(program: str) -> str:
    """Return why `program` cannot be run in a sandbox here, for a technician; "" if it can.

    Found out by running a shell in it: only that tells, since kernels and containers forbid parts of it in many ways.
    It takes some hundredths of a second.
    """
    if not shutil.which("bwrap", path=_ENVIRONMENT["PATH"]):
        return "bubblewrap (bwrap) is not installed"
    folders = [
        str(Path(folder).resolve()) for name in _OUR_FOLDERS if (folder := getattr(settings, name, ""))
    ]
    probe = Work("/bin/sh", ["-c", _PROBE, "sh", program, *folders], PROBE_SECONDS, needs=program)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        try:
            code = run_confined(probe, output, complaints)
        except (OSError, TimedOut, KeyError) as error:
            return f"bubblewrap could not be run: {error!r}"
        output.seek(0)
        complaints.seek(0)
        if code == 0 and output.read(20).strip() not in (b"", b"0"):
            return ""
        said = complaints.read(500).decode(errors="replace").strip()
        return _PROBE_CODES.get(code, said or f"bubblewrap ended with code {code}")


def run_confined(work: Work, output: BinaryIO, complaints: BinaryIO | None = None) -> int:
    """Run a program in the sandbox, its standard output going to the file `output`; return its exit code.

    Raises TimedOut, or OSError if it cannot be started.
    """
    with ExitStack() as stack:
        # bubblewrap copies them in: whoever it runs as need not be able to reach the files themselves.
        opened = {name: stack.enter_context(open(path, "rb")).fileno() for name, path in work.inputs.items()}
        return _run(_confined(work, opened), work, output, complaints, opened.values())


def run_unconfined(work: Work, output: BinaryIO) -> int:
    """The same without sandbox, for houses that have said so: limits and an unprivileged user, nothing else.

    The program sees network and files as that user does; `work.inputs` are not copied.
    """
    return _run([*_limits(), work.program, *work.arguments], work, output)


def unprivileged_user() -> tuple[int, int] | None:
    """Return user and group that a foreign program runs as where we are root; None where we are not.

    The setting DOAKTE_CONVERT_USER names the user. Raises KeyError if there is none of that name, or if it is root.
    """
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam(getattr(settings, "DOAKTE_CONVERT_USER", "nobody"))
    if user.pw_uid == 0:
        raise KeyError("DOAKTE_CONVERT_USER must not be root")
    return user.pw_uid, user.pw_gid


def _confined(work: Work, opened: Mapping[str, int]) -> list[str]:
    """Return the command that runs `work` in the sandbox; `opened` are its inputs by the names they get inside."""
    return [
        "bwrap",
        # --unshare-all alone would go on without a user namespace where none can be had.
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--clearenv", *_set_environment(work)),
        *_visible(work.needs),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(MAX_SHARED_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),
        *("--size", str(MAX_SCRATCH_BYTES), "--tmpfs", SCRATCH),
        *(word for name, number in opened.items() for word in ("--file", str(number), name)),
        # The root lies in memory, too, and is of no limited size.
        *("--chdir", SCRATCH, "--remount-ro", "/", "--"),
        # The first to go where memory is short.
        *("choom", "-n", "1000", "--"),
        # Counted inside: outside, our own processes would count.
        *_limits(f"--nproc={MAX_PROCESSES}"),
        work.program,
        *work.arguments,
    ]


def _set_environment(work: Work) -> Iterable[str]:
    for name, value in _environment(work).items():
        yield from ("--setenv", name, value)


def _environment(work: Work) -> dict[str, str]:
    return {**_ENVIRONMENT, "HOME": work.home, "TMPDIR": work.home}


def _visible(program: str) -> Iterable[str]:
    """Yield what makes the system's programs visible, and `program` where it lies elsewhere."""
    for folder in _PROGRAMS:
        yield from ("--ro-bind", folder, folder)
    for folder in _PROGRAMS_IF_ANY:
        yield from ("--ro-bind-try", folder, folder)
    # Links into /usr on Debian, folders of their own on older systems.
    for name in ("bin", "lib", "lib32", "lib64"):
        if Path("/", name).is_symlink():
            yield from ("--symlink", f"usr/{name}", f"/{name}")
        elif Path("/", name).is_dir():
            yield from ("--ro-bind", f"/{name}", f"/{name}")
    if program and not program.startswith(tuple(f"{folder}/" for folder in _PROGRAMS)):
        folder = str(_installation(Path(program)))
        yield from ("--ro-bind", folder, folder)


def _installation(program: Path) -> Path:
    """Return the folder that a program elsewhere needs: LibreOffice's own packages put it into …/program/."""
    folder = program.parent
    return folder.parent if folder.name == "program" else folder


def _limits(*more: str) -> list[str]:
    return [
        "prlimit",
        f"--as={MAX_MEMORY_BYTES}",
        f"--fsize={MAX_OUTPUT_BYTES}",
        f"--nofile={MAX_OPEN_FILES}",
        f"--cpu={MAX_CPU_SECONDS}",
        "--core=0",
        *more,
        "--",
    ]


def _run(
    command: Sequence[str],
    work: Work,
    output: BinaryIO,
    complaints: BinaryIO | None = None,
    opened: Iterable[int] = (),
) -> int:
    """Run a command as a group of its own, so that its helpers end with it."""
    user, group = unprivileged_user() or (None, None)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=complaints or subprocess.DEVNULL,
        # Ours has the database's password, and bubblewrap keeps its own where those inside can read it.
        env=_environment(work),
        cwd="/",
        pass_fds=tuple(opened),
        start_new_session=True,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
    )
    try:
        return process.wait(work.seconds)
    except subprocess.TimeoutExpired as error:
        raise TimedOut from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
