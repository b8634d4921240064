"""Wagtail's editor for records and units: its panels and forms, saved by the rooms' actions."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.panels import ObjectList
from wagtail.admin.telepath import JSContext
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from doakte_content.access import denials
from doakte_content.access.policies import Right
from doakte_content.asked import number
from doakte_content.fileplan.actions import change_plan, change_unit, check_may_manage
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.organisation.actions import data_payload, lines_of, payload_data
from doakte_content.organisation.changes import GivesRights, hand_over
from doakte_content.organisation.forms import ChooserForm
from doakte_content.records.drafts import draft_of
from doakte_content.records.forms import Conflict, edit_handler_of, save_entered
from doakte_content.records.models import Record
from doakte_content.records.policies import NotWritable, check_writable
from doakte_content.records.reading import journal_view
from doakte_content.records.views.places import explore_url, known_or_404, way_to

#: The kind of change that a second person can consent to.
PLAN_UNIT = "plan.unit"


class GuardedEditView(WagtailAdminTemplateMixin, View):
    """Shows the panels of a guarded page in Wagtail's editor; subclasses say how to save."""

    model = Page
    template_name = "doakte/admin/edit.html"
    breadcrumbs_items: list = []

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.has_unsaved_changes = False

    @cached_property
    def page(self):
        return get_object_or_404(self.model.objects.select_related("scope"), pk=self.kwargs["page_id"])

    @cached_property
    def draft(self):
        return self.page

    @cached_property
    def edit_handler(self):
        raise NotImplementedError

    def get_page_title(self):
        return _("Edit %(kind)s") % {"kind": self.page._meta.verbose_name}

    def get_page_subtitle(self):
        return str(self.page)

    def make_form(self, *data):
        return self.edit_handler.get_form_class()(*data, instance=self.draft, for_user=self.request.user)

    def get(self, request, *args, **kwargs):
        self.form = self.make_form()
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        self.form = self.make_form(request.POST, request.FILES)
        if self.form.is_valid():
            try:
                with denials.kept(request.user, self.page):
                    changes = self.save()
            except GivesRights as refusal:
                return self.hand_over(refusal)
            except ValidationError as error:
                put_into(self.form, error)
            else:
                if changes:
                    messages.success(request, _("Your changes to %s have been saved.") % self.page)
                else:
                    messages.info(request, _("Nothing was different; nothing has been saved."))
                return redirect(explore_url(self.page))
        messages.validation_error(request, _("Your changes have not been saved yet."), self.form)
        self.has_unsaved_changes = True
        return self.render_to_response(self.get_context_data(), status=422)

    def save(self) -> dict:
        """Save what the valid form holds and return what changed."""
        raise NotImplementedError

    def hand_over(self, refusal: GivesRights):
        """Put a change that would give rights to who entered it before a second person."""
        raise refusal

    def get_context_data(self, **kwargs):
        panel = self.edit_handler.get_bound_panel(instance=self.draft, request=self.request, form=self.form)
        js_context = JSContext()
        return super().get_context_data(**kwargs) | {
            "page": self.page,
            "way": way_to(self.page, self.request.user),
            "panel": panel,
            "edit_handler_data": js_context.pack(panel),
            "form": self.form,
            "media": MediaContainer([panel, self.form, js_context]).media,
            "action_url": self.request.path,
            "back_url": explore_url(self.page),
            "loaded_revision": self.draft.latest_revision_id or "",
            "has_unsaved_changes": self.has_unsaved_changes,
            "submit_button_label": _("Save"),
            "submit_button_active_label": _("Saving…"),
        }


def put_into(form, error: ValidationError) -> None:
    """Add the messages of an action to the fields of a form, or to the form where they name none of it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages_of_field in error.error_dict.items():
        form.add_error(name if name in form.fields else None, messages_of_field)


class RecordEditView(GuardedEditView):
    """Edits the latest draft of a record."""

    model = Record

    def dispatch(self, request, *args, **kwargs):
        try:
            known_or_404(request.user, self.page, Right.EDIT)
            check_writable(self.page)
            return super().dispatch(request, *args, **kwargs)
        except NotWritable as error:
            reason = " ".join(error.messages)
        except PermissionDenied:
            if request.method != "POST":
                raise
            reason = _("You may not edit this record any more. Nothing has been saved.")
        if request.method == "POST":
            return self.give_back(reason)
        messages.error(request, reason)
        return redirect(explore_url(self.page))

    def give_back(self, reason: str):
        """Say why nothing has been saved, and show what was entered, so that it is not lost."""
        # Without the editor's form, which is not shown.
        context = WagtailAdminTemplateMixin.get_context_data(self) | {
            "page": self.page,
            "way": way_to(self.page, self.request.user),
            "reason": reason,
            "back_url": explore_url(self.page),
        }
        self.template_name = "doakte/admin/not_saved.html"
        return self.render_to_response(context, status=409)

    @cached_property
    def page(self):
        found = get_object_or_404(self.model.objects.select_related("scope"), pk=self.kwargs["page_id"])
        return found.specific if self.model is Record else found

    @cached_property
    def draft(self):
        # An object of its own: the form changes it, even where it is not valid.
        return draft_of(type(self.page).objects.get(pk=self.page.pk))

    @cached_property
    def edit_handler(self):
        return edit_handler_of(type(self.page))

    def get(self, request, *args, **kwargs):
        journal_view(request.user, self.page)
        return super().get(request, *args, **kwargs)

    def save(self) -> dict:
        try:
            return save_entered(
                self.page,
                self.form,
                loaded_revision=number(self.request.POST.get("loaded_revision")),
                actor=self.request.user,
            )
        except Conflict:
            # The second attempt is made in knowledge of the other's state, which the page now shows beside.
            self.conflict = True
            raise

    conflict = False

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.conflict:
            theirs = draft_of(type(self.page).objects.get(pk=self.page.pk))
            context |= {
                "loaded_revision": theirs.latest_revision_id or "",
                "theirs": entered_differently(self.form, theirs),
                "their_revision": theirs.latest_revision,
            }
        elif self.request.method == "POST":
            context["loaded_revision"] = self.request.POST.get("loaded_revision")
        return context


def entered_differently(form, theirs) -> list[tuple[str, str]]:
    """Return label and stored value of each field in which a form differs from the stored state."""
    found = []
    for name, field in form.fields.items():
        if name == "keywords":
            value = ", ".join(sorted(tag.name for tag in theirs.keywords.all()))
            mine = ", ".join(sorted(form.cleaned_data.get(name, [])))
        elif hasattr(theirs, name):
            value, mine = getattr(theirs, name), getattr(form.instance, name)
        else:
            continue
        if value != mine:
            display = getattr(theirs, f"get_{name}_display", None)
            found.append((str(field.label), str(display() if display else value) or "–"))
    return found


class RecordRevertView(RecordEditView):
    """Opens an old revision in the editor; saving makes a new draft of it, with all that belongs to a change."""

    @cached_property
    def draft(self):
        revision = get_object_or_404(self.page.revisions, pk=self.kwargs["revision_id"])
        old = revision.as_object()
        old.latest_revision = self.page.latest_revision
        return old

    def get(self, request, *args, **kwargs):
        messages.warning(
            request, _("You see an earlier state. It becomes the present draft when you save it.")
        )
        self.has_unsaved_changes = True
        return super().get(request, *args, **kwargs)


def plan_handler(model):
    """Return the panels, with their form, of a plan or a unit."""
    return ObjectList(model.content_panels, base_form_class=ChooserForm).bind_to_model(model)


class PlanEditView(GuardedEditView):
    """Edits a plan, for those who manage the plan (R6)."""

    model: type[Page] = FilePlan
    change = staticmethod(change_plan)

    def dispatch(self, request, *args, **kwargs):
        known_or_404(request.user, self.page)
        check_may_manage(request.user)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def edit_handler(self):
        return plan_handler(self.model)

    def save(self) -> dict:
        stored = self.model.objects.get(pk=self.page.pk)
        return self.change(stored, actor=self.request.user, **self.form.cleaned_data)


class UnitEditView(PlanEditView):
    """Edits a unit of the plan; what would give rights to who edits it can be put before a second person (R61)."""

    model = FilePlanUnit
    change = staticmethod(change_unit)

    def hand_over(self, refusal: GivesRights):
        payload = {"pk": self.page.pk, "data": data_payload(self.form.data)}
        title = f"{self.page._meta.verbose_name}: {self.page}"
        return hand_over(self.request, refusal, PLAN_UNIT, payload, title, lines_of(self.form))


def change_unit_again(payload: dict, author) -> None:
    """Make the change of a unit that `author` entered, now that a second person has consented."""
    unit = FilePlanUnit.objects.get(pk=payload["pk"])
    form = plan_handler(FilePlanUnit).get_form_class()(
        payload_data(payload["data"]), instance=unit, for_user=author
    )
    if not form.is_valid():
        raise ValidationError([message for messages in form.errors.values() for message in messages])
    # The form has changed the object that it was given.
    change_unit(FilePlanUnit.objects.get(pk=unit.pk), actor=author, **form.cleaned_data)
