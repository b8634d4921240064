"""What stands in an address for `<uuid:uuid>` and the like."""

import re

from wagtail.models import Workflow

from doakte_content.access.models import Grant
from doakte_content.records.models import Document

from .shelf import Shelf, versions_of

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")


def values_for(page, shelf: Shelf) -> dict:
    """Return what fills each parameter where an address is about `page`."""
    grant = Grant.objects.current().filter(scope=page.scope_id).order_by("-pk").first()
    revision = getattr(page, "latest_revision_id", None) or 1
    version = page.version.uuid if isinstance(page, Document) else page.uuid
    number = str(page.pk)
    return {
        **fixed_values(shelf),
        "uuid": page.uuid,
        "page_id": number,
        "parent_page_id": number,
        "page_to_move_id": number,
        "page_pk": number,
        "object_id": number,
        "revision_id": revision,
        "version": version,
        "grant": grant.uuid if grant else page.uuid,
        "content_type_app_name": page._meta.app_label,
        "content_type_model_name": page._meta.model_name,
        "app_label": page._meta.app_label,
        "model_name": page._meta.model_name,
    }


def fixed_values(shelf: Shelf) -> dict:
    """Return what fills a parameter whatever an address is about; "pk" is whatever has the number 1."""
    return {
        "pk": 1,
        "destination_id": shelf.home.pk,
        "link": shelf.link.pk,
        "binder": shelf.binder.uuid,
        "job": shelf.job.uuid,
        "export": shelf.export.uuid,
        "workflow": Workflow.objects.first().pk,
        "workflow_pk": Workflow.objects.first().pk,
        "workflow_state_id": shelf.approval.workflow_state_id,
        "task_state_id": shelf.approval.workflow_state.current_task_state_id,
        "task_id": shelf.approval.workflow_state.current_task_state.task_id,
        "action_name": "approve",
        "action": "delete",
        "page_view_restriction_id": 1,
        "collection_id": 1,
        "session_id": 1,
        "uploaded_file_id": 1,
        "document_id": 1,
        "doc_id": 1,
        "image_id": 1,
        "redirect_id": 1,
        "filter_spec": "fill-10x10",
        "form": "csv",
        "kind": "merge",
        "person": shelf.people["case worker"].pk,
        "source": "people",
        "uidb64": "MQ",
        "token": "x",
        "provider_id": "keiner",
        "app_name": "doakte_records",
    }


def parameters(route: str) -> set[str]:
    return {found[1] or found[2] for found in PARAMETER.finditer(route)}


def fill(route: str, values: dict, start: str = "/") -> str:
    """Return a route with its parameters filled; with "1" where nobody has said how."""
    return start + PARAMETER.sub(lambda found: str(values.get(found[1] or found[2], 1)), route)


def files_of(route: str, page, shelf: Shelf) -> list[tuple[str, bool]]:
    """Return the address of each version of a document's files, and whether readers may have it."""
    versions = versions_of(page)
    pairs = [(one, True) for one in versions.published] + [(one, False) for one in versions.draft]
    values = values_for(page, shelf)
    return [(fill(route, values | {"version": uuid}), shown) for uuid, shown in pairs]
