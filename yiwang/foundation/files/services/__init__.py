"""What can be done with files."""

from yiwang.foundation.files.services.clearing import erase_files_before, sweep_store
from yiwang.foundation.files.services.keeping import keep_file
from yiwang.foundation.files.services.resealing import reseal_originals
from yiwang.foundation.files.services.scanning import retry_failed_scans, scan_waiting_files

__all__ = [
    "erase_files_before",
    "keep_file",
    "reseal_originals",
    "retry_failed_scans",
    "scan_waiting_files",
    "sweep_store",
]
