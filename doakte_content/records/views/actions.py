"""Forms that change something about a unit or record: one small view for each action."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access import denials
from doakte_content.access.policies import Right, can
from doakte_content.fileplan import actions as plan
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records import actions, filing, forms
from doakte_content.records.consequences import Change, of_moving, of_reclassifying
from doakte_content.records.jobs import order_move
from doakte_content.records.listing import known
from doakte_content.records.models import Document, Record, RecordFile, RecordLink
from doakte_content.records.queries import inside
from doakte_content.records.views.editing import put_into
from doakte_content.records.views.places import explore_url, landing_url, record_or_404, way_to
from doakte_content.storage.errors import StorageError

#: With more in it, a record is moved in the background: nobody shall have to wait before their browser.
MOVED_AT_ONCE = 200


class ActionView(WagtailAdminTemplateMixin, View):
    """Shows a form about one unit or record and calls an action with what was entered.

    Subclasses in other rooms name a model, a form and the words, and do the work in `perform`.
    """

    model: type = Record
    right = Right.EDIT
    form_class: type = forms.ConfirmForm
    template_name = "doakte/admin/action_form.html"
    breadcrumbs_items: list = []
    explanation = ""
    submit_label = gettext_lazy("Save")
    done_message = gettext_lazy("Done.")
    #: "serious" for what cannot simply be undone.
    tone = ""

    def dispatch(self, request, *args, **kwargs):
        # Asked before anything is shown; the action asks again.
        _known = self.record
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self):
        return record_or_404(self.request.user, self.model, self.kwargs["uuid"], self.right)

    def get_page_subtitle(self):
        return str(self.record)

    def form_kwargs(self) -> dict:
        return {}

    def make_form(self, *data):
        return self.form_class(*data, **self.form_kwargs())

    def perform(self, form):
        """Call the action; return the page to show afterwards, None for the record's own, or a response."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        self.form = self.make_form()
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        self.form = self.make_form(request.POST, request.FILES)
        if self.is_valid():
            try:
                with denials.kept(request.user, self.record):
                    page = self.perform(self.form)
            except ValidationError as error:
                put_into(self.form, error)
            except StorageError as error:
                self.form.add_error(None, str(error))
            else:
                if isinstance(page, HttpResponse):
                    return page
                messages.success(request, self.done_message)
                return redirect(landing_url(request.user, page or self.record))
        return self.render_to_response(self.get_context_data(), status=422 if self.form.errors else 200)

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "page": self.record,
            "way": way_to(self.record, self.request.user),
            "form": self.form,
            "explanation": self.explanation,
            "submit_label": self.submit_label,
            "tone": self.tone,
            "back_url": explore_url(self.record),
            "media": self.form.media,
        }


class CarefulView(ActionView):
    """Says first what will change for people, and acts only on what has been agreed to.

    If that is no longer the same when the agreement arrives, it is said again.
    """

    template_name = "doakte/admin/careful_form.html"
    confirm_label = gettext_lazy("Yes, go on")
    changes: list[Change] = []
    confirming = False

    def changes_by(self, form) -> list[Change]:
        """Return what doing what stands in the valid `form` would change; if nothing, nobody is asked."""
        raise NotImplementedError

    def is_valid(self):
        if not super().is_valid():
            return False
        self.changes = self.changes_by(self.form)
        agreed = self.request.POST.get("confirmed", "")
        self.confirming = bool(self.changes) and agreed != self.fingerprint
        return not self.confirming

    @property
    def fingerprint(self) -> str:
        return sha256(repr(self.changes).encode()).hexdigest()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {
            "changes": self.changes,
            "confirming": self.confirming,
        }
        if self.confirming:
            context |= {"fingerprint": self.fingerprint, "submit_label": self.confirm_label}
        return context


class NewFileView(ActionView):
    model = FilePlanUnit
    form_class = forms.NewFileForm
    page_title = gettext_lazy("New file")
    explanation = gettext_lazy("The file gets its Aktenzeichen when you save.")
    submit_label = gettext_lazy("Open file")
    done_message = gettext_lazy("The file has been opened.")

    def perform(self, form):
        return actions.create_record_file(self.record, actor=self.request.user, **form.cleaned_data)


class NewCaseView(ActionView):
    model = RecordFile
    form_class = forms.NewCaseForm
    template_name = "doakte/admin/new_case.html"
    page_title = gettext_lazy("New case")
    submit_label = gettext_lazy("Open case")
    done_message = gettext_lazy("The case has been opened.")

    @cached_property
    def contacts(self):
        data = self.request.POST if self.request.method == "POST" else None
        return forms.ContactFormSet(data, queryset=forms.Contact.objects.none(), prefix="contacts")

    def is_valid(self):
        # Both are asked, so that all errors are shown at once.
        return all([self.form.is_valid(), self.contacts.is_valid()])

    def perform(self, form):
        entered = [contact.cleaned_data for contact in self.contacts if contact.has_changed()]
        contacts = [{name: value for name, value in one.items() if name != "id"} for one in entered]
        return actions.create_case(
            self.record, actor=self.request.user, contacts=contacts, **form.cleaned_data
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"contacts": self.contacts}


class CancelView(ActionView):
    form_class = forms.ReasonForm
    page_title = gettext_lazy("Cancel record")
    explanation = gettext_lazy(
        "The record stays readable with the reason you give, but nothing more can be done with it. "
        "This cannot be undone."
    )
    submit_label = gettext_lazy("Cancel record")
    done_message = gettext_lazy("The record has been cancelled.")
    tone = "serious"

    def perform(self, form):
        actions.cancel_record(self.record, form.cleaned_data["reason"], actor=self.request.user)


class MoveView(CarefulView):
    """Moves a document to another case, a case to another file, a file to another unit (R19)."""

    page_title = gettext_lazy("Move record")
    submit_label = gettext_lazy("Move record")
    done_message = gettext_lazy("The record has been moved.")

    @property
    def form_class(self):
        return forms.MoveFileForm if isinstance(self.record, RecordFile) else forms.MoveForm

    @property
    def explanation(self):
        if isinstance(self.record, RecordFile):
            return _(
                "The file gets a new Aktenzeichen below another unit of the file plan, and stays findable under the "
                "old one, as does all that lies in it. How long it is kept follows from the new unit."
            )
        return _(
            "The record gets a new reference and stays findable under the old one. Say where to: "
            "a case moves to a file, a document to a case."
        )

    def form_kwargs(self):
        return {"user": self.request.user, "record": self.record}

    def changes_by(self, form):
        user, target = self.request.user, form.cleaned_data["target"]
        # Who sees what there is not for those who merely read it; the action refuses them.
        if not can(user, Right.EDIT, target):
            return []
        changes = of_moving(self.record, target)
        if isinstance(self.record, RecordFile):
            changes = [*of_reclassifying(self.record, target, user), *changes]
        return changes

    def perform(self, form):
        user, target, reason = self.request.user, form.cleaned_data["target"], form.cleaned_data["reason"]
        if inside(self.record).count() <= MOVED_AT_ONCE:
            return actions.move_record(self.record, target, reason=reason, actor=user)
        # What can be seen before is said before; the work asks again.
        actions.check_movable(self.record, self.record.get_parent().specific, target, actor=user)
        job = order_move(self.record, target, reason=reason, actor=user)
        messages.success(self.request, _("The record is moved in the background."))
        return redirect("doakte_jobs:job", job.uuid)


class LinkView(ActionView):
    form_class = forms.LinkForm
    page_title = gettext_lazy("Add reference")
    explanation = gettext_lazy("References can be followed both ways and survive moves.")
    submit_label = gettext_lazy("Add reference")
    done_message = gettext_lazy("The reference has been added.")

    def form_kwargs(self):
        return {"user": self.request.user}

    def perform(self, form):
        entered = form.cleaned_data
        actions.link_records(
            self.record,
            entered["target"],
            kind=entered["kind"],
            note=entered["note"],
            actor=self.request.user,
        )


class UnlinkView(ActionView):
    page_title = gettext_lazy("Remove reference")
    submit_label = gettext_lazy("Remove reference")
    done_message = gettext_lazy("The reference has been removed.")

    @cached_property
    def link(self) -> RecordLink:
        """The reference, as long as this person knows of its other end."""
        return get_object_or_404(
            RecordLink.objects.select_related("source", "target"),
            pk=self.kwargs["link"],
            source__uuid=self.kwargs["uuid"],
            target__in=known(self.request.user).order_by(),
        )

    @property
    def explanation(self):
        return str(self.link.target)

    def perform(self, form):
        actions.unlink_records(self.link, actor=self.request.user)


class CloseUnitView(ActionView):
    model = FilePlanUnit
    right = Right.PASS
    page_title = gettext_lazy("Take out of use")
    explanation = gettext_lazy("No new files are opened here any more. What is there stays readable.")
    submit_label = gettext_lazy("Take out of use")
    done_message = gettext_lazy("The unit has been taken out of use.")

    def dispatch(self, request, *args, **kwargs):
        plan.check_may_manage(request.user)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, form):
        plan.close_unit(self.record, actor=self.request.user)


class ReopenUnitView(CloseUnitView):
    page_title = gettext_lazy("Take into use again")
    explanation = ""
    submit_label = gettext_lazy("Take into use again")
    done_message = gettext_lazy("The unit is in use again.")

    def perform(self, form):
        plan.reopen_unit(self.record, actor=self.request.user)


class NewVersionView(ActionView):
    model = Document
    form_class = forms.VersionForm
    page_title = gettext_lazy("New version")
    explanation = gettext_lazy(
        "Earlier versions stay readable. What has been approved stays visible to readers."
    )
    submit_label = gettext_lazy("Upload")
    done_message = gettext_lazy("The new version has been filed.")

    def perform(self, form):
        upload = form.cleaned_data["file"]
        filing.add_version(
            self.record, upload, upload.name, note=form.cleaned_data["note"], actor=self.request.user
        )


class NewAttachmentView(ActionView):
    model = Document
    form_class = forms.AttachmentForm
    page_title = gettext_lazy("Add attachment")
    submit_label = gettext_lazy("Upload")
    done_message = gettext_lazy("The attachment has been filed.")

    def perform(self, form):
        upload = form.cleaned_data["file"]
        filing.add_attachment(
            self.record, upload, upload.name, title=form.cleaned_data["title"], actor=self.request.user
        )
