from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "yiwang.body.portal"
    label = "portal"
