from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "yiwang.hub.publication"
    label = "publication"
