"""What the intranet lends to the admin's page of a document: the preview and the attachments."""

from django.utils.translation import gettext_lazy

from doakte_content.records.drafts import draft_of
from doakte_content.records.models import Document, Version
from doakte_content.records.panels import RecordPanel
from doakte_content.storage.queries import forms_of

from .previews import has_pdf, preview_of


class PreviewPanel(RecordPanel):
    """The viewer for the file of the latest draft, and its attachments."""

    template_name = "doakte/admin/panels/preview.html"
    heading = gettext_lazy("Content")
    anchor = "content-of-document"
    column = "main"
    order = 10

    def get_context_data(self, parent_context):
        draft = draft_of(self.page)
        attachments = list(draft.attachments.all())
        asked = [one.version_id for one in attachments] + [draft.version_id]
        versions = Version.objects.select_related("blob").in_bulk([pk for pk in asked if pk])
        for attachment in attachments:
            attachment.version = versions[attachment.version_id]
        version = versions.get(draft.version_id)
        forms = forms_of(versions.values())
        return super().get_context_data(parent_context) | {
            "record": self.page,
            "version": version,
            "preview": preview_of(version, forms) if version else None,
            "with_pdf": version is not None and has_pdf(version, forms),
            "attachments": [(one, has_pdf(one.version, forms)) for one in attachments],
        }


def document_panels(request, page):
    if isinstance(page, Document):
        yield PreviewPanel(request, page)
