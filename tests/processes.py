"""Running things in several real processes at once."""

import multiprocessing
import os
import sys
import traceback

from django.db import connections


def at_once(count: int, work) -> list[int]:
    """Call `work(index)` in `count` forked processes that start together; return their exit codes (0 is success)."""
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(count)
    connections.close_all()

    def run(index):
        connections.close_all()
        gate.wait()
        try:
            work(index)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        connections.close_all()
        os._exit(0)

    processes = [context.Process(target=run, args=(index,)) for index in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]
