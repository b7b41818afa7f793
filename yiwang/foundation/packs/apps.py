from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "yiwang.foundation.packs"
    label = "packs"
