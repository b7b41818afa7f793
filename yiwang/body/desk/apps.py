from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "yiwang.body.desk"
    label = "desk"
