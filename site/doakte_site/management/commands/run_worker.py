"""Run the process that does the background work."""

import os

from django.core.management.base import BaseCommand

from doakte_site.celery import app

#: "celery" is the queue of everything that names no other.
QUEUES = "celery,derive"


class Command(BaseCommand):
    help = "Run the worker: texts, thumbnails, PDF forms, search index. It also rings for what was missed."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--no-beat",
            action="store_true",
            help="Leave the regular tasks to another worker; where several run, all but one should.",
        )

    def handle(self, *, no_beat, **options):
        level = os.environ.get("DOAKTE_LOG_LEVEL", "WARNING")
        arguments = ["worker", "--queues", QUEUES, "--loglevel", level]
        # Workers here need not know of each other.
        arguments += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        if not no_beat:
            arguments.append("--beat")
        app.worker_main(arguments)
