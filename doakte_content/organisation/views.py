"""The organisation in the admin: saving that other rooms hear of, and the import of a CSV file with preview."""

import base64

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from .enums import Capability
from .forms import OrganisationUploadForm
from .imports import import_organisation
from .queries import has_capability
from .signals import organisation_changed

SALT = "doakte.organisation.import"


def shown(instance, name: str) -> str:
    value = getattr(instance, name)
    return ", ".join(map(str, value)) if isinstance(value, list) else str("" if value is None else value)


class HeardMixin:
    """Tells `organisation_changed` what has been saved, in the same transaction."""

    @transaction.atomic
    def save_instance(self):
        form = self.form
        before = type(form.instance).objects.filter(pk=form.instance.pk).first()
        saved = super().save_instance()
        names = [name for name in form.changed_data if hasattr(saved, name)]
        changes = {name: [shown(before, name) if before else "", shown(saved, name)] for name in names}
        if changes:
            organisation_changed.send(
                type(saved),
                actor=self.request.user,
                instance=saved,
                action="organisation.change",
                changes=changes,
                data={},
            )
        return saved


class CreateView(HeardMixin, generic.CreateView):
    pass


class EditView(HeardMixin, generic.EditView):
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
            content = form.cleaned_data["file"].read()
            try:
                outcome = import_organisation(content, actor=request.user, dry_run=True)
                checked = dumps(base64.b64encode(content).decode(), salt=SALT, compress=True)
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
