"""Pages without data, open to everybody."""

from django.shortcuts import render


def accessibility(request):
    return render(request, "doakte/intranet/accessibility.html")


def imprint(request):
    return render(request, "doakte/intranet/imprint.html")
