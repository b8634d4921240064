"""Whom failed logins are counted for: a name, however it is written, at an address."""

from allauth.account.adapter import get_adapter


def client_ip(request) -> str:
    """Return the client's address, behind as many proxies as `ALLAUTH_TRUSTED_PROXY_COUNT` says."""
    return get_adapter().get_client_ip(request)


def name_tried(request, credentials) -> str:
    """Return the name of a login attempt in one spelling: accounts are found whatever its case."""
    return ((credentials or {}).get("username") or request.POST.get("login") or "").strip().lower()
