from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "yiwang.foundation.privacy"
    label = "privacy"
