from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yiwang.foundation.kernel"
    label = "kernel"
