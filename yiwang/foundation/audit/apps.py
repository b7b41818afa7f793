from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "yiwang.foundation.audit"
    label = "audit"
