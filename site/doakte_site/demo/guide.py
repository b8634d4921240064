"""The demo page: where to go, and as whom."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from doakte_content.fileplan.models import FilePlan

from .people import BY_LOGIN, DEMO_LOGINS, OFFICES, PLAN_TITLE, Person

OFFICE_NAMES = {office.code: office.name for office in OFFICES}

ROLES = {
    "registratur": (
        _("Records office"),
        _("Keeps the file plan, imports new editions, reopens what has been closed."),
    ),
    "sachbearbeitung": (
        _("Case worker"),
        _("Opens files and cases in office 11, files documents and submits them for approval."),
    ),
    "mitzeichnung": (
        _("Second case worker"),
        _("Co-signs what colleagues in office 11 submit."),
    ),
    "amtsleitung": (
        _("Head of office"),
        _("Signs finally for office 11, closes files, shares parts of the plan."),
    ),
    "leserin": (
        _("Reader in another office"),
        _(
            "Works in the treasury and may read vacancies and working time of office 11, in the intranet only."
        ),
    ),
    "revision": (_("Auditor"), _("Reads the journal of the house.")),
    "admin": (
        _("Administrator"),
        _("Looks after offices, people and roles; sees no contents of files."),
    ),
    "technik": (
        _("Technical administrator"),
        _("Sees no contents either; asks for emergency access when it cannot be helped."),
    ),
    "datenschutz": (
        _("Data protection"),
        _("Decides about emergency access and is told of denied access."),
    ),
    "poststelle": (
        _("Mail room"),
        _("Files incoming mail in its own office's part of the plan."),
    ),
    "archiv": (
        _("Archivist"),
        _("Sees nothing until an office offers or shares something."),
    ),
    "springerin": (
        _("Case worker in one office, reader in another"),
        _("Has two roles, works with the rights of both and chooses in the user menu in which she acts."),
    ),
}


@dataclass(frozen=True)
class DemoLogin:
    person: Person
    role: str
    duty: str

    @property
    def office(self) -> str:
        offices = [self.person.office, *(office for office, _role in self.person.also)]
        return ", ".join(OFFICE_NAMES[office] for office in offices)


def city_exists() -> bool:
    """Say whether this database holds Musterstadt."""
    return FilePlan.objects.filter(title=PLAN_TITLE).exists()


def demo_is_open() -> bool:
    """Say whether the demo's logins may be shown: only where DOAKTE_DEMO allows it and the city exists."""
    return getattr(settings, "DOAKTE_DEMO", False) and city_exists()


def demo_logins() -> list[DemoLogin]:
    """Return the logins in the order in which the story needs them."""
    return [DemoLogin(BY_LOGIN[login], *ROLES[login]) for login in DEMO_LOGINS]
