"""Sharing, withdrawing, excluding, protecting: one small view for each action (R57)."""

from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from doakte_content.access.models import Grant
from doakte_content.access.policies import Right, can
from doakte_content.access.wording import grant_in_words
from doakte_content.fileplan.models import FilePlanUnit
from doakte_content.records import sharing
from doakte_content.records.consequences import of_lifting, of_protecting, reach_in_words
from doakte_content.records.forms import ReasonForm
from doakte_content.records.models import Record
from doakte_content.records.policies import right_to_share
from doakte_content.records.sharing_forms import ExcludeForm, ProtectForm, ShareForm
from doakte_content.records.views.actions import ActionView, CarefulView
from doakte_content.records.views.places import explore_url, known_or_404, landing_url, record_or_404


def model_of(uuid) -> type:
    """Return whether an identifier is that of a unit or of a record; for one that does not exist either will do."""
    return FilePlanUnit if FilePlanUnit.objects.filter(uuid=uuid).exists() else Record


class ShareView(ActionView):
    """Gives a person, an office or a role a right on a unit or record."""

    form_class = ShareForm
    page_title = gettext_lazy("Share")
    submit_label = gettext_lazy("Share")
    done_message = gettext_lazy("It has been shared. It can be seen there at once, under “Shared with me”.")

    @cached_property
    def record(self):
        uuid = self.kwargs["uuid"]
        found = record_or_404(self.request.user, model_of(uuid), uuid, Right.EDIT)
        return known_or_404(self.request.user, found, right_to_share(found))

    @property
    def explanation(self):
        return reach_in_words(self.record, self.request.user)

    def form_kwargs(self):
        rights = [Right.READ, Right.EDIT]
        if isinstance(self.record, Record) and self.record.scope.enclosed:
            rights.append(Right.MANAGE)
        return {"rights": rights}

    def perform(self, form):
        entered = form.cleaned_data
        sharing.share(self.record, entered.pop("right"), actor=self.request.user, **entered)


class WithdrawView(ActionView):
    """Ends what was given by hand."""

    page_title = gettext_lazy("Withdraw")
    submit_label = gettext_lazy("Withdraw")
    done_message = gettext_lazy("It has been withdrawn and holds no more from now on.")
    tone = "serious"

    @cached_property
    def grant(self) -> Grant:
        given = Grant.objects.filter(cause__in=sharing.BY_HAND)
        return get_object_or_404(
            given.select_related("scope", "user", "org_unit", "role", "created_by"), uuid=self.kwargs["grant"]
        )

    @cached_property
    def record(self):
        uuid = self.grant.scope.owner_uuid
        needed = sharing.right_to_withdraw(self.request.user, self.grant)
        return record_or_404(self.request.user, model_of(uuid), uuid, needed)

    def get(self, request, *args, **kwargs):
        if not self.grant.is_current:
            messages.info(request, _("This right has ended already."))
            return redirect(landing_url(request.user, self.record))
        return super().get(request, *args, **kwargs)

    @property
    def explanation(self):
        return f"{self.grant}, {grant_in_words(self.grant)}"

    def perform(self, form):
        sharing.withdraw(self.grant, actor=self.request.user)


class ExcludeView(ActionView):
    """Keeps a person out. Who does not manage the place can only step back from it."""

    page_title = gettext_lazy("Exclude a person")
    explanation = gettext_lazy(
        "For bias or a conflict of interest (§§ 20, 21 VwVfG): the person will not see this record any more, whatever "
        "else lets them in. Deputies still see it."
    )
    submit_label = gettext_lazy("Exclude")
    done_message = gettext_lazy("The person has been excluded.")
    tone = "serious"

    @property
    def form_class(self):
        return ExcludeForm if can(self.request.user, Right.MANAGE, self.record) else ReasonForm

    def perform(self, form):
        entered = {"user": self.request.user} | form.cleaned_data
        sharing.exclude(self.record, entered.pop("user"), actor=self.request.user, **entered)


class ProtectView(CarefulView):
    """Cuts a record off from the rights of the places above; only named people enter."""

    right = Right.MANAGE
    form_class = ProtectForm
    page_title = gettext_lazy("Protect")
    explanation = gettext_lazy(
        "Only the people named here will see the record and what lies in it. For all others, also of the responsible "
        "office and the records office, it is as if it did not exist. Every look at it is journalled."
    )
    submit_label = gettext_lazy("Protect")
    confirm_label = gettext_lazy("Yes, protect")
    done_message = gettext_lazy("Only the named people see this record now. Every look at it is journalled.")

    def get(self, request, *args, **kwargs):
        if self.record.protected:
            messages.info(request, _("%s is protected already.") % self.record)
            return redirect(explore_url(self.record))
        return super().get(request, *args, **kwargs)

    def form_kwargs(self):
        return {"initial": {"people": [self.request.user.pk]}}

    def changes_by(self, form):
        entered = form.cleaned_data
        named = [*entered["people"], *entered["editors"], *entered["readers"]]
        return of_protecting(self.record, named, self.request.user)

    def perform(self, form):
        sharing.protect(self.record, actor=self.request.user, **form.cleaned_data)


class UnprotectView(CarefulView):
    """Joins a protected record to the rights of the places above again."""

    right = Right.MANAGE
    form_class = ReasonForm
    page_title = gettext_lazy("Lift protection")
    explanation = gettext_lazy("The rights of the place above hold here again. Who was named loses that.")
    submit_label = gettext_lazy("Lift protection")
    confirm_label = gettext_lazy("Yes, lift protection")
    done_message = gettext_lazy("The protection has been lifted.")
    tone = "serious"

    def get(self, request, *args, **kwargs):
        if not self.record.protected:
            messages.info(request, _("%s is not protected.") % self.record)
            return redirect(explore_url(self.record))
        self.changes = of_lifting(self.record)
        return super().get(request, *args, **kwargs)

    def changes_by(self, form):
        return of_lifting(self.record) if self.record.protected else []

    def perform(self, form):
        sharing.unprotect(self.record, actor=self.request.user, **form.cleaned_data)
