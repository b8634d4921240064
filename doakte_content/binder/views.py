"""Ordering a file as PDF in the admin, seeing how far it is, and fetching it."""

from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.generic import View

from doakte_content.access import denials
from doakte_content.access.policies import Right
from doakte_content.records.models import RecordFile
from doakte_content.records.views.actions import ActionView
from doakte_content.storage import media_types
from doakte_content.storage.delivery import respond_file

from .actions import request_binder
from .models import Binder
from .queries import binder_of, latest_binder


class BinderView(ActionView):
    """Orders the binder, and shows how far the latest one is."""

    model = RecordFile
    right = Right.READ
    template_name = "doakte/binder/binder.html"
    page_title = gettext_lazy("File as PDF")

    def post(self, request, *args, **kwargs):
        request_binder(self.record, actor=request.user)
        return redirect(request.path)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"binder": latest_binder(self.request.user, self.record)}


def found_or_404(request, uuid) -> Binder:
    binder = binder_of(request.user, uuid)
    if binder is not None:
        return binder
    if hidden := Binder.objects.filter(uuid=uuid).first():
        denials.refuse(request.user, RecordFile.objects.get(uuid=hidden.record_file_uuid))
    raise Http404


class ProgressView(View):
    def get(self, request, uuid):
        binder = found_or_404(request, uuid)
        return JsonResponse({"open": binder.is_open, "percent": binder.percent})


class DownloadView(View):
    def get(self, request, uuid):
        binder = found_or_404(request, uuid)
        if binder.state != Binder.State.DONE:
            raise Http404
        try:
            return respond_file(
                request, binder.path, binder.sha256, binder.file_name, media_types.PDF, inline=False
            )
        except FileNotFoundError:
            raise Http404 from None
