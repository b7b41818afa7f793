from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "yiwang.network.intake"
    label = "intake"
