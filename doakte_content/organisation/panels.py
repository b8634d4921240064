"""Panels of the organisation's forms."""

from django.utils.translation import ngettext
from wagtail.admin.panels import Panel

from .models import Membership
from .signals import role_reach


class ReachPanel(Panel):
    """Says whom and what a change of a role concerns, before it is made (W6)."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "doakte/organisation/reach.html"

        def is_shown(self):
            return self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            return super().get_context_data(parent_context) | {"sentences": self.sentences()}

        def sentences(self) -> list[str]:
            held = Membership.objects.active().filter(role=self.instance, user__is_active=True)
            people = held.values("user").distinct().count()
            holders = ngettext("%s person holds this role.", "%s people hold this role.", people) % people
            answers = role_reach.send(type(self.instance), instance=self.instance)
            return [holders, *(sentence for _receiver, sentence in answers)]
