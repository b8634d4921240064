"""What the pages about access have in common."""

from django.core.exceptions import PermissionDenied
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from doakte_content.access.policies import Capability, Right, has_capability, right_in
from doakte_content.journal.actions import record as journal
from doakte_content.records.place_names import PlaceName, is_known, name_of_place, reference_of


class AccessPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of the group "Access" in the menu."""

    header_icon = "key"
    breadcrumbs_items: list = []


class ExplainingPage(AccessPage):
    """A page for those only who explain access in the house."""

    def dispatch(self, request, *args, **kwargs):
        if not may_explain(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def may_explain(user) -> bool:
    return has_capability(user, Capability.EXPLAIN_ACCESS)


def knows(user, place) -> bool:
    """Say whether a plan, unit or record exists for `user`."""
    return is_known(place, right_in(user, place.scope_id))


def name_for(user, place) -> PlaceName:
    """Return the name of a place as `user` may know it."""
    return name_of_place(place, right_in(user, place.scope_id))


def may_read_reasons(user, place) -> bool:
    """Say whether `user` may read what people have entered as reasons of rights: it may tell of the record."""
    right = right_in(user, place.scope_id)
    return right is not None and right >= Right.READ and knows(user, place)


def keep_question(action: str, user, place, **data) -> None:
    """Journal a question about a place, by its reference: titles are not for everybody who reads the journal."""
    journal(action, actor=user, subject=place, label=reference_of(place), data=data)
