"""Makes the bundles that auditors ask for: records, journals and a manifest of many projects in one ZIP.

Written file by file to the disk, so that a bundle of any size needs no more memory than its largest file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import pem  # type: ignore[import-untyped]

from checklists.exporting.journal import json_of
from checklists.models import Action, Evidence, JournalEntry, Project
from signoffs import seal, verify
from signoffs.desk import DeskFilter
from signoffs.models import Bundle, JobState, Record

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)
README = """Records of Golive, as one person was allowed to see them.

manifest.json names every file with its SHA-256, and for each project where its journal ended.
Check a record without any server:

    uv run verify.py PROJECT/record-1.pdf --ca golive-ca.pem

Compare the fingerprint of golive-ca.pem with the one on the verify page of the instance.
"""


def bundle_due(now: datetime) -> None:
    """The worker's duty: make what is asked for, forget what is old."""
    for old in Bundle.objects.filter(at__lt=now - KEPT):
        old.path.unlink(missing_ok=True)
        old.delete()
    for bundle in Bundle.each_lent(now):
        try:
            make(bundle, now)
        except Exception as problem:
            logger.exception("The bundle %s was not made (attempt %s).", bundle.pk, bundle.attempts)
            bundle.put_off(problem, now)


def make(bundle: Bundle, now: datetime) -> None:
    projects = list(DeskFilter(bundle.by, bundle.asked).projects())
    bundle.path.parent.mkdir(parents=True, exist_ok=True)
    part = bundle.path.with_suffix(f".{bundle.lease}")
    manifest: dict = {
        "schema": "golive-bundle-1",
        "made_at": now.astimezone(UTC).isoformat(),
        "made_for": {"name": str(bundle.by), "email": bundle.by.email},
        "asked": bundle.asked,
        "files": [],
        "projects": [],
    }
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, project in enumerate(projects):
                manifest["projects"].append(added(archive, project))
                bundle.tell(100 * (number + 1) // (len(projects) + 1))
            authorities = b"".join(pem.armor("CERTIFICATE", each.dump()) for each in seal.authorities())
            tools = {
                "golive-ca.pem": authorities,
                "verify.py": Path(verify.__file__).read_bytes(),
                "README.txt": README.encode(),
            }
            manifest["files"] = [stored(archive, name, content) for name, content in tools.items()]
            archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
        part.replace(bundle.path)
    finally:
        part.unlink(missing_ok=True)
    size = bundle.path.stat().st_size
    bundle.ours.update(state=JobState.READY, lease=None, progress=100, size=size, projects=len(projects))


def stored(archive: zipfile.ZipFile, name: str, content: bytes) -> dict:
    """Put a file in; its line of the manifest."""
    archive.writestr(name, content)
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def added(archive: zipfile.ZipFile, project: Project) -> dict:
    """Put a project's files in, and tell the manifest of them."""
    files = [stored(archive, f"{project.slug}/{name}", content) for name, content in files_of(project)]
    head = JournalEntry.objects.filter(project=project).order_by("-seq").values("seq", "hash").first()
    records = Record.objects.filter(project=project, state=JobState.SEALED)
    return {
        "uuid": str(project.uuid),
        "name": project.name,
        "customer": project.customer,
        "system": project.system,
        "go_live_at": project.go_live_at.astimezone(UTC).isoformat(),
        "head": head,
        "broken_at": JournalEntry.objects.first_broken(project),
        "records": [
            {
                "revision": record.revision,
                "sha256": record.sha256,
                "sealed_at": record.sealed_at.astimezone(UTC).isoformat() if record.sealed_at else None,
                "superseded": record.superseded_at is not None,
            }
            for record in records
        ],
        "files": files,
    }


def files_of(project: Project) -> Iterator[tuple[str, bytes]]:
    """The sealed records, oldest first, all evidence, and the journal as it is now."""
    for record in Record.objects.filter(project=project, state=JobState.SEALED).order_by("revision"):
        record.project = project
        yield f"record-{record.revision}.pdf", record.path.read_bytes()
    for evidence in Evidence.objects.filter(project=project):
        evidence.project = project
        if evidence.path.exists():
            yield f"evidence/{evidence.sha256[:8]}-{evidence.name}", evidence.path.read_bytes()
    yield "journal.json", json_of(project.journal.all()).encode()


def note_download(bundle: Bundle, at: datetime) -> None:
    """That somebody took many projects along stands in the instance's journal."""
    asked = ", ".join(f"{name}={value}" for name, value in sorted(bundle.asked.items())) or "all"
    JournalEntry.objects.record_for_instance(
        at, bundle.by, Action.BUNDLE_DOWNLOADED, subject=f"{bundle.projects} projects", asked=asked
    )
