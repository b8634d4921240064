"""Filing files: several at once, each in a request of its own where the browser can, all in one where it cannot."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access import denials
from doakte_content.access.policies import Right
from doakte_content.records import actions, filing, mails
from doakte_content.records.forms import QuickDocumentForm
from doakte_content.records.listing import known
from doakte_content.records.models import Case, Document
from doakte_content.records.policies import NotWritable, check_writable
from doakte_content.records.views.editing import put_into
from doakte_content.records.views.places import explore_url, record_or_404, way_to
from doakte_content.storage import media_types
from doakte_content.storage.errors import FileTooLarge, StorageError


@dataclass
class Filed:
    """What became of one uploaded file: a document with hints, or an error in words."""

    name: str
    document: Document | None = None
    error: str = ""
    hints: list[str] = field(default_factory=list)
    form: QuickDocumentForm | None = None
    #: An e-mail that a worker is still reading: its title and attachments are not there yet.
    reading: bool = False


class UploadView(WagtailAdminTemplateMixin, View):
    """The page with the drop zone. It takes one file or several; with `Accept: application/json` it answers in JSON."""

    template_name = "doakte/admin/upload.html"
    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        try:
            check_writable(self.case)
        except NotWritable as error:
            if self.wants_json:
                return JsonResponse({"error": " ".join(error.messages)}, status=409)
            messages.error(request, " ".join(error.messages))
            return redirect(explore_url(self.case))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def case(self) -> Case:
        return record_or_404(self.request.user, Case, self.kwargs["uuid"], Right.EDIT)

    @property
    def wants_json(self) -> bool:
        return self.request.accepts("application/json") and not self.request.accepts("text/html")

    def get_page_title(self):
        return _("File documents")

    def get_page_subtitle(self):
        return str(self.case)

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data(results=[]))

    def post(self, request, *args, **kwargs):
        uploads = request.FILES.getlist("files")
        with denials.kept(request.user, self.case):
            results = [self.file(upload) for upload in uploads]
        if self.wants_json:
            if not results:
                return JsonResponse({"error": _("No file arrived. Please choose at least one.")}, status=400)
            return self.answer(results[0])
        if not results:
            messages.error(request, _("No file arrived. Please choose at least one."))
        status = 422 if any(result.error for result in results) or not results else 200
        return self.render_to_response(self.get_context_data(results=results), status=status)

    def answer(self, result: Filed) -> JsonResponse:
        if result.error:
            return JsonResponse({"error": result.error}, status=422)
        html = render_to_string("doakte/admin/includes/filed.html", {"result": result}, request=self.request)
        answer = {"html": html, "reference": result.document.reference}
        if result.reading:
            answer["reading"] = reverse("doakte_records:filed", args=[result.document.uuid])
        return JsonResponse(answer)

    def file(self, upload) -> Filed:
        """File one upload; whatever is wrong with it is said, and does not keep the others from being filed."""
        result = Filed(upload.name)
        try:
            if upload.size > settings.DOAKTE_MAX_UPLOAD_BYTES:
                raise FileTooLarge(settings.DOAKTE_MAX_UPLOAD_BYTES)
            result.document = filing.file_document(self.case, upload, upload.name, actor=self.request.user)
        except StorageError as error:
            result.error = str(error)
        except ValidationError as error:
            result.error = " ".join(error.messages)
        else:
            complete(result, self.case, self.request.user)
        return result

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "page": self.case,
            "way": way_to(self.case, self.request.user),
            "back_url": explore_url(self.case),
            "max_bytes": settings.DOAKTE_MAX_UPLOAD_BYTES,
            "max_size": filesizeformat(settings.DOAKTE_MAX_UPLOAD_BYTES),
        }


def complete(result: Filed, case: Case, user) -> None:
    """Add to what became of a file what there is to say about its document, and the form for its data.

    While an e-mail is being read there is no form: what it would show is not what the e-mail says.
    """
    result.hints = hints_about(result.document, case, user)
    result.reading = mails.is_waiting(result.document)
    if note := mails.note_about(result.document):
        result.hints.append(note)
    if not result.reading:
        result.form = quick_form(result.document)


class FiledView(View):
    """What became of an e-mail since it was filed: `open` while it is being read, then what is shown of it."""

    def get(self, request, uuid):
        document = record_or_404(request.user, Document, uuid, Right.EDIT)
        document.refresh_from_db()
        result = Filed(document.title, document)
        complete(result, document.get_parent().specific, request.user)
        if result.reading:
            return JsonResponse({"open": True})
        taken = document.attachments.count()
        if taken:
            result.hints.append(
                ngettext("%d attachment has been added.", "%d attachments have been added.", taken) % taken
            )
        html = render_to_string("doakte/admin/includes/filed.html", {"result": result}, request=request)
        return JsonResponse({"open": False, "html": html})


def hints_about(document: Document, case: Case, user) -> list[str]:
    """Return what `user` should know about a file that has been taken nevertheless."""
    hints = []
    found = filing.documents_with_same_content(document.version.blob, case)
    others = [one.pk for one in found if one.pk != document.pk]
    # A document in the same case may be protected: of that not even the reference is told.
    same = known(user).filter(pk__in=others).order_by("reference_key")
    if same:
        others = ", ".join(one.reference for one in same)
        hints.append(_("The same file is already in this case: %s.") % others)
    version = document.version
    if media_types.contradicts(version.file_name, version.media_type):
        hints.append(
            _("The name does not fit the content: this is a file of the kind “%s”.")
            % media_types.label(version.media_type)
        )
    return hints


def quick_form(document: Document, *data) -> QuickDocumentForm:
    """Return the form for the most important data of a document, each with names of its own in the page."""
    initial = {name: getattr(document, name) for name in QuickDocumentForm.base_fields}
    return QuickDocumentForm(*data, initial=initial, auto_id=f"d{document.ordinal}-%s")


def error_lines(form) -> list[str]:
    """Return the errors of a form, each with the name of its field."""
    lines = []
    for name, found in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields else ""
        lines.append(label + " ".join(found))
    return lines


class DescribeView(View):
    """Takes the quick form of a document that has just been filed."""

    def post(self, request, uuid):
        document = record_or_404(request.user, Document, uuid, Right.EDIT)
        form = quick_form(document, request.POST)
        if form.is_valid():
            try:
                with denials.kept(request.user, document):
                    actions.change_record(document, actor=request.user, **form.cleaned_data)
            except ValidationError as error:
                put_into(form, error)
        json = request.accepts("application/json") and not request.accepts("text/html")
        if form.errors:
            errors = " ".join(error_lines(form))
            if json:
                return JsonResponse({"error": errors}, status=422)
            messages.error(request, errors)
            return redirect("wagtailadmin_pages:edit", document.pk)
        saved = _("Saved.")
        if json:
            return JsonResponse({"message": saved})
        messages.success(request, saved)
        return redirect(explore_url(document))
