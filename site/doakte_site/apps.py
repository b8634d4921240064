from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "doakte_site"
    label = "doakte_site"
    verbose_name = "doAkte site"
