"""The process that reads what strangers sent: see `isolated`. Started as `python -m`, asked through its input."""

import errno
import importlib
import json
import os
import resource
import signal
import struct
import traceback
from typing import Any, BinaryIO

#: After a file that took so much memory another process goes on.
LARGE_BYTES = 400 * 1024**2
#: How long after its time a child ends by itself, if the one who would have killed it is gone.
GRACE_SECONDS = 5


def main() -> None:
    # What libraries print must not get between the answers.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    # Who stops the worker lets it finish what it is doing, and that needs us; we end when nobody asks any more.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while request := receive(requests):
        # Without a handler the alarm ends the process, whatever it hangs in.
        signal.alarm(int(request["seconds"]) + GRACE_SECONDS)
        answer = work(request) if "function" in request else set_up(request)
        signal.alarm(0)
        send(answers, answer)
        if answer.get("last"):
            return
        if "settings" in request:
            preload()


def preload() -> None:
    """Load what most files need before the first one comes."""
    import pypdfium2  # noqa: F401
    from PIL import Image, JpegImagePlugin  # noqa: F401

    from . import isolated_work  # noqa: F401


def receive(stream: BinaryIO) -> dict | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    return json.loads(stream.read(struct.unpack(">Q", head)[0]))


def send(stream: BinaryIO, answer: dict) -> None:
    # Lone surrogates, which no database takes, do not get through.
    content = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
    stream.write(struct.pack(">Q", len(content)) + content)
    stream.flush()


def set_up(request: dict) -> dict:
    """Prepare Django without a database, and give up what is not needed."""
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["doakte_content.storage"],
        DATABASES={},
        CACHES={},
        LOGGING_CONFIG=None,
        **request["settings"],
    )
    django.setup()
    limits = request["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file"], limits["file"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return {"state": "done", "value": None}


def work(request: dict) -> dict:
    from django.utils import translation

    from .limits import CannotDerive
    from .models import Derivation

    module, _colon, name = request["function"].partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        with translation.override(request["language"] or None):
            return done(function(*request["arguments"]))
    except CannotDerive as reason:
        return {"state": "cannot", "note": str(reason.note.value), "unavailable": reason.unavailable}
    except MemoryError:
        return {
            "state": "cannot",
            "note": Derivation.Note.OVERSIZED.value,
            "unavailable": False,
            "last": True,
        }
    except OSError as error:
        if error.errno == errno.EFBIG:
            return {"state": "cannot", "note": Derivation.Note.OVERSIZED.value, "unavailable": False}
        return {"state": "os", "errno": error.errno, "message": str(error)}
    except Exception:
        return {"state": "unexpected", "message": traceback.format_exc(limit=-8)[-4000:], "last": True}


def done(value: Any) -> dict:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"state": "done", "value": value, "last": peak > LARGE_BYTES}


if __name__ == "__main__":
    main()
