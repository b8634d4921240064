"""Accounts of people who have worked with records."""

from django.contrib.auth import get_user_model
from django.urls import reverse


def test_people_whom_the_journal_names_are_not_deleted(city, client):
    """R59: the account can be made inactive; one that was opened by mistake and did nothing can go."""
    people = get_user_model()
    mistake = people.objects.create_user("vertippt")
    client.force_login(people.objects.create_superuser("technik", password="x"))
    answer = client.post(reverse("wagtailusers_users:delete", args=[city.case_worker.pk]), follow=True)
    assert "kann nicht gelöscht werden" in answer.text
    several = reverse("wagtail_bulk_action", args=["auth", "user", "delete"])
    assert client.post(f"{several}?id={city.case_worker.pk}&id={mistake.pk}").status_code == 302
    assert people.objects.filter(pk__in=[city.case_worker.pk, mistake.pk]).count() == 2
    client.post(reverse("wagtailusers_users:delete", args=[mistake.pk]))
    assert not people.objects.filter(pk=mistake.pk).exists()
