from django.apps import AppConfig


class PortalConfig(AppConfig):
    """What residents see: report, receipt, tracking."""

    name = "yiwang.body.portal"
    label = "portal"
