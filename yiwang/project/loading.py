"""Loading Django in a process that is not the web server's."""

import os

import django


def load_django() -> None:
    """Puts Django's settings and apps in place; loading twice does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.project.settings")
    django.setup()
