import pytest
from celery import current_app


@pytest.fixture
def celery_eager():
    """Let tasks run at once where they are ordered, for tests about what a task does."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False
