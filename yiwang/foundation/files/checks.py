"""Checks of what files need: a store with their contents, and, where one is set up, a scanner that answers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.files.contrib.clamav import ClamAv
from yiwang.foundation.files.errors import ScanFailed
from yiwang.foundation.files.models import SealedOriginal
from yiwang.foundation.files.selectors import count_files, list_missing
from yiwang.foundation.files.services import erase_files_before, reseal_originals
from yiwang.foundation.files.types import FileState
from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.kernel.keys import KeyUse, register_key_use
from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.foundation.kernel.settings import get_settings

LATEST = 50


@check("files", gettext_lazy("Files"))
def check_files() -> Finding:
    """The store answers and has the contents of the latest files."""
    try:
        missing = list_missing(LATEST)
    except OSError:
        remedy = _("Check YIWANG_FILE_STORE, its keys, and whether the store runs.")
        return Finding("files", "problem", _("The store of files cannot be reached."), remedy)
    if missing:
        message = _("%(count)s of the latest %(limit)s files have lost their content.")
        remedy = _("“yiwang files check” lists all of them; put the contents back from a backup.")
        return Finding("files", "problem", message % {"count": len(missing), "limit": LATEST}, remedy)
    return Finding("files", "ok", _("The contents of the latest files are there."))


@check("antivirus", gettext_lazy("Antivirus"))
def check_antivirus() -> Finding:
    """The scanner answers, and no file was left unseen."""
    place = get_settings().antivirus
    waiting = count_files(FileState.PENDING)
    if not place and waiting:
        message = _("%(count)s files wait for a scanner, but none is set up.") % {"count": waiting}
        return Finding("antivirus", "warning", message, _("Set YIWANG_ANTIVIRUS; until then nobody can open them."))
    if not place:
        return Finding("antivirus", "ok", _("No scanner is set up (YIWANG_ANTIVIRUS is off)."))
    try:
        version = ClamAv(place).version()
    except ScanFailed:
        remedy = _("Start the scanner, or check YIWANG_ANTIVIRUS. Files wait for it and are shown to nobody.")
        return Finding("antivirus", "problem", _("The scanner does not answer."), remedy)
    failed = count_files(FileState.FAILED)
    if failed:
        message = _("%(count)s files could not be scanned and are shown to nobody.") % {"count": failed}
        return Finding("antivirus", "warning", message, _("“yiwang files scan” lets the scanner try again."))
    return Finding("antivirus", "ok", _("The scanner answers: %(version)s.") % {"version": version})


register_key_use(
    KeyUse(
        name="originals",
        label=gettext_lazy("originals of files"),
        count=lambda version: SealedOriginal.objects.filter(key_version=version).count(),
        reseal=reseal_originals,
    )
)
register_personal(
    PersonalData(
        "file",
        (
            "files.StoredFile.name",
            "files.StoredFile.blob",
            "files.StoredFile.sha256",
            "files.SealedOriginal.blob",
            "files.SealedOriginal.sha256",
            "files.SealedOriginal.sealed_key",
        ),
        lambda before, limit: erase_files_before(before, limit=limit),
    )
)
