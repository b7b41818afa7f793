from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "yiwang.hub.dispatch"
    label = "dispatch"
