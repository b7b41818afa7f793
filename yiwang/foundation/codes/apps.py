from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "yiwang.foundation.codes"
    label = "codes"
