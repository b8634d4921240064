"""Login and nightly mirroring with a real slapd (R57, W8)."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.urls import reverse

from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.enums import Source
from doakte_content.organisation.models import Membership
from tests.factories import MembershipFactory, OrgUnitFactory, UserFactory

pytestmark = [pytest.mark.slapd, pytest.mark.django_db]

LOGIN = "/login/"
WORD = "im Verzeichnis!"


def log_in(client, name, password=WORD):
    return client.post(LOGIN, {"login": name, "password": password})


def is_in(client) -> bool:
    return client.get(reverse("account_overview")).status_code == 200


def held(name) -> set:
    rows = Membership.objects.active().filter(user__username=name)
    return set(rows.values_list("org_unit__code", "role__code"))


def person(name):
    return get_user_model().objects.get(username=name)


class TestLogin:
    def test_password_of_the_directory_opens_and_brings_offices_and_roles(self, client, directory, offices):
        dn = directory.person("agross", "11", "20")
        directory.group("sb", dn)
        assert log_in(client, "agross").status_code == 302
        assert is_in(client)
        account = person("agross")
        assert (account.get_full_name(), account.email) == ("Änne Groß", "agross@musterstadt.example")
        assert not account.has_usable_password()
        assert held("agross") == {("11", "case_worker"), ("20", "case_worker")}
        assert set(account.memberships.values_list("source", flat=True)) == {Source.DIRECTORY}

    @pytest.mark.parametrize("password", ["falsch", "", "*"])
    def test_wrong_password_does_not(self, client, directory, password):
        directory.person("agross")
        assert log_in(client, "agross", password).status_code == 200
        assert not is_in(client)

    @pytest.mark.parametrize("name", ["*", "a*", "agross)(uid=*", "agross\x00"])
    def test_name_is_no_filter(self, client, directory, name):
        directory.person("agross")
        log_in(client, name)
        assert not is_in(client)
        assert not get_user_model().objects.exists()

    def test_who_left_a_group_loses_the_membership_at_the_next_login(self, client, directory, offices):
        dn, other = directory.person("agross", "11"), directory.person("other")
        group = directory.group("sb", dn, other)
        directory.group("leitung", dn)
        log_in(client, "agross")
        assert held("agross") == {("11", "case_worker"), ("11", "head")}
        directory.set(group, member=other)
        log_in(client, "agross")
        assert held("agross") == {("11", "head")}
        assert JournalEntry.objects.filter(action="organisation.directory", changes__ends__0="").exists()

    def test_membership_comes_back_with_the_group(self, client, directory, offices):
        dn, other = directory.person("agross", "11"), directory.person("other")
        group = directory.group("sb", dn, other)
        for members, expected in ([other], set()), ([dn, other], {("11", "case_worker")}):
            log_in(client, "agross")
            directory.set(group, member=members)
            log_in(client, "agross")
            assert held("agross") == expected

    def test_what_was_entered_by_hand_stays(self, client, directory, offices):
        directory.person("agross", "11")
        log_in(client, "agross")
        MembershipFactory(user=person("agross"), org_unit=offices[1], role__code="head")
        log_in(client, "agross")
        assert held("agross") == {("20", "head")}

    def test_local_account_of_the_same_name_is_not_taken_over(self, client, directory):
        """The technical administrator's local account is not the directory's "admin"."""
        UserFactory(username="admin", is_superuser=True, works_in=OrgUnitFactory())
        directory.person("admin")
        log_in(client, "admin")
        assert not is_in(client)
        log_in(client, "admin", "passwort")
        assert is_in(client)

    def test_imported_account_without_password_is_the_directorys(self, client, directory):
        account = UserFactory(username="AGross")
        account.set_unusable_password()
        account.save()
        directory.person("agross")
        log_in(client, "agross")
        assert is_in(client)
        assert get_user_model().objects.count() == 1

    def test_local_accounts_come_in_while_the_directory_is_down(self, client, directory, settings):
        settings.AUTH_LDAP_SERVER_URI = "ldap://127.0.0.1:9"
        UserFactory(username="lokal", works_in=OrgUnitFactory())
        log_in(client, "lokal", "passwort")
        assert is_in(client)

    def test_deactivated_account_is_out_at_once(self, client, directory):
        directory.person("agross")
        log_in(client, "agross")
        get_user_model().objects.update(is_active=False)
        assert not is_in(client)
        assert log_in(client, "agross").headers["Location"] == reverse("account_inactive")

    def test_guessing_is_locked_out_here_too(self, client, directory):
        directory.person("agross")
        for _ in range(5):
            response = log_in(client, "agross", "falsch")
        assert response.status_code == 429
        assert log_in(client, "agross").status_code == 429


class TestUnknownOffice:
    def test_is_reported_and_nothing_new_given(self, directory, offices, capsys):
        dn = directory.person("agross", "11", "99")
        directory.group("sb", dn)
        with pytest.raises(CommandError, match="agross: there is no office 99"):
            call_command("sync_directory")
        assert held("agross") == set()

    def test_takes_only_roles_that_were_left(self, directory, offices):
        dn, other = directory.person("agross", "11"), directory.person("other")
        directory.group("sb", dn)
        leitung = directory.group("leitung", dn, other)
        call_command("sync_directory")
        directory.set(dn, departmentNumber="elf")
        directory.set(leitung, member=other)
        with pytest.raises(CommandError, match="elf"):
            call_command("sync_directory")
        assert held("agross") == {("11", "case_worker")}

    def test_closed_office_counts_as_unknown(self, directory):
        OrgUnitFactory(code="12", closed_on="2020-01-01")
        directory.group("sb", directory.person("agross", "12"))
        with pytest.raises(CommandError, match="there is no office 12"):
            call_command("sync_directory")


class TestSync:
    def test_takes_over_who_has_a_role_and_repeats_without_a_change(self, directory, offices, capsys):
        directory.group("sb", directory.person("agross", "11"))
        directory.person("niemand", "11")
        call_command("sync_directory")
        assert held("agross") == {("11", "case_worker")}
        assert not get_user_model().objects.filter(username="niemand").exists()
        entries = JournalEntry.objects.count()
        capsys.readouterr()
        call_command("sync_directory")
        assert "2 people, 0 changes." in capsys.readouterr().out
        assert JournalEntry.objects.count() == entries

    def test_deactivates_who_is_gone_and_takes_back_who_returns(self, directory, offices):
        """W8: the name stays, the account is closed."""
        dns = [directory.person(name, "11") for name in ("eins", "zwei", "drei")]
        directory.group("sb", *dns)
        call_command("sync_directory")
        directory.remove(dns[0])
        call_command("sync_directory")
        assert not person("eins").is_active
        assert held("eins") == set()
        directory.person("eins", "11")
        call_command("sync_directory")
        assert person("eins").is_active
        assert held("eins") == {("11", "case_worker")}

    def test_who_was_deactivated_by_hand_stays_so(self, directory, offices):
        directory.group("sb", directory.person("agross", "11"))
        call_command("sync_directory")
        get_user_model().objects.update(is_active=False)
        call_command("sync_directory")
        assert not person("agross").is_active

    def test_local_accounts_are_left_alone(self, directory, offices):
        UserFactory(username="lokal")
        directory.group("sb", directory.person("agross", "11"))
        call_command("sync_directory")
        assert person("lokal").is_active

    def test_empty_directory_is_not_believed(self, directory, offices):
        dn = directory.person("agross", "11")
        group = directory.group("sb", dn)
        call_command("sync_directory")
        directory.remove(group)
        directory.remove(dn)
        with pytest.raises(CommandError, match="names nobody"):
            call_command("sync_directory")
        assert person("agross").is_active

    def test_loss_of_most_people_needs_force(self, directory, offices):
        dns = [directory.person(name, "11") for name in ("eins", "zwei", "drei")]
        group = directory.group("sb", *dns)
        call_command("sync_directory")
        directory.set(group, member=dns[2])
        directory.remove(dns[0])
        directory.remove(dns[1])
        with pytest.raises(CommandError, match="--force"):
            call_command("sync_directory")
        assert person("eins").is_active
        call_command("sync_directory", force=True)
        assert not person("eins").is_active

    def test_directory_that_does_not_answer_changes_nothing(self, directory, offices, settings):
        directory.group("sb", directory.person("agross", "11"))
        call_command("sync_directory")
        settings.AUTH_LDAP_BIND_PASSWORD = "falsch"
        with pytest.raises(CommandError, match="nothing was changed"):
            call_command("sync_directory")
        assert held("agross") == {("11", "case_worker")}

    def test_reads_more_people_than_a_page(self, directory, offices, monkeypatch):
        from doakte_site.accounts.directory import entries

        monkeypatch.setattr(entries, "PAGE", 2)
        directory.group("sb", *[directory.person(f"person{number}", "11") for number in range(5)])
        call_command("sync_directory")
        assert get_user_model().objects.count() == 5


def test_membership_of_the_directory_is_not_changed_by_hand(client, directory, city):
    directory.group("sb", directory.person("agross", "11"))
    call_command("sync_directory")
    membership = Membership.objects.get(user__username="agross")
    client.force_login(city.administrator)
    response = client.post(
        reverse("memberships:edit", args=[membership.pk]),
        {
            "user": membership.user_id,
            "org_unit": city.treasury.pk,
            "role": membership.role_id,
            "final_sign": "on",
        },
    )
    assert response.status_code == 302
    membership.refresh_from_db()
    assert membership.org_unit == city.personnel
    assert membership.final_sign
