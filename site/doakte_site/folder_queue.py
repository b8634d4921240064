"""The embedded queue: messages as files in a folder. kombu's own transport, with its races mended.

kombu writes a message under its final name, so that a reader can catch it half written and stop with an error; it
orders messages by a clock that starts anew with the machine; and it reads by way of another folder. Here a message
appears complete, in order, and is taken by whoever removes it.
"""

import json
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty

from kombu.transport import filesystem


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns():020}_{uuid.uuid4().hex}"
        written = folder / f"{name}.tmp"
        written.write_text(json.dumps(payload))
        written.rename(folder / f"{name}.{queue}.msg")

    def _get(self, queue):
        for path in self._waiting(queue):
            # Two workers may see the same message: the one whose rename succeeds has it.
            taken = path.with_suffix(".taken")
            try:
                os.rename(path, taken)
            except FileNotFoundError:
                continue
            content = taken.read_text()
            taken.unlink()
            with suppress(ValueError):
                return json.loads(content)
        raise Empty

    def _size(self, queue):
        return len(self._waiting(queue))

    def _purge(self, queue):
        waiting = self._waiting(queue)
        for path in waiting:
            path.unlink(missing_ok=True)
        return len(waiting)

    def _waiting(self, queue) -> list[Path]:
        """Return the messages of a queue, oldest first."""
        suffix = f".{queue}.msg"
        names = sorted(name for name in os.listdir(self.data_folder_in) if name.endswith(suffix))
        return [Path(self.data_folder_in, name) for name in names]


class Transport(filesystem.Transport):
    Channel = Channel
