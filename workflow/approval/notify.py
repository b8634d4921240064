"""Mails about approvals, on commit. They name the reference only: a title may say too much for a mail.

They are a courtesy: what waits for somebody stands on their workplace, whether a mail arrives or not.
"""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from doakte_content.organisation.names import name_of

from .models import Approval
from .policies import awaited_final_signers


def ask_co_signers(approval: Approval, people) -> None:
    """Tell co-signers that a document waits for them."""
    with house_language():
        send(approval, people, _("%(submitter)s asks you to co-sign document %(reference)s."))


def ask_final_signers(approval: Approval) -> None:
    """Tell those with signing authority that a document waits for one of them."""
    with house_language():
        text = _("Document %(reference)s of %(submitter)s waits for your final signature.")
        send(approval, awaited_final_signers(approval), text)


def tell_approved(approval: Approval) -> None:
    """Tell the submitter that the document is approved."""
    with house_language():
        send(approval, [approval.submitted_by], _("Document %(reference)s has been approved."))


def tell_rejected(approval: Approval) -> None:
    """Tell the submitter that the document comes back; the reason stands beside it."""
    with house_language():
        send(approval, [approval.submitted_by], _("Document %(reference)s has been rejected."))


def house_language():
    return translation.override(settings.LANGUAGE_CODE)


def send(approval: Approval, people, text: str) -> None:
    """Order a mail to each of `people` for when the transaction commits."""
    from .tasks import send_mails  # Where no queue is set up, the models must load nevertheless.

    addresses = [person.email for person in people if person.email]
    if not addresses:
        return
    line = text % {"submitter": name_of(approval.submitted_by), "reference": approval.document.reference}
    body = f"{line}\n\n{settings.WAGTAILADMIN_BASE_URL}\n"
    transaction.on_commit(lambda: send_mails.delay(addresses, line, body), robust=True)
