"""What each notice says. A new kind gets its words here.

The words may name `actor`, `label` and what stands in the notice's `data`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    text: str | Promise
    #: Name of the address that the notice leads to, called with the subject's identifier. Empty: to the record itself.
    url_name: str = ""


KINDS = {
    "access.shared": Kind(_("%(actor)s has shared %(label)s with you.")),
    "access.named": Kind(_("%(actor)s has given you access to the protected record %(label)s.")),
    "access.denied": Kind(
        _("%(person)s has been denied access %(count)s times since %(since)s."), "doakte_access:denials"
    ),
    "access.appointed": Kind(
        _(
            "%(actor)s has named %(person)s to manage %(label)s, a protected record that nobody could manage any more."
        )
    ),
    "emergency.requested": Kind(
        _("%(actor)s asks for emergency access to %(label)s. Please agree or refuse."),
        "doakte_records:emergency_details",
    ),
    "emergency.approved": Kind(
        _("%(actor)s has agreed to your emergency access. It ends at %(until)s."),
        "doakte_records:emergency_details",
    ),
    "emergency.refused": Kind(
        _("%(actor)s has refused your emergency access."), "doakte_records:emergency_details"
    ),
    "emergency.reported": Kind(
        _("%(requester)s has emergency access to %(label)s until %(until)s. %(actor)s has agreed."),
        "doakte_records:emergency_details",
    ),
    "emergency.opened": Kind(
        _("%(requester)s has emergency access to %(label)s until %(until)s. %(actor)s has agreed.")
    ),
    "consent.asked": Kind(
        _("%(actor)s asks for your consent to a change: %(label)s."), "doakte_access:consent"
    ),
    "consent.given": Kind(_("%(actor)s has consented: %(label)s. It is done."), "doakte_access:consent"),
    "consent.refused": Kind(_("%(actor)s has refused: %(label)s."), "doakte_access:consent"),
    "integrity.unprotected": Kind(
        _(
            "The database no longer refuses to change what must not change (%(what)s). Please have it looked at "
            "by those who run doAkte."
        )
    ),
    "access.review": Kind(
        _("Please confirm or withdraw what outsiders may see in your part of the file plan."),
        "doakte_access_reports:review",
    ),
}
#: For a record that this person may not see, or may not see any more.
WITHHELD = _("A notice about a record that you may not see any more.")
