"""Telling people something: rows that stand on their pages until they have read them, and a mail as a courtesy.

A record is named only to those who may see it at the moment they look, so that a notice gives nothing away that has
been withdrawn since.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from doakte_content.organisation.enums import Capability
from doakte_content.organisation.names import name_of
from doakte_content.organisation.queries import has_capability

from .models import Guarded, Notice
from .notice_kinds import KINDS, WITHHELD
from .wagtail_policy import guarded_models, shown


@transaction.atomic
def tell(
    people: Iterable, kind: str, *, subject=None, label: str = "", data=None, actor=None
) -> list[Notice]:
    """Give each of `people` a notice in the caller's transaction, and order the mail for its commit.

    `kind` is a key of `notice_kinds.KINDS`; `subject` anything with a `uuid`; `label` what people may read of it: of
    a record the reference, never the title; `data` plain values that the words name. Who has not read the same about
    the same subject yet is not told again. Returns the new notices.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} has no words in notice_kinds.KINDS")
    people = {person.pk: person for person in people}
    if subject is not None:
        unread = Notice.objects.filter(
            user__in=people, kind=kind, subject_uuid=subject.uuid, read_at__isnull=True
        )
        for known in unread.values_list("user_id", flat=True):
            people.pop(known, None)
    told = Notice.objects.bulk_create(
        Notice(
            user=person,
            kind=kind,
            subject_uuid=subject.uuid if subject is not None else None,
            subject_type=subject._meta.label_lower if subject is not None else "",
            label=label[:120],
            data=data or {},
            actor=actor,
        )
        for person in people.values()
    )
    if told:
        order_mails([one.pk for one in told])
    return told


def order_mails(pks: list[int]) -> None:
    from .tasks import send_notices  # Where no queue is set up, the models must load nevertheless.

    transaction.on_commit(lambda: send_notices.delay(pks), robust=True)


def settle(kind: str, subject) -> None:
    """Mark what people were asked about `subject` as read: somebody has done it."""
    waiting = Notice.objects.filter(kind=kind, subject_uuid=subject.uuid, read_at__isnull=True)
    waiting.update(read_at=timezone.now())


def notices_of(user) -> QuerySet[Notice]:
    """Return what `user` has been told, the latest first."""
    return Notice.objects.filter(user=user).select_related("actor").order_by("-pk")


def unread_count(user) -> int:
    return Notice.objects.filter(user=user, read_at__isnull=True).count()


def mark_read(user, pks: Iterable[int] | None = None) -> int:
    """Mark notices of `user`, those in `pks` or all, as read; return how many were not."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True)
    if pks is not None:
        unread = unread.filter(pk__in=pks)
    return unread.update(read_at=timezone.now())


@dataclass(frozen=True)
class Line:
    """A notice in the words that its reader may read now; `url` leads to its subject, empty where that is hidden."""

    notice: Notice
    text: str
    url: str
    withheld: bool = False


def lines_for(user, notices: Iterable[Notice]) -> list[Line]:
    """Put notices of `user` into words. The number of queries does not depend on theirs."""
    notices = list(notices)
    places = visible_places(user, [one for one in notices if is_about_guarded(one)])
    return [line_of(one, places) for one in notices]


def line_of(notice: Notice, places: dict) -> Line:
    kind = KINDS[notice.kind]
    url = (
        reverse(kind.url_name, args=[notice.subject_uuid] if notice.subject_uuid else [])
        if kind.url_name
        else ""
    )
    if is_about_guarded(notice):
        if notice.subject_uuid not in places:
            return Line(notice, str(WITHHELD), "", withheld=True)
        url = url or places[notice.subject_uuid]
    names = {"actor": name_of(notice.actor) if notice.actor else _("The system"), "label": notice.label}
    return Line(notice, str(kind.text) % (notice.data | names), url)


def is_about_guarded(notice: Notice) -> bool:
    if not notice.subject_type:
        return False
    return issubclass(apps.get_model(notice.subject_type), Guarded)


def visible_places(user, notices: list[Notice]) -> dict:
    """Return {identifier: address} of the notices' subjects that `user` may see now."""
    uuids = {one.subject_uuid for one in notices}
    if not uuids:
        return {}
    in_admin = user.is_superuser or has_capability(user, Capability.USE_ADMIN)
    places = {}
    for model in guarded_models():
        for page in shown(model, user).filter(uuid__in=uuids).specific():
            places[page.uuid] = explore_url(page) if in_admin else page.get_url()
    return places


def explore_url(page: Page) -> str:
    return reverse("wagtailadmin_explore", args=[page.pk])
