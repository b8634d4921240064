"""What others have shared with the reader."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from doakte_content.records.views.shared import SharedMixin


class SharedView(LoginRequiredMixin, SharedMixin, TemplateView):
    template_name = "doakte/intranet/shared.html"
    extra_context = {"section": "shared"}
