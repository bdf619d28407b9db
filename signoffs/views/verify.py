"""The public page on which anybody checks a record: nothing is kept of what they drop, and no account is needed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from asn1crypto import pem  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from signoffs import seal, verify
from signoffs.models import Record

# Strangers' files are read by a process of its own, so many at once and no longer than this.
AT_ONCE, PATIENCE, SECONDS = 2, 5.0, 40
reading = BoundedSemaphore(AT_ONCE)
SIGNS = {
    verify.GOOD: ("is-good", "✓"),
    verify.BAD: ("is-bad", "✗"),
    verify.CANNOT_TELL: ("is-unknown", "?"),
}
NOTICES = {verify.GOOD: "notice-ok", verify.BAD: "notice-bad", verify.CANNOT_TELL: "notice-warn"}


@dataclass(frozen=True)
class Said:
    """One finding in the reader's language."""

    look: str
    sign: str
    verdict: str
    words: str


# Nothing is changed or kept by it, so there is nothing that a forged request could do; and the token would make Django read
# the whole body before we have seen its size.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    context: dict = {
        "most": settings.VERIFY_BYTES,
        "authorities": [seal.fingerprint(each) for each in seal.authorities()],
    }
    if request.method != "POST":
        return render(request, "signoffs/verify.html", context)
    status, problem = 422, ""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.VERIFY_BYTES + 10_000:
        status, problem = 413, _("The file is too large to be a record. Nothing was read.")
    elif (file := request.FILES.get("file")) is None:
        problem = _("Choose the PDF that you want to check.")
    elif not reading.acquire(timeout=PATIENCE):
        status, problem = 503, _("Many files are being checked right now. Try again in a minute; nothing was read.")
    else:
        try:
            context |= judged(file)
            status = 200
        except subprocess.TimeoutExpired:
            problem = _("The file took too long to read. It is not as this instance writes records.")
        finally:
            reading.release()
    return render(request, "signoffs/verify.html", context | {"problem": problem}, status=status)


def judged(file: UploadedFile) -> dict:
    """What the offline verifier says, trusting our own seals; and whether it is a file that we sealed."""
    trust = b"".join(pem.armor("CERTIFICATE", each.dump()) for each in seal.authorities())
    with tempfile.NamedTemporaryFile(suffix=".pem") as trusted:
        trusted.write(trust)
        trusted.flush()
        # Isolated: it imports nothing of this application, and dies alone of whatever the file does to it.
        command = [sys.executable, "-I", verify.__file__, "-", "--ca", trusted.name, "--json", "--limited"]
        done = subprocess.run(command, input=file.read(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    try:
        told = json.loads(done.stdout)
    except ValueError:
        told = {
            "verdict": verify.BAD,
            "about": {},
            "findings": [{"verdict": verify.BAD, "words": _("The file cannot be read within bounds."), "values": {}}],
        }
    names = {verify.GOOD: _("Holds"), verify.BAD: _("Does not hold"), verify.CANNOT_TELL: _("Cannot tell")}
    findings = []
    for each in told["findings"]:
        verdict, words = each["verdict"], each["words"]
        findings.append(Said(*SIGNS[verdict], names[verdict], _(words) % each["values"]))
    sha256 = told["about"].get("sha256", "")
    ours = Record.objects.filter(sha256=sha256).first() if sha256 else None
    verdict = told["verdict"]
    look = "notice-warn" if verdict == verify.GOOD and ours and ours.superseded_at else NOTICES[verdict]
    about = {"verdict": verdict, "look": look, "name": file.name, "about": told["about"]}
    return {**about, "findings": findings, "ours": ours}


@login_not_required
@require_safe
def verify_file(request: HttpRequest) -> HttpResponse:
    """The offline verifier: one file that needs nothing else of this application."""
    content = Path(verify.__file__).read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return HttpResponse(content, content_type="text/x-python; charset=utf-8", headers=headers)


@login_not_required
@require_safe
def verify_authority(request: HttpRequest) -> HttpResponse:
    """The certificates of the authorities that vouch for our seals."""
    content = b"".join(pem.armor("CERTIFICATE", each.dump()) for each in seal.authorities())
    headers = {"Content-Disposition": 'attachment; filename="golive-ca.pem"'}
    return HttpResponse(content, content_type="application/x-pem-file", headers=headers)
