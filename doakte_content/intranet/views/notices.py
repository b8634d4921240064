"""What the reader has been told."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import TemplateView

from doakte_content.access.views import NoticesMixin
from doakte_content.access.views import OpenNoticeView as OpenInAdminView


class NoticesView(LoginRequiredMixin, NoticesMixin, TemplateView):
    template_name = "doakte/intranet/notices.html"


class OpenNoticeView(LoginRequiredMixin, OpenInAdminView):
    list_url_name = "doakte_intranet:notices"
