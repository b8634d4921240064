"""Why somebody does not see a unit or record, in sentences, and what would change that."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from doakte_content.access.explain import (
    Standing,
    excluding,
    given_to,
    giving,
    holders_among,
    standings,
    ways_of,
)
from doakte_content.access.models import Cause, Grant, Scope
from doakte_content.access.policies import Right, right_in
from doakte_content.access.queries import reaching
from doakte_content.access.wording import cause_in_words, end_in_words, right_in_words, ways_in_words
from doakte_content.organisation.models import Membership
from doakte_content.organisation.names import name_of

from .drafts import may_read_draft
from .models import Record
from .place_names import names_of_places


@dataclass(frozen=True)
class Finding:
    """One reason, and what would change it; empty where nothing should."""

    text: str
    remedy: str = ""


@dataclass
class Answer:
    """Whether somebody sees a place, with the ways that let them in and what stands against it."""

    sees: bool
    right: Right | None = None
    ways: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def answer(person, place, *, asked_by, reasons: bool) -> Answer:
    """Say why `person` sees `place`, a unit or record, or why not.

    `reasons`: whether `asked_by` may read the reasons that people have entered. The number of queries does not
    depend on the grants.
    """
    grants = reaching(place.scope)
    standing = standings([person])[person.pk]
    ways = ways_of(standing, grants)
    question = Question(person, place, standing, grants, asked_by, reasons)
    if not ways:
        return Answer(False, findings=list(question.nothing()))
    right = Right(ways[0].grant.right)
    found = Answer(True, right, ways=ways_in_words(ways, {}, reasons=reasons))
    if hidden := question.draft(right):
        found.sees, found.findings = False, [hidden]
    elif isinstance(place, Record) and place.is_cancelled:
        text = _("It has been cancelled: in the intranet it no longer appears in lists.")
        found.findings = [Finding(text)]
    return found


@dataclass
class Question:
    person: Any
    place: Any
    standing: Standing
    grants: list[Grant]
    asked_by: Any
    reasons: bool

    @property
    def name(self) -> str:
        return name_of(self.person)

    def draft(self, right: Right) -> Finding | None:
        """Return that a record has not been published, where that hides it from who may only read."""
        if not isinstance(self.place, Record) or self.place.live or right >= Right.EDIT:
            return None
        if may_read_draft(self.person, self.place):
            return None
        return Finding(
            _("There is only a draft so far, and %s may only read. Who reads sees what has been published.")
            % self.name,
            _(
                "It can be seen as soon as it has been approved. Who is to see drafts needs the right to edit."
            ),
        )

    def nothing(self) -> Iterator[Finding]:
        """Yield why no grant lets this person in; where one reason is enough, only that."""
        if not self.person.is_active:
            yield Finding(
                _("The account of %s has been deactivated. Nobody sees anything by it.") % self.name,
                _("Whoever administers the accounts can activate it again."),
            )
            return
        excluded = [given for given in excluding(self.grants) if given.user_id == self.person.pk]
        if excluded:
            yield from (self.exclusion(given) for given in excluded)
            return
        if right_in(self.person, self.place.scope_id) == Right.PASS:
            yield Finding(
                _("%s sees the name of this unit, on the way to something below it, and nothing else in it.")
                % self.name
            )
        yield from self.cut_off()
        yield from self.ended()
        yield from self.memberships()
        if self.person.is_superuser:
            yield Finding(
                _("%s administers the system. That alone opens no record.") % self.name,
                _("Emergency access can be asked for, with a second person and a reason."),
            )
        yield self.nobody_gave()

    def exclusion(self, given: Grant) -> Finding:
        text = _("%(name)s has been excluded since %(day)s by %(giver)s.") % {
            "name": self.name,
            "day": date_format(timezone.localtime(given.created_at), "SHORT_DATE_FORMAT"),
            "giver": name_of(given.created_by) if given.created_by else _("the system"),
        }
        if given.ends:
            text += " " + _("The exclusion holds until %s.") % end_in_words(given.ends)
        if self.reasons and given.reason:
            text += " " + _("Reason: %s.") % given.reason.rstrip(".")
        return Finding(text, _("Who manages the record can lift the exclusion."))

    def cut_off(self) -> Iterator[Finding]:
        """Yield that the place is protected, who manages it, and what the person would see otherwise."""
        line = {scope.pk: scope for scope in Scope.objects.filter(pk__in=self.place.scope.line_ids)}
        nearest = next((line[pk] for pk in reversed(self.place.scope.line_ids) if line[pk].cut), None)
        if nearest is None:
            return
        named = names_of_places([nearest.owner_uuid], self.asked_by)[nearest.owner_uuid]
        managers = [
            holder.label
            for holder in holders_among(self.grants)
            if holder.right == Right.MANAGE and not holder.has_left
        ]
        text = _("%s is protected: only people named there may enter.") % named.reference
        if nearest.parent_id and ways_of(self.standing, reaching(line[nearest.parent_id])):
            text += " " + _("Without the protection %s would see it.") % self.name
        if managers:
            remedy = _("Who manages it can name %(name)s: %(managers)s.") % {
                "name": self.name,
                "managers": ", ".join(managers),
            }
        else:
            remedy = _("Nobody can manage it any more. The records office can name somebody.")
        yield Finding(text, remedy)

    def ended(self) -> Iterator[Finding]:
        """Yield what let this person in once: withdrawn, or over."""
        past = Grant.objects.filter(given_to(self.standing), scope__in=self.place.scope.line_ids)
        past = past.filter(Q(revoked_at__isnull=False) | Q(ends__lte=timezone.now()))
        past = past.exclude(cause=Cause.EXCLUSION).select_related(
            "user", "org_unit", "role", "created_by", "revoked_by"
        )
        for given in past.order_by("-pk")[:10]:
            words = {"right": right_in_words(given.right), "cause": cause_in_words(given)}
            if given.revoked_at:
                words["day"] = date_format(timezone.localtime(given.revoked_at), "SHORT_DATE_FORMAT")
                words["by"] = name_of(given.revoked_by) if given.revoked_by else _("the system")
                text = _("A right was withdrawn on %(day)s by %(by)s: %(right)s, %(cause)s.") % words
            else:
                words["day"] = end_in_words(given.ends)
                text = _("A right has ended on %(day)s: %(right)s, %(cause)s.") % words
            yield Finding(text, _("Whoever may share here can share again."))

    def memberships(self) -> Iterator[Finding]:
        """Yield that the person works in no office today, and which memberships are over or to come."""
        today = timezone.localdate()
        others = Membership.objects.filter(user=self.person).exclude(
            pk__in=[one.pk for one in self.standing.memberships]
        )
        for one in others.select_related("org_unit", "role"):
            words = {"role": one.role, "office": one.org_unit}
            if one.ends and one.ends < today:
                words["day"] = date_format(one.ends, "SHORT_DATE_FORMAT")
                text = _("The membership as %(role)s in %(office)s ended on %(day)s.") % words
            else:
                words["day"] = date_format(one.starts, "SHORT_DATE_FORMAT")
                text = _("The membership as %(role)s in %(office)s begins on %(day)s.") % words
            yield Finding(text, _("The organisation can enter a membership that holds today."))
        if not self.standing.memberships:
            yield Finding(
                _("%s belongs to no office today.") % self.name,
                _("The organisation can enter a membership that holds today."),
            )

    def nobody_gave(self) -> Finding:
        """Say that nothing given here reaches the person, and to whom something is given."""
        text = _("Nothing has been given here to %s") % self.name
        if self.standing.memberships:
            text += " " + _("or to the offices and roles held today (%s)") % "; ".join(
                f"{one.role}, {one.org_unit}" for one in self.standing.memberships
            )
        holders = [holder.label for holder in holders_among(giving(self.grants)) if holder.count is not None]
        if holders:
            text += ". " + _("Rights are held by: %s") % "; ".join(dict.fromkeys(holders))
        return Finding(
            text + ".", _("Who works with the record can share it; who manages a unit can share that.")
        )
