from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "yiwang.foundation.orgs"
    label = "orgs"
