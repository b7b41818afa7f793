from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectConfig(AppConfig):
    name = "yiwang.project"
    label = "project"

    def ready(self) -> None:
        """Last of all apps: everything that registers itself (permissions, listeners, checks, pack parts) is
        imported."""
        autodiscover_modules("types")
        autodiscover_modules("listeners")
        autodiscover_modules("checks")
        autodiscover_modules("pack")
