from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "yiwang.foundation.operations"
    label = "operations"
