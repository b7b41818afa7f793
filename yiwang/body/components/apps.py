from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    """The design system of every screen."""

    name = "yiwang.body.components"
    label = "components"
