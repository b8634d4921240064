"""What may somebody see? About oneself for everybody, about others for those who explain access."""

from collections.abc import Iterator

from django import forms
from django.contrib.auth import get_user_model
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doakte_content.access.explain import standings
from doakte_content.access.tables import table_response
from doakte_content.access.wording import deputyship_in_words, grant_in_words, right_in_words, ways_in_words
from doakte_content.asked import number
from doakte_content.journal.actions import record as journal
from doakte_content.organisation.names import name_of
from doakte_content.organisation.pickers import PersonField
from doakte_content.records.person_rights import (
    PER_PAGE,
    HeldPlace,
    after,
    all_places,
    exclusions_of,
    held_scopes,
    places_of,
)
from doakte_content.records.place_names import names_of_places

from .base import AccessPage, ExplainingPage, may_explain
from .people import EVERYBODY


class PersonForm(forms.Form):
    person = PersonField(EVERYBODY, label=gettext_lazy("Person"))


class AskWhatView(ExplainingPage):
    template_name = "doakte/admin/access/ask.html"
    page_title = gettext_lazy("What may somebody see?")

    def get(self, request, *args, **kwargs):
        asked = any(request.GET.get(name) for name in ("person", "person_typed"))
        self.form = PersonForm(request.GET if asked else None)
        if self.form.is_valid():
            return redirect("doakte_access_reports:what", self.form.cleaned_data["person"].pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"form": self.form, "media": self.form.media}


class WhatView(AccessPage):
    """Units and records in which a person holds rights. The journal keeps who has looked at somebody else's."""

    template_name = "doakte/admin/access/what.html"

    @cached_property
    def person(self):
        if self.kwargs.get("pk") is None:
            return self.request.user
        if not may_explain(self.request.user):
            raise Http404
        return get_object_or_404(get_user_model(), pk=self.kwargs["pk"])

    @property
    def is_own(self) -> bool:
        return self.person.pk == self.request.user.pk

    def get_page_title(self):
        return _("What may I see?") if self.is_own else _("What may %s see?") % name_of(self.person)

    def get(self, request, *args, **kwargs):
        self.standing = standings([self.person])[self.person.pk]
        if not self.is_own:
            journal("access.report", actor=request.user, data={"person": name_of(self.person)})
        if form := request.GET.get("export"):
            return table_response(form, "rechte", self.rows())
        return super().get(request, *args, **kwargs)

    def rows(self) -> Iterator[list]:
        """Yield the headings and a row for each place."""
        yield [_("Kind"), _("Reference"), _("Title"), _("Right"), _("Why"), _("Records")]
        for one in filter(self.is_told, all_places(self.standing, self.request.user)):
            ways = "; ".join(self.words(one))
            yield [
                one.name.kind,
                one.name.reference,
                one.name.title,
                right_in_words(one.right),
                ways,
                one.records.number if not one.records.is_capped else str(one.records),
            ]

    def is_told(self, one: HeldPlace) -> bool:
        """Say whether the asking person may learn of a place: a draft does not exist for who may only read it."""
        return bool(one.name.url) or may_explain(self.request.user)

    def words(self, one: HeldPlace) -> list[str]:
        return ways_in_words(one.ways, {}, reasons=bool(one.name.url))

    def get_context_data(self, **kwargs):
        user = self.request.user
        scopes = held_scopes(self.standing)
        last = number(self.request.GET.get("after"))
        start = None if last is None else scopes.filter(pk=last).first()
        rows = list(after(scopes, start)[: PER_PAGE + 1])
        places = list(filter(self.is_told, places_of(self.standing, rows[:PER_PAGE], user)))
        # What somebody is excluded from does not exist for them.
        kept_out = list(exclusions_of(self.standing)) if may_explain(user) else []
        names = names_of_places([given.scope.owner_uuid for given in kept_out], user)
        return super().get_context_data(**kwargs) | {
            "person": self.person,
            "is_own": self.is_own,
            "memberships": self.standing.memberships,
            "deputyships": [deputyship_in_words(one) for one, _held in self.standing.deputyships],
            "units": [
                (one, right_in_words(one.right), self.words(one)) for one in places if not one.is_record
            ],
            "records": [(one, right_in_words(one.right), self.words(one)) for one in places if one.is_record],
            "exclusions": [
                (names[given.scope.owner_uuid], grant_in_words(given, reasons=False))
                for given in kept_out
                if given.scope.owner_uuid in names
            ],
            "next": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
            "is_first": start is None,
        }
