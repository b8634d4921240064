"""What this city's admin leaves out."""

from wagtail import hooks

#: Wagtail's own help is about pages of web sites.
HIDDEN = {"help"}


@hooks.register("construct_main_menu")
def shorten_menu(request, items):
    items[:] = [item for item in items if item.name not in HIDDEN]
