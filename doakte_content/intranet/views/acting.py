"""Choosing the role and office in which one acts."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from doakte_content.organisation.acting import acting_as, choose
from doakte_content.organisation.queries import own_memberships


@login_required
def acting(request):
    """Show the own places, and keep the chosen one for the session (POST)."""
    own = own_memberships(request.user)
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("doakte_intranet:start")
    if request.method == "POST":
        chosen = next((one for one in own if str(one.pk) == request.POST.get("membership")), None)
        if chosen is None:
            raise Http404
        choose(request, chosen)
        return redirect(back)
    context = {"memberships": own, "present": acting_as(request.user), "back": back}
    return render(request, "doakte/intranet/acting.html", context)
