"""What a site lists in INSTALLED_APPS to run doAkte, lowest room first."""

from django.apps import AppConfig

DOAKTE_APPS = [
    "doakte_content",
    "doakte_content.organisation",
    "doakte_content.jobs",
    "doakte_content.journal",
    "doakte_content.access",
    "doakte_content.storage",
    "doakte_content.fileplan",
    "doakte_content.records",
    "doakte_content.retrieval",
    "doakte_content.binder",
    "doakte_content.intranet",
    "workflow.approval",
    "workflow.closing",
    "workflow.takeover",
]


class DoAkteConfig(AppConfig):
    """Carries the translations, static files and (in the wheel) the templates of all rooms."""

    name = "doakte_content"
    label = "doakte"
    verbose_name = "doAkte"

    def ready(self):
        from django.core.checks import Tags, register
        from django.core.handlers.wsgi import WSGIHandler

        from .checks import (
            doors_are_closed,
            encodings_are_known,
            input_is_plain,
            nothing_is_kept,
            others_read_nothing,
            rows_are_kept,
            search_asks,
        )
        from .requests import PlainRequest

        WSGIHandler.request_class = PlainRequest
        register(doors_are_closed, Tags.urls)
        for check in (search_asks, input_is_plain, nothing_is_kept, encodings_are_known):
            register(check, Tags.security)
        register(others_read_nothing, Tags.security, deploy=True)
        # Asks the database: only `check --deploy --database default`.
        register(rows_are_kept, Tags.database, deploy=True)
