from allauth.account import forms
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.utils import decrypt
from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from .tries import counted, use


class LoginForm(forms.LoginForm):
    """Says "user name" as the rest of the site does; a label is enough, placeholders vanish while typing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class OpensOnce:
    """A form for a code: what the app shows opens once, and guesses are counted in the database."""

    def clean_code(self):
        with counted(self.user):
            code = super().clean_code()
            app = self.authenticator.type == Authenticator.Type.TOTP
            if app and not use(self.user, decrypt(self.authenticator.data["secret"]), code):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OpensOnce, code_forms.AuthenticateForm):
    pass


class CodeAgainForm(OpensOnce, code_forms.ReauthenticateForm):
    pass


class SetUpForm(totp_forms.ActivateTOTPForm):
    """The code that sets the second factor up is one that has opened: nobody logs in with it afterwards."""

    def clean_code(self):
        with counted(self.user):
            code = super().clean_code()
            if not use(self.user, self.secret, code):
                raise get_adapter().validation_error("incorrect_code")
        return code


class PasswordAgainForm(forms.ReauthenticateForm):
    def clean_password(self):
        with counted(self.user):
            return super().clean_password()


class PasswordChangeForm(forms.ChangePasswordForm):
    """Whoever sits at an open screen does not guess the password here either."""

    def clean_oldpassword(self):
        with counted(self.user):
            return super().clean_oldpassword()


class AddressForm(django_forms.Form):
    """A person's new address, and their password: an open screen is not enough."""

    email = django_forms.EmailField(label=_("New e-mail address"), max_length=254)
    password = django_forms.CharField(
        label=_("Password"),
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email.lower() == self.user.email.lower():
            raise django_forms.ValidationError(_("This is your address already."))
        return email

    def clean_password(self):
        with counted(self.user):
            if not self.user.check_password(self.cleaned_data["password"]):
                raise django_forms.ValidationError(_("The password is wrong."))
