from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "yiwang.foundation.identity"
    label = "identity"
