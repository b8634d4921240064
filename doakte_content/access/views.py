"""Notices, and what was denied to whom, in the admin. The intranet shows the notices in its own clothes."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.journal.extracts import MASK, extract_for
from doakte_content.organisation.enums import Capability
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import has_capability
from doakte_content.paging import page_of

from .denials import denials_of, refused_people
from .notices import lines_for, mark_read, notices_of, unread_count

PER_PAGE = 25
#: The list of people looks back that far.
LOOK_BACK = timedelta(days=30)


class NoticesMixin:
    """A person's notices, the latest first; a POST marks all as read."""

    @cached_property
    def page_of_notices(self):
        return page_of(notices_of(self.request.user), ("-pk",), self.request.GET, PER_PAGE)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "lines": lines_for(self.request.user, self.page_of_notices),
            "items": self.page_of_notices,
            "unread": unread_count(self.request.user),
        }

    def post(self, request, *args, **kwargs):
        mark_read(request.user)
        return redirect(request.path)


class NoticesView(NoticesMixin, WagtailAdminTemplateMixin, TemplateView):
    template_name = "doakte/access/notices.html"
    page_title = gettext_lazy("Notices")
    header_icon = "mail"
    breadcrumbs_items: list = []


class OpenNoticeView(View):
    """Marks one notice as read and leads to what it is about; back to the list where that is hidden."""

    list_url_name = "doakte_access:notices"

    def get(self, request, pk):
        notice = get_object_or_404(notices_of(request.user), pk=pk)
        mark_read(request.user, [notice.pk])
        (line,) = lines_for(request.user, [notice])
        return redirect(line.url or self.list_url_name)


class DataProtectionView(WagtailAdminTemplateMixin, TemplateView):
    """A page for the data-protection role."""

    breadcrumbs_items: list = []

    def dispatch(self, request, *args, **kwargs):
        if not has_capability(request.user, Capability.DATA_PROTECTION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class DenialsView(DataProtectionView):
    """Who was denied access, and how often (W5)."""

    template_name = "doakte/access/denials.html"
    page_title = gettext_lazy("Denied access")
    header_icon = "no-view"

    def get_context_data(self, **kwargs):
        people = refused_people(timezone.now() - LOOK_BACK)
        rows = [(person.pk, name_of(person), count, last) for person, count, last in people]
        return super().get_context_data(**kwargs) | {"rows": rows, "days": LOOK_BACK.days}


class DenialsOfPersonView(DataProtectionView):
    """What one person asked for in vain, the latest first."""

    template_name = "doakte/access/denials_of_person.html"
    page_title = gettext_lazy("Denied access")
    header_icon = "no-view"

    @cached_property
    def person(self):
        return get_object_or_404(get_user_model(), pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return name_of(self.person)

    def get_context_data(self, **kwargs):
        page = page_of(denials_of(self.person), ("-at", "-id"), self.request.GET, PER_PAGE)
        return super().get_context_data(**kwargs) | {
            "page_of_entries": page,
            "entries": extract_for(self.request.user, page),
            "mask": MASK,
        }
