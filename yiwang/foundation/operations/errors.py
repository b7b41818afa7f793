from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, Unavailable


class JobNotFailed(Conflict):
    code = "job_not_failed"
    title = _("This job is not failed any more")
    detail = _("Job %(job_id)s is gone, running or already started again.")


class ArchiveInvalid(Invalid):
    code = "archive_invalid"
    title = _("This backup cannot be used")
    detail = _("%(path)s cannot be used as a backup: %(reason)s.")
    remedy = _("Choose another file; nothing was changed.")


class BackupFailed(Unavailable):
    """``tool`` is the PostgreSQL program that failed, ``reason`` its last words."""

    code = "backup_failed"
    title = _("The database could not be saved or put back")
    detail = _("%(tool)s stopped: %(reason)s.")
    remedy = _("Nothing was changed. Check the room on the disk and the database's version, and try again.")


class InstallationNotEmpty(Conflict):
    code = "installation_not_empty"
    title = _("There is a city here already")
    detail = _("This installation holds data (%(table)s), which restoring would replace.")
    remedy = _("Restore into an empty YIWANG_HOME or database, or replace what is here with --force.")


class CityIsOpen(Conflict):
    code = "city_is_open"
    title = _("The city is open")
    detail = _("%(count)s other programs are connected to the database.")
    remedy = _("Close the city (Ctrl-C where “yiwang run” runs), then restore.")


class ProgramTooOld(Conflict):
    code = "program_too_old"
    title = _("The backup comes from a newer Yiwang")
    detail = _(
        "The backup was written by version %(version)s and has migrations this program does not know (%(name)s)."
    )
    remedy = _("Install that version or a later one, then restore.")


class KeysDoNotFit(Conflict):
    code = "keys_do_not_fit"
    title = _("The secret keys do not fit this backup")
    detail = _(
        "The contacts in this backup were sealed with other keys than those in %(path)s, or that file is missing."
    )
    remedy = _(
        "Put the key file of the saved city there (from its own backup, or from an archive written --with-keys)."
    )
