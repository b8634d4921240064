"""Doors of Wagtail's admin that know nothing of scopes: closed, or opened for ordinary pages only.

`doakte_content.admin_urls` puts these views in front of Wagtail's own; a system check sees to it that a site does so.
"""

from collections.abc import Iterable

from django.apps import apps
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views import chooser, workflows
from wagtail.admin.views.bulk_action import index as bulk_actions
from wagtail.admin.views.editing_sessions import ping as wagtail_ping
from wagtail.admin.viewsets.pages import page_viewset_registry
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import AbstractPage, Page, WorkflowPage

from doakte_content.asked import number, numbers

from .wagtail_policy import guarded_content_types, is_guarded, ordinary

wagtail_move_confirm = page_viewset_registry.as_view("move_confirm", page_id_kwarg="page_to_move_id")


def closed(request, *args, **kwargs):
    """Answer for reports and lists that would show pages without asking whether this person may see them."""
    raise Http404


class ChooserBrowseView(chooser.BrowseView):
    """Wagtail's page chooser, for ordinary pages: records are referred to by their Aktenzeichen instead."""

    def get(self, request, parent_page_id=None):
        if parent_page_id and is_guarded(get_object_or_404(Page, pk=parent_page_id)):
            raise Http404
        refuse_guarded(filter(None, request.GET.getlist("target_pages[]")))
        return super().get(request, parent_page_id)

    def get_object_list(self):
        if is_guarded(self.parent_page):
            raise Http404
        return ordinary(super().get_object_list())


class ChosenMultipleView(chooser.ChosenMultipleView):
    def get(self, request):
        refuse_guarded(request.GET.getlist("id"))
        return super().get(request)


def refuse_guarded(asked: Iterable[str]) -> None:
    """Raise Http404 where guarded pages are among those asked for, or what is no plain number.

    Wagtail hands to `int` what was sent: "+7", " 7" and "٧" are seven to it.
    """
    asked = list(asked)
    keys = numbers(asked)
    if len(keys) != len(asked):
        raise Http404
    if Page.objects.filter(pk__in=keys, content_type__in=guarded_content_types()).exists():
        raise Http404


def move_confirm(request, page_to_move_id, destination_id):
    """Confirm a move, but not to a guarded page: Wagtail shows the destination's title before it asks for rights."""
    if is_guarded(get_object_or_404(Page, pk=destination_id)):
        raise Http404
    return wagtail_move_confirm(request, page_to_move_id=page_to_move_id, destination_id=destination_id)


def refuse_guarded_choices() -> None:
    """Take a guarded page that was put into a form by its number for no choice, in all of Wagtail's forms.

    The forms (copy, move, redirects, groups, any page with a chooser) show the title of what was sent to them.
    There is no setting for that widget, and naming each form would forget one.
    """
    plain = AdminPageChooser.value_from_datadict

    def value_from_datadict(self, data, files, name):
        value = plain(self, data, files, name)
        # What is no plain number may be one to Wagtail all the same, see `refuse_guarded`.
        if (key := number(value)) is None:
            return None
        page = Page.objects.filter(pk=key).first()
        return None if page and is_guarded(page) else value

    AdminPageChooser.value_from_datadict = value_from_datadict


def bulk_action(request, app_label, model_name, action):
    """Run Wagtail's bulk actions, for pages only on ordinary ones that are named singly."""
    if app_label == Page._meta.app_label and model_name == Page._meta.model_name:
        refuse_guarded(request.GET.getlist("id"))
    return bulk_actions(request, app_label, model_name, action)


def ping(request, app_label, model_name, object_id, session_id):
    """Say who else is editing, for ordinary pages: our editor recognises conflicts when it saves."""
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        raise Http404 from None
    if issubclass(model, AbstractPage):
        page = Page.objects.filter(pk=number(object_id)).first()
        if page is None or is_guarded(page):
            raise Http404
    return wagtail_ping(request, app_label, model_name, object_id, session_id)


def workflow_of_records(**condition) -> bool:
    """Say whether a workflow carries the approval of guarded pages."""
    assigned = WorkflowPage.objects.filter(page__content_type__in=guarded_content_types())
    return assigned.filter(**condition).exists()


def unless_it_carries_records(view, lookup: str):
    """Wrap a view that changes a workflow: Wagtail would end all approvals with it, whoever may see the documents.

    `lookup` leads from the assignment of a workflow to what the address names by its only number.
    """

    def guarded(request, **kwargs):
        number = next(iter(kwargs.values()))
        if workflow_of_records(**{lookup: number}):
            messages.error(
                request, _("This workflow carries the approval of records. It cannot be changed here.")
            )
            return redirect("wagtailadmin_workflows:index")
        return view(request, **kwargs)

    return guarded


edit_workflow = unless_it_carries_records(workflows.Edit.as_view(), "workflow")
disable_workflow = unless_it_carries_records(workflows.Disable.as_view(), "workflow")
edit_task = unless_it_carries_records(workflows.EditTask.as_view(), "workflow__workflow_tasks__task")
disable_task = unless_it_carries_records(workflows.DisableTask.as_view(), "workflow__workflow_tasks__task")


def remove_workflow(request, page_pk, workflow_pk=None):
    """Take a workflow from a page, but not from a guarded one."""
    if is_guarded(get_object_or_404(Page, pk=page_pk)):
        raise Http404
    return workflows.remove_workflow(request, page_pk, workflow_pk)
