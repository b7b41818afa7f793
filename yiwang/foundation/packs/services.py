from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.services import create_demo_accounts
from yiwang.foundation.identity.types import DemoAccount, NewAccount, ScopeChoice
from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound
from yiwang.foundation.kernel.packparts import PackContext, PackInvalid, PackPart
from yiwang.foundation.kernel.snapshots import Snapshot, touch
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.packs.folders import MANIFEST, Document, digest_of, read_manifest, read_part
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.schemas import check_manifest, check_part, compare, refuse
from yiwang.foundation.packs.selectors import list_parts
from yiwang.foundation.packs.types import Mistake, PackReport

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Read:
    """A pack folder whose every file has the form it must have: the entries of each part, ready to be stored."""

    context: PackContext
    digest: str
    parts: Sequence[tuple[PackPart, Document, Sequence[Any]]]


def install_pack(folder: Path, *, viewer: Viewer, now: datetime) -> PackReport:
    """Installs a pack folder as a whole or not at all; an unchanged pack is recognised and skipped.

    Raises PackInvalid, naming file, line and place of all that is wrong, and NotPermitted.
    """
    viewer.require_system()
    pack = _read(folder, now)
    context = pack.context
    if InstalledPack.objects.filter(pack_id=context.pack_id, digest=pack.digest).exists():
        return PackReport(context.pack_id, context.version, {}, was_installed=True)
    with transaction.atomic():
        changed = _store(pack, viewer)
    Snapshot.forget_all()
    log.info("pack_installed", pack=context.pack_id, version=context.version, **changed)
    return PackReport(context.pack_id, context.version, changed, was_installed=False)


def try_pack(folder: Path, *, viewer: Viewer, now: datetime) -> PackReport:
    """What installing a pack would do to this city, seen by doing it and taking all of it back.

    Raises what ``install_pack`` raises.
    """
    viewer.require_system()
    pack = _read(folder, now)
    there = InstalledPack.objects.filter(pack_id=pack.context.pack_id).first()
    is_there = there is not None and there.digest == pack.digest
    before = there.contents if there else {}
    diffs = {part.name: compare(part, before.get(part.name), file.content) for part, file, _entries in pack.parts}
    try:
        with transaction.atomic():
            changed = _store(pack, viewer)
            transaction.set_rollback(True)
    finally:
        Snapshot.forget_all()
    return PackReport(pack.context.pack_id, pack.context.version, changed, was_installed=is_there, diffs=diffs)


@transaction.atomic
def create_pack_accounts(folder: Path, *, viewer: Viewer, now: datetime) -> Sequence[DemoAccount]:
    """Creates the demo accounts a demo city's pack lists; none for other packs. Returns the new ones with passwords."""
    manifest = read_manifest(folder).content
    city = manifest.get("city", {})
    if not city.get("demo") or "demo_accounts" not in manifest:
        return []
    entries = read_part(folder, manifest["demo_accounts"]).content
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


def _read(folder: Path, now: datetime) -> _Read:
    """Everything in the folder, checked against its form; nothing of it is stored yet."""
    document = read_manifest(folder)
    refuse(check_manifest(document))
    manifest = document.content
    files: Mapping[str, str] = manifest.get("parts", {})
    known = {part.name: part for part in list_parts()}
    unknown = [name for name in files if name not in known]
    reason, remedy = "is no part", f"Known parts are {', '.join(sorted(known))}."
    refuse([Mistake(MANIFEST, document.line_of(["parts", n]), f"parts.{n}", reason, remedy) for n in unknown])
    parts, mistakes = [], list(_unmet(document))
    for part in sorted((known[name] for name in files), key=lambda part: (part.order, part.name)):
        file = read_part(folder, files[part.name])
        entries, found = check_part(file, part)
        mistakes += found
        parts.append((part, file, entries))
    refuse(mistakes)
    context = PackContext(manifest["id"], manifest["version"], manifest, now)
    return _Read(context, digest_of(folder), parts)


def _unmet(document: Document) -> Iterator[Mistake]:
    """Packs this one needs that are not there, or too old: the same major version, at least as new. And whether it is
    older itself than what is there: an old folder must not undo an upgrade by accident."""
    versions = dict(InstalledPack.objects.values_list("pack_id", "version"))
    own, installed = document.content["version"], versions.get(document.content["id"])
    if installed and _numbers(own) < _numbers(installed):
        reason = f"is {own}, older than the installed {installed}"
        remedy = "To go back on purpose, give the old contents a new version."
        yield Mistake(MANIFEST, document.line_of(["version"]), "version", reason, remedy)
    for name, wanted in document.content.get("requires", {}).items():
        there = versions.get(name)
        if there is None or not _serves(there, wanted):
            reason = f"needs {name} {wanted}, but {there or 'none'} is installed"
            line = document.line_of(["requires", name])
            yield Mistake(MANIFEST, line, f"requires.{name}", reason, "Install it first.")


def _serves(there: str, wanted: str) -> bool:
    has, needs = _numbers(there), _numbers(wanted)
    return has[0] == needs[0] and has >= needs


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.partition("-")[0].split("."))


def _store(pack: _Read, viewer: Viewer) -> dict[str, int]:
    """Applies the parts in their order and notes the pack, in the caller's transaction."""
    context, changed = pack.context, {}
    for part, file, entries in pack.parts:
        try:
            changed[part.name] = part.apply(entries, context)
        except PackInvalid:
            raise
        except (Invalid, NotFound, Conflict) as error:
            # What an entry names is not there: whoever stores it knows what, the file knows where.
            line = file.line_with(str(error.params.get("value", "")))
            refuse([Mistake(file.file, line, part.name, str(error.message), error.what_to_do)])
        Snapshot.forget_all()
    values = {
        "kind": context.manifest["kind"],
        "version": context.version,
        "digest": pack.digest,
        "manifest": context.manifest,
        "contents": {part.name: file.content for part, file, _entries in pack.parts},
        "installed_at": context.now,
    }
    row, _ = InstalledPack.objects.update_or_create(pack_id=context.pack_id, defaults=values)
    touch("packs")
    detail = {"pack": context.pack_id, "version": context.version, "changed": changed}
    record("packs.installed", viewer=viewer, subject_kind="pack", subject_id=row.id, now=context.now, detail=detail)
    return changed
