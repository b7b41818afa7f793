from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "yiwang.foundation.people"
    label = "people"
