"""The city that most tests live in, built once for the tests of a module instead of for each of them.

It is built in a transaction that stays open around those of the tests, each of which is rolled back as ever. What a
test gets is a copy of its own.
"""

from copy import deepcopy

from django.db import connection, transaction

from tests.factories import City, make_city


class KeptCity:
    def __init__(self, blocker):
        self.blocker = blocker
        self.module = None

    def prepare(self, module, wanted: bool) -> None:
        """Have the city of `module` stand before a test that wants it, and none before another. Before its fixtures."""
        if self.module and (not wanted or module is not self.module or not connection.in_atomic_block):
            self.close()
        if wanted and not self.module:
            self.open(module)

    def open(self, module) -> None:
        self.module = module
        with self.blocker.unblock():
            self.around = transaction.atomic()
            self.around.__enter__()
            self.city = make_city()

    def close(self) -> None:
        if not self.module:
            return
        self.module = None
        with self.blocker.unblock():
            if connection.in_atomic_block:
                transaction.set_rollback(True)
            self.around.__exit__(None, None, None)

    def copy(self) -> City:
        return deepcopy(self.city) if self.module else make_city()
