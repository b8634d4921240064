"""The intranet meets Wagtail's admin."""

from wagtail import hooks

from doakte_content.records.panels import PANELS_HOOK

from .panels import document_panels

hooks.register(PANELS_HOOK, document_panels)
