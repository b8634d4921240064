"""A technician wants to be somebody else: passwords, addresses, roles and second factors of others (R57, R61)."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from doakte_content.access.notices import lines_for, notices_of
from doakte_content.journal.models import JournalEntry
from doakte_content.organisation.models import Deputyship, Membership, Role
from doakte_site.accounts.models import AccountChange, LoginLink
from doakte_site.accounts.tasks import tidy
from tests.factories import UserFactory, fresh

WANTED = "Eine Leiter aus Glas im Heu"
EVIL = "technik@anderswo.example"


@pytest.fixture
def watched(city):
    """The city with a data-protection officer, who could not be asked in a house that is just being set up."""
    city.officer = UserFactory(
        username="datenschutz", works_in=city.treasury, works_in__role="data_protection"
    )
    return city


def edit(technician, account, **changed):
    """Send Wagtail's form for an account as a browser would, or as somebody who knows better."""
    values = {name: getattr(account, name) for name in ("username", "email", "first_name", "last_name")}
    values |= {name: "on" for name in ("is_active", "is_superuser") if getattr(account, name)}
    values |= changed
    address = f"/admin/users/edit/{account.pk}/"
    return technician.post(address, {name: value for name, value in values.items() if value is not None})


def comes_in(visitor, name, password) -> bool:
    someone = visitor()
    someone.post("/login/", {"login": name, "password": password})
    return "/login/" not in someone.get("/konto/").url


def told(person) -> str:
    return "\n".join(line.text for line in lines_for(person, notices_of(person)))


def journalled(actor) -> list[str]:
    found = JournalEntry.objects.filter(actor=actor, action__startswith="account.")
    return list(found.order_by("pk").values_list("action", flat=True))


def link_in(message) -> str:
    """Return the address, without the host, that a mail leads to."""
    return re.search(r"https?://[^/]+(/konto/\S+)", message.body)[1]


def test_technician_sets_nobodys_password(visitor, watched):
    """R61: who administers accounts does not become the people: no field, forged or not, sets a password."""
    technician = visitor(watched.administrator)
    page = technician.get(f"/admin/users/edit/{watched.head.pk}/").text
    assert "password1" not in page
    edit(technician, watched.head, password1=WANTED, password2=WANTED)
    assert not comes_in(visitor, "leitung", WANTED)
    assert comes_in(visitor, "leitung", "passwort")


def test_new_account_has_no_password_that_somebody_else_knows(visitor, watched):
    """The one who opens an account cannot walk in by it either."""
    technician = visitor(watched.administrator)
    data = {"username": "neu", "first_name": "Nora", "last_name": "Neu", "email": "neu@musterstadt.example"}
    technician.post("/admin/users/new/", {**data, "password1": WANTED, "password2": WANTED})
    assert get_user_model().objects.filter(username="neu").exists()
    assert not comes_in(visitor, "neu", WANTED)


def test_link_goes_to_the_address_in_force_and_to_nobody_else(visitor, watched):
    """A changed address does not get the link: the old one is in force for a day, and is told."""
    technician = visitor(watched.administrator)
    before = watched.head.email
    page = edit(technician, watched.head, email=EVIL).text
    assert "wartet" in page
    page = technician.post(f"/admin/konten/{watched.head.pk}/einmal-link/").text
    assert [message.to for message in mail.outbox] == [[before]]
    token = link_in(mail.outbox[0]).split("/")[-2]
    assert token not in page
    assert token not in str(list(LoginLink.objects.values()))
    assert EVIL in told(watched.head)
    assert EVIL in told(watched.officer)
    assert journalled(watched.administrator) == ["account.ask", "account.link"]


def test_nobody_is_their_own_second_person(visitor, watched):
    """Who has changed an address cannot agree to it, nor who stands in for them or the other way round; others can."""
    technician = visitor(watched.administrator)
    edit(technician, watched.head, email=EVIL)
    change = AccountChange.objects.get(kind="email")
    address = reverse("doakte_accounts:change", args=[change.uuid])
    assert "Zustimmen" not in technician.get(address).text
    technician.post(address, {"decision": "agree"})
    assert fresh(watched.head).email != EVIL
    visitor(watched.registrar).post(address, {"decision": "agree"})
    assert fresh(watched.head).email != EVIL
    deputyship = Deputyship.objects.create(absent=watched.officer, deputy=watched.administrator)
    visitor(watched.officer).post(address, {"decision": "agree"})
    assert fresh(watched.head).email != EVIL
    deputyship.delete()
    visitor(watched.officer).post(address, {"decision": "agree"})
    assert fresh(watched.head).email == EVIL


def test_person_stops_what_others_want_with_their_account(visitor, watched, celery_eager):
    """Who is told that their address is to change stops it under "Mein Konto", and nobody carries it out later."""
    edit(visitor(watched.administrator), watched.head, email=EVIL)
    assert EVIL in mail.outbox[0].body
    assert mail.outbox[0].to == [watched.head.email]
    change = AccountChange.objects.get(kind="email")
    stranger = visitor(watched.case_worker)
    assert stranger.post(f"/konto/aenderung/{change.uuid}/ablehnen/").status_code == 404
    person = visitor(watched.head)
    assert EVIL in person.get("/konto/").text
    person.post(f"/konto/aenderung/{change.uuid}/ablehnen/")
    AccountChange.objects.update(effective_at=timezone.now() - timedelta(seconds=1))
    tidy()
    assert fresh(watched.head).email != EVIL


def test_after_a_day_the_new_address_serves_and_the_old_one_is_told(visitor, watched, celery_eager):
    """Somebody without the old mailbox gets on after 24 hours, and not before."""
    before = watched.head.email
    edit(visitor(watched.administrator), watched.head, email="neu@musterstadt.example")
    change = AccountChange.objects.get(kind="email")
    assert timedelta(hours=23) < change.effective_at - timezone.now() <= timedelta(hours=24)
    tidy()
    assert fresh(watched.head).email == before
    AccountChange.objects.update(effective_at=timezone.now() - timedelta(seconds=1))
    mail.outbox.clear()
    tidy()
    assert fresh(watched.head).email == "neu@musterstadt.example"
    assert [before] in [message.to for message in mail.outbox]


@pytest.mark.parametrize(
    "changed",
    [{"email": EVIL}, {"username": "anders"}, {"is_active": None}],
    ids=["address", "name", "activation"],
)
def test_data_protection_is_touched_by_no_technician_alone(visitor, watched, changed):
    """R61: who decides about emergency access is neither taken over nor switched off by who asks for it."""
    before = fresh(watched.officer)
    edit(visitor(watched.administrator), watched.officer, **changed)
    AccountChange.objects.filter(effective_at__isnull=False).update(effective_at=timezone.now())
    tidy()
    after = fresh(watched.officer)
    for name in ("email", "username", "is_active"):
        assert getattr(after, name) == getattr(before, name)
    assert AccountChange.objects.get().state == AccountChange.State.WAITING
    assert watched.administrator.get_full_name() in told(watched.officer)


def test_second_factor_of_data_protection_takes_a_second_person(visitor, watched):
    """A technician resets a colleague's second factor, journalled and told; that of data protection not alone."""
    technician = visitor(watched.administrator)
    for account in (watched.head, watched.officer):
        TOTP.activate(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        technician.post(f"/admin/konten/{account.pk}/zweiter-faktor/")
    assert Authenticator.objects.get().user == watched.officer
    assert journalled(watched.administrator) == ["account.reset_factor", "account.ask"]
    assert "zweiten Faktor" in told(watched.head)
    assert "zweiten Faktor" in told(watched.officer)
    assert (
        visitor(watched.registrar)
        .post(f"/admin/konten/{watched.head.pk}/zweiter-faktor/")
        .url.endswith("/admin/")
    )


def test_actions_on_many_accounts_are_no_way_around(visitor, watched):
    """Wagtail's bulk actions write with one statement; what watches accounts must see each of them."""
    technician = visitor(watched.administrator)
    ids = f"id={watched.officer.pk}&id={watched.head.pk}"
    technician.post(f"/admin/bulk/auth/user/set_active_state/?{ids}", {"mark_as_active": "False"})
    assert fresh(watched.officer).is_active
    assert not fresh(watched.head).is_active
    group = Group.objects.create(name="Redaktion")
    technician.post(f"/admin/bulk/auth/user/assign_role/?{ids}", {"role": group.pk})
    assert "Redaktion" in told(watched.officer)
    assert {"account.change", "account.ask"} <= set(journalled(watched.administrator))


def test_nobody_makes_their_own_second_person(visitor, watched):
    """A puppet with all rights, or with the role that decides, would agree to everything."""
    puppet = UserFactory(username="puppe", works_in=watched.treasury)
    technician = visitor(watched.administrator)
    edit(technician, puppet, is_superuser="on")
    assert not fresh(puppet).is_superuser
    data = {
        "username": "marionette",
        "first_name": "M",
        "last_name": "N",
        "email": EVIL,
        "is_superuser": "on",
    }
    technician.post("/admin/users/new/", data)
    assert not get_user_model().objects.get(username="marionette").is_superuser

    deciding = Role.objects.get(code="data_protection")
    values = {"user": puppet.pk, "org_unit": watched.treasury.pk, "role": deciding.pk}
    page = technician.post(reverse("memberships:add"), values).text
    assert "zweite Person" in page
    assert not Membership.objects.filter(user=puppet, role=deciding).exists()

    role = Role.objects.get(code="case_worker")
    values = {"name": role.name, "code": role.code, "owner_right": role.owner_right}
    values |= {"everywhere_right": role.everywhere_right, "capabilities": ["admin.use", "privacy.notices"]}
    technician.post(reverse("roles:edit", args=[role.pk]), values)
    role.refresh_from_db()
    assert "privacy.notices" not in role.capabilities
    assert set(AccountChange.objects.filter(state="waiting").values_list("kind", flat=True)) == {
        "is_superuser",
        "membership",
        "role",
    }


def test_nobody_removes_who_watches_them(visitor, watched):
    """The role of data protection does not end by one person's word; with a second one it does."""
    second = UserFactory(username="zweite", is_superuser=True, works_in=watched.personnel)
    membership = Membership.objects.get(user=watched.officer)
    values = {"user": membership.user_id, "org_unit": membership.org_unit_id, "role": membership.role_id}
    values |= {"ends": "01.01.2026", "starts": "01.01.2025"}
    visitor(watched.administrator).post(reverse("memberships:edit", args=[membership.pk]), values)
    membership.refresh_from_db()
    assert membership.ends is None
    change = AccountChange.objects.get(kind="membership")
    visitor(second).post(reverse("doakte_accounts:change", args=[change.uuid]), {"decision": "agree"})
    membership.refresh_from_db()
    assert str(membership.ends) == "2026-01-01"


def test_roles_are_told_to_the_person_and_to_data_protection(visitor, watched):
    """Who gets into an office learns of it, and so does data protection."""
    role = Role.objects.get(code="head")
    values = {"user": watched.case_worker.pk, "org_unit": watched.treasury.pk, "role": role.pk}
    visitor(watched.administrator).post(reverse("memberships:add"), values)
    assert Membership.objects.filter(user=watched.case_worker, role=role).exists()
    for person in (watched.case_worker, watched.officer):
        assert watched.treasury.name in told(person)
    assert JournalEntry.objects.filter(action="organisation.change", actor=watched.administrator).exists()


def test_import_changes_no_address_at_once(visitor, watched):
    """A table of people is a way to write addresses, too."""
    line = f"leitung;Änne;Groß;{EVIL};11;head;ja"
    content = f"username;first;last;email;office;role;final_sign\n{line}\n".encode()
    administrator = visitor(watched.administrator)
    address = reverse("doakte_organisation:import")
    page = administrator.post(address, files={"file": ("leute.csv", content, "text/csv")}).text
    checked = re.search(r'name="checked" value="([^"]+)"', page)[1]
    administrator.post(address, {"checked": checked})
    assert fresh(watched.head).email != EVIL
    assert AccountChange.objects.get(kind="email").state == AccountChange.State.WAITING
    assert EVIL in told(watched.head)


def test_nobody_renames_themselves(visitor, watched):
    """R59: the journal names people; they do not choose by what name, neither technicians nor others."""
    person = visitor(watched.case_worker)
    assert "name_email" not in person.get("/admin/account/").text
    forged = {
        "name_email-first_name": "Ober",
        "name_email-last_name": "Bürgermeister",
        "name_email-email": EVIL,
    }
    person.post("/admin/account/", {**forged, "theme-theme": "system"})
    edit(visitor(watched.administrator), watched.administrator, first_name="Ober", username="ob", email=EVIL)
    for account in (watched.case_worker, watched.administrator):
        after = fresh(account)
        assert (after.first_name, after.username) == (account.first_name, account.username)
        assert after.email != EVIL


def test_own_address_takes_the_password_and_the_new_mailbox(visitor, watched):
    """Whoever finds an open screen does not turn the account's mail to themselves."""
    person = visitor(watched.case_worker)
    before = watched.case_worker.email
    page = person.post("/konto/adresse/", {"email": EVIL, "password": "geraten"}).text
    assert "Das Passwort ist falsch" in page
    assert not AccountChange.objects.exists()
    person.post("/konto/adresse/", {"email": "neu@musterstadt.example", "password": "passwort"})
    assert EVIL not in told(watched.case_worker)
    assert "neu@musterstadt.example" in told(watched.case_worker)
    link = link_in(mail.outbox[-1])
    assert mail.outbox[-1].to == ["neu@musterstadt.example"]
    assert visitor(watched.colleague).get(link).status_code == 404
    person.post(link)
    tidy()
    assert fresh(watched.case_worker).email == before
    AccountChange.objects.update(effective_at=timezone.now())
    tidy()
    assert fresh(watched.case_worker).email == "neu@musterstadt.example"
    assert person.get(link).status_code == 404


def test_link_opens_once_and_what_is_over_looks_like_what_never_was(visitor, watched):
    """A link that somebody finds later opens nothing, and does not say whether it ever did."""
    technician, person = visitor(watched.administrator), visitor(watched.head)
    technician.post(f"/admin/konten/{watched.head.pk}/einmal-link/")
    technician.post(f"/admin/konten/{watched.head.pk}/einmal-link/")
    earlier, link = (link_in(message) for message in mail.outbox)
    stranger = visitor()
    assert stranger.get(link).status_code == 200
    assert (
        "mindestens 12 Zeichen"
        in stranger.post(link, {"new_password1": "kurz", "new_password2": "kurz"}).text
    )
    stranger.post(link, {"new_password1": WANTED, "new_password2": WANTED})
    assert comes_in(visitor, "leitung", WANTED)
    assert "/login/" in person.get("/konto/").url
    answers = {visitor().get(one).text for one in (link, earlier, "/konto/einmal-link/gibt-es-nicht/")}
    assert {one.replace(link, "").count("Dieser Link gilt nicht mehr") > 0 for one in answers} == {True}
    assert visitor().post(link, {"new_password1": "x" * 20, "new_password2": "x" * 20}).status_code == 404
    assert comes_in(visitor, "leitung", WANTED)
    assert "Passwort gesetzt" in told(watched.head) or "neues Passwort" in told(watched.head)


@pytest.mark.parametrize("what", ["hour", "address", "password", "activation"])
def test_link_ends_with_what_it_was_made_for(visitor, watched, what, capsys):
    """After an hour, and with another address, password or activation, the link is over (`manage.py login_link`)."""
    call_command("login_link", "leitung")
    link = re.search(r"(/konto/\S+)", capsys.readouterr().out)[1]
    assert visitor().get(link).status_code == 200
    people = get_user_model().objects.filter(username="leitung")
    if what == "hour":
        LoginLink.objects.update(expires_at=timezone.now())
    elif what == "address":
        people.update(email=EVIL)
    elif what == "password":
        people.update(password="")
    else:
        people.update(is_active=False)
    assert visitor().get(link).status_code == 404
    assert "Einmal-Link" in told(watched.head)
    assert "Einmal-Link" in told(watched.officer)
    assert JournalEntry.objects.filter(action="account.link").exists()


def import_people(technician, *lines) -> str:
    """Check a table of people and let it count if the house lets it; return what the page says about it."""
    content = "\n".join(["username;first;last;email;office;role;final_sign", *lines]).encode()
    address = reverse("doakte_organisation:import")
    page = technician.post(address, files={"file": ("leute.csv", content, "text/csv")}).text
    if checked := re.search(r'name="checked" value="([^"]+)"', page):
        technician.post(address, {"checked": checked[1]})
    return page


@pytest.mark.parametrize("twin", ["Leitung", "LEITUNG", "Ｌeitung"], ids=["case", "capitals", "full-width"])
def test_import_locks_nobody_out_by_a_twin(visitor, watched, twin):
    """Who logs in pays no regard to case: a second account of the same name would close the first one's door."""
    watched.head.set_password(WANTED)
    watched.head.save()
    import_people(visitor(watched.administrator), f"{twin};Änne;Groß;{watched.head.email};11;head;ja")
    assert comes_in(visitor, "leitung", WANTED)
    people = get_user_model().objects.filter(username__iexact="leitung")
    assert [one.pk for one in people] == [watched.head.pk]


def test_import_says_which_name_is_there_twice(visitor, watched):
    """Where twins exist from before, a line about one of them is refused in words, and neither is changed."""
    UserFactory(username="Leitung")
    page = import_people(visitor(watched.administrator), "leitung;Anders;Genannt;;11;head;ja")
    assert "Mehrere Konten heißen leitung" in page
    assert not get_user_model().objects.filter(first_name="Anders").exists()


def test_new_name_that_was_taken_while_it_waited_is_not_written(visitor, watched):
    """A change of name waits for a day; whoever takes the name in between is not locked out by it."""
    technician = visitor(watched.administrator)
    edit(technician, watched.case_worker, username="vertretung")
    assert AccountChange.objects.get(kind="username").state == AccountChange.State.WAITING
    import_people(technician, "Vertretung;Vera;Neu;;11;case_worker;nein")
    AccountChange.objects.update(effective_at=timezone.now())
    tidy()
    assert get_user_model().objects.filter(username__iexact="vertretung").count() == 1
    assert fresh(watched.case_worker).username == watched.case_worker.username
