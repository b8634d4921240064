"""Wagtail's user pages without passwords: a technician has a link sent, and what they change is watched (`guard`)."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.users import forms
from wagtail.users.views import users
from wagtail.users.views.bulk_actions import SetActiveStateBulkAction

from doakte_content.organisation.accounts import accounts_named

from . import policies
from .models import AccountChange

#: What somebody does not change in their own account, not even a technician.
OTHERS_ONLY = ("username", "first_name", "last_name", "email", "groups")


class WithoutPassword:
    """No field for a password, whatever a request sends; names are unique however they are written."""

    password_enabled = False

    def clean_username(self):
        name = self.cleaned_data["username"]
        if accounts_named(name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(self.error_messages["duplicate_username"])
        return name


class CreationForm(WithoutPassword, forms.UserCreationForm):
    def save(self, commit=True):
        # Nobody comes in before they have set a password of their own.
        self.instance.set_unusable_password()
        return super().save(commit)


class EditForm(WithoutPassword, forms.UserEditForm):
    def __init__(self, *args, editing_self=False, **kwargs):
        super().__init__(*args, editing_self=editing_self, **kwargs)
        for name in OTHERS_ONLY if editing_self else ():
            self.fields[name].disabled = True
        if editing_self:
            self.fields["email"].help_text = _("You change your own address under “My account”.")
        elif not policies.holds_nothing(self.instance):
            later = _(
                "A new one serves after 24 hours, or as soon as a second person agrees. The person is told."
            )
            for name in ("username", "email"):
                self.fields[name].help_text = later


class EditView(users.EditView):
    """Says after saving what has to wait, and leads to the link for the password and to the second factor."""

    def save_instance(self):
        before = AccountChange.objects.filter(state=policies.State.WAITING, account=self.object).count()
        instance = super().save_instance()
        if AccountChange.objects.filter(state=policies.State.WAITING, account=self.object).count() > before:
            messages.warning(
                self.request,
                _("A part of it waits: for its day, or for a second person. The person has been told."),
                buttons=[messages.button(reverse("doakte_accounts:changes"), _("Show"))],
            )
        return instance

    @cached_property
    def header_more_buttons(self):
        link = Button(
            gettext_lazy("Send one-time link"),
            url=reverse("doakte_accounts:link", args=[self.object.pk]),
            icon_name="mail",
            priority=1,
        )
        factor = Button(
            gettext_lazy("Reset second factor"),
            url=reverse("doakte_accounts:factor", args=[self.object.pk]),
            icon_name="lock-open",
            priority=2,
        )
        return [*super().header_more_buttons, link, *([] if self.editing_self else [factor])]


class UserViewSet(users.UserViewSet):
    edit_view_class = EditView

    def get_form_class(self, for_update=False):
        return EditForm if for_update else CreationForm


class SetActive(SetActiveStateBulkAction):
    """One by one: a statement over all of them would go past what watches accounts."""

    @classmethod
    def execute_action(cls, objects, mark_as_active=False, user=None, **kwargs):
        done = 0
        for account in objects:
            if user is not None and account.pk == user.pk:
                continue
            account.is_active = mark_as_active
            account.save(update_fields=["is_active"])
            done += account.is_active == mark_as_active
        return done, 0
