"""Logging in and out, and choosing the language."""

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import check_for_language
from django.views import i18n
from wagtail.users.models import UserProfile


class LoginView(auth_views.LoginView):
    """One login for the intranet and the admin: people land where they wanted to go."""

    template_name = "doakte/intranet/login.html"

    def get_default_redirect_url(self):
        return reverse("doakte_intranet:start")

    def get(self, request, *args, **kwargs):
        # With an address to go on to, somebody who is logged in was sent here because of missing rights:
        # going on would end in a circle.
        if request.user.is_authenticated and not self.get_redirect_url():
            return redirect(self.get_default_redirect_url())
        return super().get(request, *args, **kwargs)


class LogoutView(auth_views.LogoutView):
    next_page = reverse_lazy("doakte_intranet:login")


def set_language(request):
    """Keep the chosen language in a cookie and, for who is logged in, for the admin as well. POST only."""
    language = request.POST.get("language", "")
    known = language in dict(settings.LANGUAGES) and check_for_language(language)
    if request.method == "POST" and known and request.user.is_authenticated:
        UserProfile.objects.update_or_create(user=request.user, defaults={"preferred_language": language})
    return i18n.set_language(request)
