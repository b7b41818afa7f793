from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    name = "yiwang.body.components"
    label = "components"
