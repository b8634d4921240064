"""Closing (z.d.A.) and reopening in the admin."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from doakte_content.access import denials
from doakte_content.access.policies import Capability, Right, has_capability
from doakte_content.records.forms import ReasonForm
from doakte_content.records.models import Case, Record, RecordFile
from doakte_content.records.views.actions import ActionView
from doakte_content.records.views.places import record_or_404

from . import actions
from .queries import may_reopen, period_of, what_hinders


class ContainerView(ActionView):
    """An action on a file or case, not on a document."""

    @cached_property
    def record(self):
        found = record_or_404(self.request.user, Record, self.kwargs["uuid"], self.right)
        if not isinstance(found, RecordFile | Case):
            raise PermissionDenied
        return found


class CloseView(ContainerView):
    template_name = "doakte/closing/close.html"
    page_title = gettext_lazy("Close (z.d.A.)")
    submit_label = gettext_lazy("Close (z.d.A.)")
    done_message = gettext_lazy("Closed (z.d.A.). It can only be read from now on.")

    def perform(self, form):
        close = actions.close_file if isinstance(self.record, RecordFile) else actions.close_case
        close(self.record, actor=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "hindrances": what_hinders(self.record, self.request.user),
            "period": period_of(self.record, self.request.user),
        }


class ReopenView(ContainerView):
    right = Right.MANAGE
    form_class = ReasonForm
    page_title = gettext_lazy("Reopen")
    explanation = gettext_lazy(
        "The retention that has been computed is cleared, and computed anew at the next closing."
    )
    submit_label = gettext_lazy("Reopen")
    done_message = gettext_lazy("The record is open again.")

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.REOPEN):
            denials.keep(request.user, self.record, self.right)
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        if not may_reopen(request.user, self.record):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def perform(self, form):
        actions.reopen(self.record, actor=self.request.user, reason=form.cleaned_data["reason"])
