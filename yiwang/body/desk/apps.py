from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The staff's screens."""

    name = "yiwang.body.desk"
    label = "desk"
