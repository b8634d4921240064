from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Take over people, groups and offices from the LDAP directory, and deactivate accounts that it no longer "
        "names. Run it every night. Exit code 1 where the directory says something that does not fit."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="also when the directory no longer names most of the people"
        )

    def handle(self, *args, force, **options):
        if not getattr(settings, "AUTH_LDAP_SERVER_URI", ""):
            raise CommandError("No directory is configured: set the DOAKTE_LDAP_* variables.")
        # Only now: the package "ldap" is installed only where there is a directory.
        import ldap

        from doakte_site.accounts.directory import entries, mirror

        try:
            with entries.connected() as connection:
                everybody = list(entries.everybody(connection))
            report = mirror.mirror_all(everybody, force=force)
        except ldap.LDAPError as error:
            raise CommandError(
                f"The directory does not answer as it should, nothing was changed: {error}"
            ) from error
        except mirror.Refused as error:
            raise CommandError(str(error)) from error
        for line in report.changes:
            self.stdout.write(line)
        self.stdout.write(f"{len(everybody)} people, {len(report.changes)} changes.")
        if report.problems:
            raise CommandError("\n".join(report.problems))
