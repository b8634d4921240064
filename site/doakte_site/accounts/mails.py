"""One-time links and the mails about them. A link is shown to nobody but the mailbox that it goes to."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from doakte_content.organisation.names import name_of

from .models import AccountChange, LoginLink
from .policies import has_password_here

LINK_AGE = timedelta(hours=1)
CONFIRMATION_AGE = timedelta(hours=24)
SALT = "doakte.accounts.address"
#: What shows mails on the server instead of sending them.
NO_MAIL = ("console", "dummy", "filebased")


def can_send() -> bool:
    """Say whether this installation sends mail."""
    return not any(f".{name}." in settings.EMAIL_BACKEND for name in NO_MAIL)


def fingerprint(account) -> str:
    value = f"{account.pk}:{account.password}:{account.email}:{account.is_active}"
    return salted_hmac("doakte.accounts.link", value, algorithm="sha256").hexdigest()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(account) -> str:
    """Make a one-time link and return its secret; earlier ones end. Raises `ValidationError`."""
    if not account.is_active:
        raise ValidationError(_("This account is not active."))
    if not has_password_here(account):
        raise ValidationError(
            _("This password is not kept here, but in the directory or at the login of your house.")
        )
    LoginLink.objects.filter(user=account, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    LoginLink.objects.create(
        user=account,
        digest=digest(token),
        fingerprint=fingerprint(account),
        expires_at=timezone.now() + LINK_AGE,
    )
    return token


def link_for(token: str) -> LoginLink | None:
    """Return the valid link with this secret, else None: whatever is wrong with it looks the same."""
    link = LoginLink.objects.select_related("user").filter(digest=digest(token)).first()
    return link if link is not None and is_valid(link) else None


def is_valid(link: LoginLink) -> bool:
    fresh = link.used_at is None and link.expires_at > timezone.now() and link.user.is_active
    return fresh and constant_time_compare(link.fingerprint, fingerprint(link.user))


def address_of(token: str) -> str:
    return settings.WAGTAILADMIN_BASE_URL + reverse("account_one_time_link", args=[token])


def send(to: str, subject: str, text: str) -> None:
    EmailMessage(subject, text, to=[to]).send()


def send_link(account, token: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "Hello %(name)s,\n\nwith this link you set your password for doAkte. It works once, and for an hour:\n\n"
            "%(link)s\n\nYour user name: %(user)s\n\nNobody else has got this link; do not pass it on. If you did not "
            "expect it, tell your data protection officer."
        ) % {"name": name_of(account), "link": address_of(token), "user": account.get_username()}
        send(account.email, _("Your password for doAkte"), text)


def send_confirmation(change: AccountChange, email: str) -> None:
    token = signing.dumps(str(change.uuid), salt=SALT)
    link = settings.WAGTAILADMIN_BASE_URL + reverse("account_confirm_address", args=[token])
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "Hello %(name)s,\n\nplease confirm with this link that this is your new address for doAkte:\n\n%(link)s\n\n"
            "It then serves after 24 hours. If you know nothing of it, ignore this mail."
        ) % {"name": name_of(change.account), "link": link}
        send(email, _("Confirm your address for doAkte"), text)


def confirmed(token: str, account) -> AccountChange | None:
    """Return the change that `account` confirms by this link, or None."""
    try:
        uuid = signing.loads(token, salt=SALT, max_age=CONFIRMATION_AGE)
    except signing.BadSignature:
        return None
    found = AccountChange.objects.filter(uuid=uuid, account=account)
    return found.filter(state=AccountChange.State.UNCONFIRMED).first()


def tell_old_address(old: str, change: AccountChange) -> None:
    """Tell an address, when all is done, that it is no longer in force."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your address for doAkte has been changed")
        text = _(
            "Hello %(name)s,\n\ndoAkte no longer uses this address for your account. If this is not right, tell your "
            "data protection officer at once."
        ) % {"name": name_of(change.account)}
    order(old, subject, text)


def order(to: str, subject: str, text: str) -> None:
    """Order a mail without a secret in it for the commit; the worker sends it."""
    from .tasks import send_text  # Tasks need the queue, which actions do not.

    transaction.on_commit(lambda: send_text.delay(to, subject, text), robust=True)
