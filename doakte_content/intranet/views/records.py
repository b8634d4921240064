"""The pages of files, cases and documents."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render

from doakte_content.access.denials import found_or_refuse
from doakte_content.access.policies import visible
from doakte_content.counts import count
from doakte_content.fileplan.queries import effective_rules
from doakte_content.intranet.places import Place, place_of
from doakte_content.intranet.previews import has_pdf, has_thumbnail, preview_of
from doakte_content.intranet.queries import (
    attachments_of,
    final_signature,
    published_children,
    published_links,
)
from doakte_content.paging import page_of
from doakte_content.records.models import Case, Document, RecordFile
from doakte_content.records.reading import journal_view
from doakte_content.storage.queries import forms_of

PER_PAGE = 25


def published_or_404(queryset, uuid, user):
    """Return the record in the state that readers see; 404 for what is not there, not published or not theirs."""
    return found_or_refuse(
        user, visible(queryset.filter(live=True).select_related("office", "scope"), user), uuid=uuid
    )


def common_context(request, record, place: Place) -> dict:
    journal_view(request.user, record)
    return {
        "section": "plan",
        "record": record,
        "breadcrumbs": place.crumbs,
        "restricted": place.restricted,
        "keywords": [] if record.is_cancelled else record.keywords.all(),
        "links": [] if record.is_cancelled else published_links(record, request.user),
    }


def list_of_children(request, page) -> dict:
    """Return what the list of what lies directly in a unit, file or case shows: one page of it, and how many."""
    found = published_children(page, request.user)
    return {"page": page_of(found, ("reference_key",), request.GET, PER_PAGE), "total": count(found)}


@login_required
def record_file(request, uuid):
    record = published_or_404(RecordFile.objects, uuid, request.user)
    place = place_of(record, request.user)
    context = common_context(request, record, place) | list_of_children(request, record)
    context["rules"] = effective_rules(record, place.units)
    return render(request, "doakte/intranet/record_file.html", context)


@login_required
def case(request, uuid):
    record = published_or_404(Case.objects, uuid, request.user)
    context = common_context(request, record, place_of(record, request.user))
    context |= list_of_children(request, record) | {
        "contacts": record.contacts.all(),
        "former_references": record.former_references.all(),
    }
    return render(request, "doakte/intranet/case.html", context)


@login_required
def document(request, uuid):
    document = published_or_404(Document.objects.select_related("version__blob"), uuid, request.user)
    place = place_of(document, request.user)
    context = common_context(request, document, place)
    if not document.is_cancelled:
        context |= document_context(document)
    return render(request, "doakte/intranet/document.html", context)


def document_context(document: Document) -> dict:
    """Return what the page shows of a document that has not been cancelled."""
    attachments = attachments_of(document)
    versions = [attachment.version for attachment in attachments]
    if document.version:
        versions.append(document.version)
    forms = forms_of(versions)
    shown = {}
    if document.version:
        shown = {
            "version": document.version,
            "preview": preview_of(document.version, forms),
            "has_pdf": has_pdf(document.version, forms),
            "has_thumbnail": has_thumbnail(document.version, forms),
        }
    return shown | {
        "attachments": [(attachment, has_pdf(attachment.version, forms)) for attachment in attachments],
        "signature": final_signature(document),
    }
