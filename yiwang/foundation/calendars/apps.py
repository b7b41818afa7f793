from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "yiwang.foundation.calendars"
    label = "calendars"
