from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict


class JobNotFailed(Conflict):
    code = "job_not_failed"
    title = _("This job is not failed any more")
    detail = _("Job %(job_id)s is gone, running or already started again.")
