"""The workflow that doAkte delivers, and the plans it is assigned to."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Workflow, WorkflowPage, WorkflowTask

from doakte_content.fileplan.models import FilePlan

from .models import CoSignTask, FinalSignTask


@transaction.atomic
def ensure_workflow() -> Workflow:
    """Return the active workflow of co-signing and final signing; create it if there is none."""
    final_steps = WorkflowTask.objects.filter(task__in=FinalSignTask.objects.filter(active=True))
    workflow = Workflow.objects.active().filter(workflow_tasks__in=final_steps).order_by("pk").first()
    if workflow:
        return workflow
    # The name is data, for all who work here: in the language of the house.
    with translation.override(settings.LANGUAGE_CODE):
        workflow = Workflow.objects.create(name=_("Co-signing and final signing"))
        tasks = [
            CoSignTask.objects.create(name=_("Co-signing")),
            FinalSignTask.objects.create(name=_("Final signing")),
        ]
    for position, task in enumerate(tasks):
        WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr, sort_order=position)
    return workflow


def assign_workflow(sender, instance: FilePlan, created: bool, raw: bool = False, **kwargs) -> None:
    """Give a new plan the delivered workflow; all records below inherit it (receiver of `post_save`)."""
    if created and not raw:
        WorkflowPage.objects.get_or_create(page_id=instance.pk, defaults={"workflow": ensure_workflow()})
