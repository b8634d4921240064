from django.http import Http404
from django.shortcuts import render

from .guide import demo_is_open, demo_logins
from .people import PASSWORD


def guide(request):
    """Show where to go and with which logins; open to everybody, as long as this is a demo."""
    if not demo_is_open():
        raise Http404
    return render(request, "doakte/site/demo.html", {"logins": demo_logins(), "password": PASSWORD})
