"""Every message people can see has its 简体中文."""

from tests.architecture.house import refuse
from tools.catalogues import app_catalogues, complaints


def test_every_message_is_translated():
    refuse(complaints(app_catalogues()))
