"""Wagtail's questions about pages, answered by scopes for guarded pages and by group permissions for the others."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import AbstractPage, Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from doakte_content.organisation.queries import kept_on_user

from .holding import HoldsWhere
from .pages import GuardedPage
from .policies import Right, can, known_where, principals, readers_of, visible

#: Guarded types whose pages are also seen by those who merely pass through; all others ask for the right to read.
PASSABLE: set[type[Page]] = set()


def passable(model: type[Page]) -> type[Page]:
    """Let pages of `model` (units of a plan) be seen by everybody who may reach something below them."""
    PASSABLE.add(model)
    return model


def is_guarded(page) -> bool:
    """Say whether a page, fetched as whatever type, is a guarded one."""
    return issubclass(page.cached_content_type.model_class() or Page, GuardedPage)


def guarded_models() -> list[type[GuardedPage]]:
    """Return the uppermost guarded page types of this site: those with a scope column of their own."""
    concrete = [
        one for one in apps.get_models() if issubclass(one, GuardedPage) and issubclass(one, AbstractPage)
    ]
    return [
        one for one in concrete if not any(issubclass(one, other) and one is not other for other in concrete)
    ]


def content_types_of(models) -> list[int]:
    """Return the ids of the content types of page types; from the cache after the first time."""
    return [found.pk for found in ContentType.objects.get_for_models(*models).values()]


def guarded_content_types() -> list[int]:
    """Return the content types of all guarded page types."""
    return content_types_of([one for one in apps.get_models() if issubclass(one, GuardedPage)])


def ordinary_models() -> list[type]:
    return [
        one for one in apps.get_models() if issubclass(one, AbstractPage) and not issubclass(one, GuardedPage)
    ]


def listed_models() -> list[type]:
    """Return the page types that Wagtail's own lists show: ordinary ones, plans and units, but no records."""
    return [*ordinary_models(), *PASSABLE]


def ordinary(pages):
    """Keep of a queryset the pages that are no guarded ones: by naming their types, which an index finds."""
    return pages.filter(content_type__in=content_types_of(ordinary_models()))


def shown(model, user):
    """Keep of a guarded type what `user` may know of: published with the right to read, drafts with that to edit."""
    if model in PASSABLE:
        return visible(model._default_manager.all(), user, Right.PASS)
    return model._default_manager.filter(known_to(user))


def known_to(user) -> HoldsWhere:
    """Return the condition under which a record exists for `user`, readers of drafts being those who may edit."""
    return known_where(user, "published")


def editable(model, user):
    return visible(model._default_manager.all(), user, Right.EDIT)


@kept_on_user
def works_with_records(user) -> bool:
    """Say whether `user` holds any right at all in the plan."""
    return bool(principals(user)) and readers_of(user, Right.PASS).exists()


class DoaktePagePermissionPolicy(PagePermissionPolicy):
    """Scopes decide about guarded pages, whoever asks: a superuser gets none by that (R61).

    Wagtail's own lists and its search show ordinary pages, plans and units. Records have lists of their own: a set of
    all that somebody may see of them would be collected anew for each page. The number of queries does not depend on
    the number of grants.
    """

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, actions) or works_with_records(user)

    def user_has_any_permission_for_instance(self, user, actions, instance):
        if is_guarded(instance):
            return "change" in actions and can(user, Right.EDIT, instance.specific)
        return super().user_has_any_permission_for_instance(user, actions, instance)

    def instances_user_has_any_permission_for(self, user, actions):
        pages = super().instances_user_has_any_permission_for(user, actions)
        return self._with_guarded(pages, user, editable if "change" in actions else None)

    def explorable_instances(self, user):
        return self._with_guarded(self._ordinary_explorable(user), user, shown, always=Q(depth=1))

    def explorable_root_instance(self, user):
        """Return where `user` starts: the plan, if there is one plan and nothing else, else the root of the tree."""
        if hasattr(user, self._explorable_root_instance_cache_name):
            return getattr(user, self._explorable_root_instance_cache_name)
        if not works_with_records(user):
            return super().explorable_root_instance(user)
        tops = []
        if not user.is_superuser and not self.get_cached_permissions_for_user(user):
            for model in PASSABLE:
                if Page in model.allowed_parent_page_models():
                    tops += shown(model, user).filter(depth=2)[:2]
        root = tops[0] if len(tops) == 1 else self.model.base_page_model.get_first_root_node()
        setattr(user, self._explorable_root_instance_cache_name, root)
        return root

    def users_with_any_permission_for_instance(self, actions, instance, include_superusers=True):
        """Nobody, for guarded pages: Wagtail tells people by this whom to write to, and our own workflow does that."""
        if is_guarded(instance):
            return get_user_model()._default_manager.none()
        return super().users_with_any_permission_for_instance(actions, instance, include_superusers)

    def _ordinary_explorable(self, user):
        if not user.is_superuser and not self.get_cached_permissions_for_user(user):
            return self.model._default_manager.none()
        return super().explorable_instances(user)

    def _with_guarded(self, pages, user, pick, always=None):
        """Return the ordinary ones of `pages` together with the plans and units that `pick` leaves."""
        found = Q(pk__in=ordinary(pages).order_by().values("pk"))
        if user.is_active and pick:
            for model in PASSABLE:
                found |= Q(pk__in=pick(model, user).order_by().values("pk"))
        if always and works_with_records(user):
            found |= always
        # Said once more what they can be: the database would go through all records, too, to see that none is meant.
        return self.model._default_manager.filter(found, content_type__in=content_types_of(listed_models()))


def register() -> None:
    """Put the policy in the place of Wagtail's own."""
    policy_registry.register(AbstractPage, value=DoaktePagePermissionPolicy())
