"""The organisation in the admin: saving that other rooms hear of, and the import of a CSV file with preview."""

import base64

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .actions import ORGANISATION_IMPORT, ORGANISATION_ROW, lines_of, payload_of, save_entered
from .changes import GivesRights, hand_over
from .enums import Capability
from .forms import OrganisationUploadForm
from .imports import import_organisation
from .queries import has_capability

SALT = "doakte.organisation.import"


class EnteredMixin:
    """Saves by the action; what would give rights to who entered it can be put before a second person."""

    def save_instance(self):
        return save_entered(self.form, actor=self.request.user, save=super().save_instance)

    def form_valid(self, form):
        # As it was entered: saving sets what the form does not have.
        key = form.instance.pk
        try:
            return super().form_valid(form)
        except GivesRights as refusal:
            form.instance.pk = key
            title = f"{self.model._meta.verbose_name}: {form.instance}"
            return hand_over(self.request, refusal, ORGANISATION_ROW, payload_of(form), title, lines_of(form))


class CreateView(EnteredMixin, generic.CreateView):
    pass


class EditView(EnteredMixin, generic.EditView):
    pass


class ImportView(WagtailAdminTemplateMixin, View):
    """Upload, preview, import. The file travels signed in the preview's form, so that nothing has to be kept."""

    template_name = "doakte/organisation/import.html"
    page_title = gettext_lazy("Import organisation")
    header_icon = "upload"
    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.MANAGE_ORGANISATION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.render_to_response(self.get_context_data(form=OrganisationUploadForm()))

    def post(self, request):
        if "checked" in request.POST:
            return self.import_checked(request.POST["checked"])
        form = OrganisationUploadForm(request.POST, request.FILES)
        outcome = checked = None
        if form.is_valid():
            file = form.cleaned_data["file"]
            content = file.read()
            try:
                outcome = import_organisation(content, actor=request.user, dry_run=True)
                checked = dumps(base64.b64encode(content).decode(), salt=SALT, compress=True)
            except GivesRights as refusal:
                payload = {"content": base64.b64encode(content).decode()}
                title = f"{self.page_title}: {file.name}"
                return hand_over(request, refusal, ORGANISATION_IMPORT, payload, title, refusal.lines)
            except ValidationError as error:
                form.add_error("file", error)
        context = self.get_context_data(form=form, outcome=outcome, checked=checked)
        return self.render_to_response(context, status=422 if form.errors else 200)

    def import_checked(self, checked: str):
        try:
            content = base64.b64decode(loads(checked, salt=SALT, max_age=3600))
            outcome = import_organisation(content, actor=self.request.user)
        except (BadSignature, ValidationError):
            messages.error(self.request, _("The preview is no longer valid. Please upload the file again."))
            return redirect(self.request.path)
        if not outcome.is_importable:
            messages.error(
                self.request, _("Something has changed since the preview. Please upload the file again.")
            )
        else:
            messages.success(
                self.request,
                _("%(created)s created, %(changed)s changed.")
                % {"created": len(outcome.created), "changed": len(outcome.changed)},
            )
        return redirect(self.request.path)
