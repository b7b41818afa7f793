from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.db import transaction
from django.utils.module_loading import import_string, module_has_submodule

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.services import create_demo_accounts
from yiwang.foundation.identity.types import DemoAccount, NewAccount, ScopeChoice
from yiwang.foundation.kernel.packparts import PackContext, PackInvalid, PackPart
from yiwang.foundation.kernel.snapshots import Snapshot, touch
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.packs.folders import MANIFEST, digest_of, read_manifest, read_part
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.types import PackReport

log = structlog.get_logger(__name__)


def install_pack(folder: Path, *, viewer: Viewer, now: datetime) -> PackReport:
    """Installs a pack folder as a whole or not at all; an unchanged pack is recognised and skipped.

    Raises PackInvalid, naming file and place.
    """
    manifest = read_manifest(folder)
    digest = digest_of(folder)
    context = PackContext(manifest["id"], manifest["version"], manifest, now)
    if InstalledPack.objects.filter(pack_id=context.pack_id, digest=digest).exists():
        return PackReport(context.pack_id, context.version, {}, was_installed=True)
    with transaction.atomic():
        changed = _apply_parts(folder, context)
        values = {
            "kind": manifest["kind"],
            "version": context.version,
            "digest": digest,
            "manifest": manifest,
            "installed_at": now,
        }
        row, _ = InstalledPack.objects.update_or_create(pack_id=context.pack_id, defaults=values)
        touch("packs")
        record(
            "packs.installed",
            viewer=viewer,
            subject_kind="pack",
            subject_id=row.id,
            now=now,
            detail={"pack": context.pack_id, "version": context.version, "changed": changed},
        )
    Snapshot.forget_all()
    log.info("pack_installed", pack=context.pack_id, version=context.version, **changed)
    return PackReport(context.pack_id, context.version, changed, was_installed=False)


@transaction.atomic
def create_pack_accounts(folder: Path, *, viewer: Viewer, now: datetime) -> Sequence[DemoAccount]:
    """Creates the demo accounts a demo city's pack lists; none for other packs. Returns the new ones with passwords."""
    manifest = read_manifest(folder)
    city = manifest.get("city", {})
    if not city.get("demo") or "demo_accounts" not in manifest:
        return []
    entries = read_part(folder, manifest["demo_accounts"])
    accounts = [
        NewAccount(entry["username"], entry["names"], tuple(entry["roles"]), _scope(entry)) for entry in entries
    ]
    return create_demo_accounts(accounts, viewer=viewer, now=now, language=city["default_language"])


def _scope(entry: Mapping[str, Any]) -> ScopeChoice:
    return ScopeChoice(
        unit=str(entry["unit"]) if entry.get("unit") else None,
        area=str(entry["area"]) if entry.get("area") else None,
        matters=tuple(entry["matters"]) if "matters" in entry else None,
        secrecy=tuple(Secrecy(level) for level in entry.get("secrecy", ())),
    )


def _apply_parts(folder: Path, context: PackContext) -> dict[str, int]:
    files: dict[str, str] = context.manifest.get("parts", {})
    parts = {part.name: part for part in _known_parts()}
    for name in files:
        if name not in parts:
            known = ", ".join(sorted(parts))
            raise PackInvalid(file=MANIFEST, place=f"parts.{name}", reason=f"unknown part; known parts are {known}")
    changed = {}
    for part in sorted((parts[name] for name in files), key=lambda p: (p.order, p.name)):
        content = read_part(folder, files[part.name])
        try:
            changed[part.name] = part.apply(content, context)
        except (KeyError, TypeError, AttributeError) as error:
            reason = f"an entry does not have the expected form ({type(error).__name__}: {error})"
            raise PackInvalid(file=files[part.name], place="-", reason=reason) from error
        Snapshot.forget_all()
    return changed


def _known_parts() -> list[PackPart]:
    return [
        part
        for config in apps.get_app_configs()
        if config.module is not None
        and config.name.startswith("yiwang.")
        and module_has_submodule(config.module, "pack")
        for part in import_string(f"{config.name}.pack.PARTS")
    ]
