"""What guarded things have in common when they are Wagtail pages."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import PageManager, PagePermissionTester
from wagtail.query import PageQuerySet

from doakte_content.organisation.enums import Right

from .models import Guarded
from .policies import can


class GuardedPagePermissionTester(PagePermissionTester):
    """Wagtail's questions about one page, answered for guarded pages.

    Whatever changes the tree or the published state is refused here: it happens in an action of the rooms
    (create, move, cancel, sign), which asks `policies` itself.
    """

    def __init__(self, user, page):
        self.user = user
        self.page = page
        self.page_is_root = False
        #: Wagtail reads this set directly in places; guarded pages know no group permissions.
        self.permissions: set[str] = set()

    def can_edit(self):
        return can(self.user, Right.EDIT, self.page)

    def can_view_revisions(self):
        return can(self.user, Right.EDIT, self.page)

    def _refuse(self, *args, **kwargs):
        return False

    can_add_subpage = can_copy = can_copy_to = can_delete = can_lock = can_move = can_move_to = _refuse
    can_publish = can_publish_subpage = can_reorder_children = can_set_view_restrictions = _refuse
    can_submit_for_moderation = can_unlock = can_unpublish = can_unschedule = _refuse


class GuardedPageQuerySet(PageQuerySet):
    def delete(self):
        """Delete all or nothing: what is refused must not have changed the counts of children already."""
        with transaction.atomic(using=self.db):
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True


class GuardedPageManager(PageManager.from_queryset(GuardedPageQuerySet)):
    """The manager of guarded pages."""


class GuardedPage(Guarded):
    """Mixin for page types that stand in a scope and keep their address and identity for life (R11, W1)."""

    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)

    #: Created by actions only, never by Wagtail's "add child page".
    is_creatable = False
    #: Indexed by our own queue: Wagtail would do it inside the transaction.
    search_auto_update = False
    wagtail_reference_index_ignore = True
    show_in_menus_default = False
    promote_panels: list = []
    settings_panels: list = []

    objects = GuardedPageManager()

    class Meta:
        abstract = True

    def permissions_for_user(self, user):
        return GuardedPagePermissionTester(user, self)

    # The address is the identifier: no search for a free slug, no rewriting of what lies below.

    def _set_core_field_defaults(self):
        self.slug = str(self.uuid)
        super()._set_core_field_defaults()

    def _check_slug_is_unique(self):
        """The identifier is unique in the whole table."""

    def set_url_path(self, parent):
        self.url_path = f"/{self.uuid}/"
        return self.url_path

    def is_site_root(self):
        return False

    def get_sitemap_urls(self, request=None):
        return []

    def route(self, request, path_components):
        """Guarded pages are not reached along the tree of slugs, only by the intranet's own addresses."""
        from django.http import Http404

        raise Http404

    def save(self, *args, log_action=None, **kwargs):
        """Save without Wagtail's log: what happens to records stands in the journal."""
        return super().save(*args, log_action=log_action, **kwargs)

    def delete(self, *args, **kwargs):
        """Raise `ValidationError`: plans and their units are closed, never deleted (R4, W11)."""
        raise ValidationError(_("This cannot be deleted. Close it instead."))
