"""Who may see what, computed slowly and plainly from the raw rows: what every fast answer is compared with.

Nothing here is taken from the access room: no policies, no queries, no readers, no scope's own idea of where it
lies. The rules, from docs/access.md:

1.  A record, a unit or a plan *stands at a place*: itself, if a scope has been opened for it, else the page above
    it. A scope in which nothing holds (folded) changes nothing, so nobody has to know that it is folded.
2.  A grant counts while it is not revoked and has not ended.
3.  A person reaches what was given to them, to a role of theirs in the whole house, to an office of theirs or to
    any unit above that, or to a role of theirs there. Only memberships that include today count, whether the
    office is closed or not. A deputy reaches what the absent people reach by the same rule, as long as the
    deputyship includes today and the absent person is active; deputies of deputies do not count, and emergency
    access is for one person alone (R61). Nobody reaches anything who is not active. To be a superuser gives nothing (R61).
4.  The right on a thing is the highest of the grants that reach the person at its place and at the places above,
    up to and including the first one that is cut off (W7).
5.  An exclusion that names the person, at the place or anywhere above, a cut or not, leaves nothing (R57). Who is
    only deputy for an excluded person is not excluded: that is whom the deputy is there for (§ 20 VwVfG).
6.  Who has no right on a unit or plan may still pass through it if some grant inside reaches them, exclusions
    there aside: they see its name on the way. Nobody passes through records.
7.  A record that has been published is known to who may read it, a draft to who may edit it, and to who may read
    it and takes part in its open approval.

`House()` reads all rows once, as they are then; make a new one after each change.
"""

from collections import defaultdict

from django.contrib.auth import get_user_model
from django.utils import timezone

from doakte_content.access.models import Grant, Scope
from doakte_content.fileplan.models import FilePlan, FilePlanUnit
from doakte_content.organisation.enums import Right
from doakte_content.organisation.models import Deputyship, Membership, OrgUnit
from doakte_content.records.models import Record
from workflow.approval.models import Approval, CoSigner

#: Characters of a step of Wagtail's tree path.
STEP = 4


class House:
    """All rows that decide about access, as they are at this moment."""

    def __init__(self):
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.active = set(get_user_model().objects.filter(is_active=True).values_list("pk", flat=True))
        self.above = dict(OrgUnit.objects.values_list("pk", "parent"))
        self.memberships = [one for one in Membership.objects.all() if self.includes_today(one)]
        self.deputyships = [one for one in Deputyship.objects.all() if self.includes_today(one)]
        self.cut = dict(Scope.objects.values_list("owner_uuid", "cut"))
        self.grants = defaultdict(list)
        for grant in Grant.objects.select_related("scope"):
            if grant.revoked_at is None and (grant.ends is None or grant.ends > self.now):
                self.grants[grant.scope.owner_uuid].append(grant)
        self.uuid_at = {}
        for model in (FilePlan, FilePlanUnit, Record):
            self.uuid_at |= dict(model.objects.values_list("path", "uuid"))
        self.open_approvals = defaultdict(list)
        for approval in Approval.objects.filter(step__in=["co_signing", "final_signing"]):
            self.open_approvals[approval.document_id].append(approval)
        self.co_signers = list(CoSigner.objects.all())

    def includes_today(self, period) -> bool:
        begun = period.starts is None or period.starts <= self.today
        ended = period.ends is not None and period.ends < self.today
        return begun and not ended

    # People

    def stand_ins(self, person) -> list[int]:
        """Return the person and those they stand in for today; nobody where the person is not active."""
        if person.pk not in self.active:
            return []
        absent = [one.absent_id for one in self.deputyships if one.deputy_id == person.pk]
        return [person.pk, *(pk for pk in absent if pk in self.active)]

    def units_of(self, membership) -> list[int]:
        """Return the unit of a membership and all units above it."""
        found, unit = [], membership.org_unit_id
        while unit is not None:
            found.append(unit)
            unit = self.above[unit]
        return found

    def reaches(self, grant, pk: int) -> bool:
        """Say whether a grant reaches the person with this number, deputies aside."""
        if grant.user_id:
            return grant.user_id == pk
        for membership in self.memberships:
            if membership.user_id != pk:
                continue
            in_unit = grant.org_unit_id is None or grant.org_unit_id in self.units_of(membership)
            in_role = grant.role_id is None or grant.role_id == membership.role_id
            if in_unit and in_role:
                return True
        return False

    def acting(self, grant, people: list[int]) -> list[int]:
        """Return those of a person and whom they stand in for through whom a grant can reach them."""
        return people[:1] if grant.cause == "emergency" else people

    # Places

    def line(self, page) -> list:
        """Return the identifiers of a page and of all pages above it, the nearest first."""
        paths = [page.path[:end] for end in range(len(page.path), 0, -STEP)]
        return [self.uuid_at[path] for path in paths if path in self.uuid_at]

    def excluded(self, person, page) -> bool:
        for uuid in self.line(page):
            for grant in self.grants[uuid]:
                if grant.cause == "exclusion" and grant.user_id == person.pk:
                    return True
        return False

    def may(self, person, page) -> Right | None:
        """Return the highest right of `person` on a plan, unit or record; None if it does not exist for them."""
        if self.excluded(person, page):
            return None
        people = self.stand_ins(person)
        highest = None
        for uuid in self.line(page):
            for grant in self.grants[uuid]:
                if grant.cause == "exclusion" or not any(
                    self.reaches(grant, pk) for pk in self.acting(grant, people)
                ):
                    continue
                if highest is None or grant.right > highest:
                    highest = grant.right
            if self.cut.get(uuid, False):
                break
        if highest is None and self.passes(person, page):
            highest = Right.PASS
        return None if highest is None else Right(highest)

    def passes(self, person, page) -> bool:
        if isinstance(page, Record):
            return False
        people = self.stand_ins(person)
        for path, uuid in self.uuid_at.items():
            if not path.startswith(page.path):
                continue
            for grant in self.grants[uuid]:
                if grant.cause != "exclusion" and any(
                    self.reaches(grant, pk) for pk in self.acting(grant, people)
                ):
                    return True
        return False

    def knows(self, person, page) -> bool:
        """Say whether a plan, unit or record exists for `person`."""
        right = self.may(person, page)
        if right is None or not isinstance(page, Record):
            return right is not None
        if right >= Right.EDIT:
            return True
        return right >= Right.READ and (page.live or self.takes_part(person, page))

    def knows_draft(self, person, record) -> bool:
        """Say whether `person` may read what has not been published of a record."""
        right = self.may(person, record)
        if right is None or right < Right.READ:
            return False
        return right >= Right.EDIT or self.takes_part(person, record)

    def takes_part(self, person, record) -> bool:
        """Say whether an open approval of a document asks, or has asked, this person or one they stand in for."""
        people = self.stand_ins(person)
        for approval in self.open_approvals[record.pk]:
            for row in self.co_signers:
                if row.approval_id == approval.pk and (
                    row.user_id in people or row.decided_by_id == person.pk
                ):
                    return True
            if approval.step == "final_signing" and self.may_sign_for(people, approval.office_id):
                return True
        return False

    def may_sign_for(self, people, office: int) -> bool:
        """Say whether one of these people has signing authority for an office, or for a unit above it (R51)."""
        line, unit = [], office
        while unit is not None:
            line.append(unit)
            unit = self.above[unit]
        return any(
            one.final_sign and one.user_id in people and one.org_unit_id in line for one in self.memberships
        )


def may(person, page) -> Right | None:
    """Return the right of `person` on a plan, unit or record now; for single questions."""
    return House().may(person, page)


def knows(person, page) -> bool:
    """Say whether a plan, unit or record exists for `person` now; for single questions."""
    return House().knows(person, page)
