"""Order texts, thumbnails and PDF forms anew, from the stored originals."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doakte_content.storage.actions import rebuild
from doakte_content.storage.models import Derivation


class Command(BaseCommand):
    help = _("Orders texts, thumbnails and PDF forms anew. The worker makes them.")

    def add_arguments(self, parser):
        parser.add_argument(
            "--kind", choices=Derivation.Kind.values, action="append", help=_("only this kind")
        )
        parser.add_argument(
            "--unfinished",
            action="store_true",
            help=_("only what failed or was not available, e.g. LibreOffice"),
        )

    def handle(self, *, kind, unfinished, **options):
        chosen = Derivation.objects.all()
        if kind:
            chosen = chosen.filter(kind__in=kind)
        if unfinished:
            chosen = chosen.filter(state__in=[Derivation.State.FAILED, Derivation.State.UNAVAILABLE])
        count = rebuild(chosen)
        self.stdout.write(ngettext("%(count)d ordered.", "%(count)d ordered.", count) % {"count": count})
