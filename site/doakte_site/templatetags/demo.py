from django import template

from doakte_site.demo.guide import demo_is_open, demo_logins
from doakte_site.demo.people import PASSWORD

register = template.Library()


@register.inclusion_tag("doakte/site/demo_login.html")
def demo_login():
    """Beside the login form: the demo's logins, or nothing."""
    return {"logins": demo_logins() if demo_is_open() else [], "password": PASSWORD}


@register.inclusion_tag("doakte/site/demo_link.html")
def demo_link():
    """On the start page: a way to the demo's guide, or nothing."""
    return {"open": demo_is_open()}
