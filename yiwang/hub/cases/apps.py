from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yiwang.hub.cases"
    label = "cases"
