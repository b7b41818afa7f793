from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "yiwang.network.messaging"
    label = "messaging"
