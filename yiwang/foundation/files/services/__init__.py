"""What can be done with files."""

from yiwang.foundation.files.services.clearing import drop_files, erase_files_before, sweep_store
from yiwang.foundation.files.services.keeping import keep_file, keep_redacted
from yiwang.foundation.files.services.resealing import reseal_originals
from yiwang.foundation.files.services.scanning import retry_failed_scans, scan_waiting_files

__all__ = [
    "drop_files",
    "erase_files_before",
    "keep_file",
    "keep_redacted",
    "reseal_originals",
    "retry_failed_scans",
    "scan_waiting_files",
    "sweep_store",
]
