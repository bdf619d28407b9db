#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["pyhanko>=0.38,<0.39"]
# ///
"""Is this PDF the record that an instance of Golive sealed, unchanged? Checked without the application and without a network.

    python verify.py FILE.pdf [--ca ca.pem] [--sha256 …] [--head NUMBER:HASH]

This file stands alone: it needs nothing of Golive, only Python and pyHanko (`pip install pyhanko`, or `uv run verify.py …`).
It exits with 0 when everything holds, 1 when something does not, and 2 when it cannot be told, for example because nobody
said whose seal to trust.

What is checked, each only if what it rests on holds: the file's SHA-256 against the one in a receipt; one seal of a trusted
authority over every byte, that allows no change; one attachment, canonical JSON; the digest of what each signer saw; the
journal's chain of hashes, whose last entry is the head; the head against one that was kept elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import logging
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate  # type: ignore[import-untyped]
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

GOOD, BAD, CANNOT_TELL = 0, 1, 2
GENESIS = "0" * 64
SCHEMA, NAME = "golive-evidence-1", "evidence.json"
# A record of thousands of items has a few megabytes; more is somebody's attempt to fill the memory.
LARGEST_EVIDENCE = 64_000_000


def _(words: str) -> str:
    """Marks words for translation; the verify page says them in the reader's language."""
    return words


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what came of it (GOOD, BAD, CANNOT_TELL), in words with values."""

    verdict: int
    words: str
    values: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.values


@dataclass
class Result:
    """Everything that was found, and what the record is about."""

    findings: list[Finding] = field(default_factory=list)
    about: dict[str, str | int] = field(default_factory=dict)

    def add(self, verdict: int, words: str, **values: str | int) -> bool:
        self.findings.append(Finding(verdict, words, values))
        return verdict == GOOD

    @property
    def verdict(self) -> int:
        """Bad if anything is bad; good only if nothing is missing."""
        verdicts = {finding.verdict for finding in self.findings}
        return BAD if BAD in verdicts else CANNOT_TELL if CANNOT_TELL in verdicts else GOOD


def verify(
    data: bytes,
    authorities: list[bytes],
    sha256: str = "",
    head: tuple[int, str] | None = None,
    now: datetime | None = None,
) -> Result:
    """Check a file. `authorities` are certificates (PEM or DER) whose seals are trusted; `head` is number and hash."""
    now = now or datetime.now(UTC)
    roots = certificates(authorities)
    result = Result()
    digest = hashlib.sha256(data).hexdigest()
    result.about["sha256"] = digest
    if sha256 and not result.add(
        GOOD if digest == sha256.lower() else BAD,
        _("The file is the one of the receipt: its SHA-256 is the same.")
        if digest == sha256.lower()
        else _("The file is NOT the one of the receipt: its SHA-256 is another."),
    ):
        return result
    # Its first bytes say what it is; readers put up with a few others before them.
    if b"%PDF-" not in data[:1024]:
        result.add(BAD, _("The file is no PDF."))
        return result
    try:
        evidence = check_seal(data, roots, now, result)
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes of the reader, the file is not as it was sealed
        result.add(
            BAD, _("The file cannot be read as a sealed PDF: %(why)s"), why=f"{type(error).__name__}: {error}"[:300]
        )
        return result
    if evidence is not None:
        try:
            check_evidence(evidence, head, result)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            result.add(
                BAD, _("The evidence is not as Golive writes it: %(why)s"), why=f"{type(error).__name__}: {error}"[:300]
            )
    return result


# -- The seal ------------------------------------------------------------------------------------------------------------


def check_seal(data: bytes, roots: list[Certificate], now: datetime, result: Result) -> bytes | None:
    """One certification seal over the whole file, of a trusted authority. The evidence; None if there is none to read."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    reader = PdfFileReader(io.BytesIO(data), strict=True)
    seals = reader.embedded_signatures
    if not seals:
        result.add(BAD, _("The file has no seal: it is a draft, or the seal was taken out."))
        return None
    if len(seals) > 1:
        result.add(
            BAD, _("The file has %(number)s signatures; a record has one seal and nothing after it."), number=len(seals)
        )
        return None
    seal = seals[0]
    seal.compute_integrity_info()
    if seal.coverage != SignatureCoverageLevel.ENTIRE_FILE or reader.xrefs.total_revisions > 2:
        result.add(BAD, _("Something was added to the file after it was sealed: the seal does not cover all of it."))
        return None
    if (
        seal.docmdp_level != MDPPerm.NO_CHANGES
        or reader.root.raw_get("/Perms").get_object()["/DocMDP"] != seal.sig_object
    ):
        result.add(BAD, _("The seal is not one of a record: it would allow changes."))
        return None
    if why := loose_envelope(data, seal, roots):
        result.add(BAD, _("The seal's own bytes were changed: %(why)s."), why=why)
        return None
    if not trusted(seal, roots, now, result):
        return None
    return attachment(reader, result)


def certificates(authorities: list[bytes]) -> list[Certificate]:
    """Those of files in PEM, several in one if need be, or in DER."""
    from asn1crypto import pem, x509  # type: ignore[import-untyped]

    found = []
    for content in authorities:
        parts = pem.unarmor(content, multiple=True) if pem.detect(content) else [("", {}, content)]
        found += [x509.Certificate.load(der) for _kind, _headers, der in parts]
    return found


def trusted(seal: EmbeddedPdfSignature, roots: list[Certificate], now: datetime, result: Result) -> bool:
    """Whether the seal's signature is right, and whose it is. True as far as the bytes are as they were sealed."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    for talkative in ("pyhanko", "pyhanko_certvalidator"):
        # It reports a broken chain in the log, we in words.
        logging.getLogger(talkative).setLevel(logging.CRITICAL + 1)
    inside = [certificate for certificate in seal.other_embedded_certs if certificate.self_issued]
    said = seal.self_reported_timestamp
    usage = KeyUsageConstraints({"digital_signature", "non_repudiation"}, match_all_key_usages=True)

    def status(trust: list, moment: datetime) -> PdfSignatureStatus:
        context = ValidationContext(trust_roots=trust, allow_fetching=False, moment=moment, revocation_mode="soft-fail")
        return validate_pdf_signature(seal, context, key_usage_settings=usage)

    found = status(roots or inside, now)
    if not (found.intact and found.valid and found.docmdp_ok and found.modification_level == ModificationLevel.NONE):
        return result.add(BAD, _("The file was changed after it was sealed: the seal does not fit its bytes."))
    result.about |= {"sealed": f"{said.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if said else "", "seal": seal_name(seal)}
    result.add(GOOD, _("Every byte of the file is as it was when it was sealed, and nothing was added since."))
    if inside:
        result.about["authority"] = colons(hashlib.sha256(inside[0].dump()).hexdigest())
    if not roots:
        result.add(
            CANNOT_TELL,
            _(
                "Whose seal it is cannot be told without an authority to trust (--ca). The seal's authority has the fingerprint"
                " %(fingerprint)s: compare it with the one on the verify page of the instance."
            ),
            fingerprint=str(result.about.get("authority", "?")),
        )
        return True
    stamp = found.timestamp_validity
    # Another's word counts only if it is trusted, too: --ca takes the certificate of a timestamp authority as well.
    stamped = stamp.timestamp.astimezone(UTC) if stamp and stamp.intact and stamp.valid and stamp.trusted else None
    if stamped:
        result.about["stamped"] = f"{stamped:%Y-%m-%d %H:%M:%S} UTC"
    if found.trusted:
        return result.add(GOOD, _("The seal is of the authority that you trust: %(name)s."), name=seal_name(seal))
    leaf = seal.signer_cert
    then = stamped or (said.astimezone(UTC) if said else now)
    if leaf.not_valid_after < now and status(roots, then).trusted:
        if stamped:
            words = _(
                "The seal's certificate has run out since, but a timestamp that you trust says that it was made before."
            )
            return result.add(GOOD, words)
        result.add(
            CANNOT_TELL,
            _(
                "The seal's certificate has run out since, on %(day)s. The seal says that it was made before; nobody else does."
            ),
            day=f"{leaf.not_valid_after:%Y-%m-%d}",
        )
        return True
    return result.add(BAD, _("The seal is NOT of the authority that you trust: somebody else sealed this file."))


def seal_name(seal: EmbeddedPdfSignature) -> str:
    return str(seal.signer_cert.subject.native.get("common_name", "?"))


def colons(digest: str) -> str:
    return ":".join(digest.upper()[at : at + 2] for at in range(0, len(digest), 2))


def loose_envelope(data: bytes, seal: EmbeddedPdfSignature, roots: list[Certificate]) -> str:
    """What in the seal's envelope is not as it was written, though no hash covers it; empty when nothing is.

    The bytes between the two signed ranges hold the signature itself, which cannot sign itself: of what stands there, only
    the one spelling that pyHanko writes is taken.
    """
    from asn1crypto import cms

    begin, length, then, _rest = (int(number) for number in seal.byte_range)
    gap = data[begin + length : then]
    if not re.fullmatch(rb"<(?:[0-9A-F]{2})+>", gap):
        return "hexadecimal digits"
    content = bytes.fromhex(gap[1:-1].decode())
    parsed = cms.ContentInfo.load(content)
    der = parsed.dump(force=True)
    if not content.startswith(der) or content[len(der) :].strip(b"\x00"):
        return "padding"
    signed = parsed["content"]
    signer = signed["signer_infos"][0]
    if len(signed["signer_infos"]) != 1 or signed["version"].native != "v1" or signer["version"].native != "v1":
        return "version"
    if [each["algorithm"].native for each in signed["digest_algorithms"]] != ["sha256"]:
        return "digest algorithm"
    if signed["digest_algorithms"][0].dump() != signer["digest_algorithm"].dump():
        return "digest algorithm"
    if signed["encap_content_info"]["content_type"].native != "data" or signed["encap_content_info"]["content"].native:
        return "content"
    if len(signed["crls"] or ()):
        return "revocations"
    # No hash covers who is said to sign: a name in other capitals is the same name to the reader.
    sid, owner = signer["sid"], seal.signer_cert
    if sid.name != "issuer_and_serial_number" or (sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native) != (
        owner.issuer.dump(),
        owner.serial_number,
    ):
        return "signer"
    for attribute in signer["unsigned_attrs"] or ():
        if attribute["type"].native != "signature_time_stamp_token":
            return "attributes"
    chain = {seal.signer_cert.dump(), *(each.dump() for each in seal.other_embedded_certs)}
    if len(chain) != len(signed["certificates"]):
        return "certificates"
    return "" if chain_holds(seal, roots) else "certificates"


def chain_holds(seal: EmbeddedPdfSignature, roots: list[Certificate]) -> bool:
    """Whether each certificate in the envelope is needed and signed by the next, up to an authority or to one of itself."""
    from cryptography.x509 import load_der_x509_certificate

    known = {root.dump() for root in roots}
    left = {each.dump(): load_der_x509_certificate(each.dump()) for each in seal.other_embedded_certs}
    der = seal.signer_cert.dump()
    certificate = load_der_x509_certificate(der)
    while der not in known and certificate.issuer != certificate.subject:
        above = next(((key, each) for key, each in left.items() if each.subject == certificate.issuer), None)
        if above is None:
            return not left and not roots
        try:
            certificate.verify_directly_issued_by(above[1])
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not the chain
            return False
        der, certificate = above
        del left[der]
    try:
        if der not in known:
            certificate.verify_directly_issued_by(certificate)
    except Exception:  # noqa: BLE001 - as above
        return False
    return not left


# -- The evidence --------------------------------------------------------------------------------------------------------


def attachment(reader: PdfFileReader, result: Result) -> bytes | None:
    """The one attached file."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    if len(names) != 2 or names[1]["/UF"] != NAME:
        result.add(BAD, _("A record has one attachment, %(name)s; this file has another or several."), name=NAME)
        return None
    stream = names[1]["/EF"]["/F"]
    if int(stream["/Params"]["/Size"]) > LARGEST_EVIDENCE:
        result.add(CANNOT_TELL, _("The evidence is too large to be read."))
        return None
    return stream.data


def canonical(value: object) -> str:
    """JSON with one possible spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_evidence(data: bytes, head: tuple[int, str] | None, result: Result) -> None:
    """The evidence, signatures, the chain and its head."""
    text = data.decode()
    evidence = json.loads(text)
    if canonical(evidence) != text:
        result.add(BAD, _("The evidence is not canonical: another program wrote it."))
        return
    if evidence["schema"] != SCHEMA:
        result.add(
            CANNOT_TELL,
            _("The evidence has the form %(schema)s, which this program does not know."),
            schema=evidence["schema"],
        )
        return
    project = evidence["project"]
    result.about |= {
        "project": project["name"],
        "customer": project["customer"],
        "revision": project["revision"],
        "items": len(evidence["items"]),
        "signatures": len(evidence["signatures"]),
        "entries": len(evidence["journal"]),
    }
    if wrong := next(wrong_signatures(evidence), None):
        result.add(BAD, _("The signature of %(name)s as %(title)s does not fit: %(why)s."), **wrong)
    else:
        result.add(
            GOOD,
            _(
                "All %(number)s signatures fit: the digest of each is that of what the signer saw, and the journal has it."
            ),
            number=len(evidence["signatures"]),
        )
    check_chain(evidence, head, result)


def wrong_signatures(evidence: dict) -> Iterator[dict[str, str]]:
    """Signatures whose snapshot is not what was signed, or of which the journal does not know."""
    bodies = [json.loads(entry["body"]) for entry in evidence["journal"]]
    journalled = {
        (body["by"]["email"], body["facts"]["digest"]) for body in bodies if body["by"] and "digest" in body["facts"]
    }
    for signature in evidence["signatures"]:
        who = {"name": signature["name"], "title": signature["slot"][1]}
        snapshot = signature["snapshot"]
        if sha(snapshot) != signature["digest"]:
            yield who | {"why": "its digest is not that of what was signed"}
        elif unicodedata.normalize("NFC", canonical(json.loads(snapshot))) != snapshot:
            yield who | {"why": "what was signed is not canonical"}
        elif not any(
            email == signature["email"] and signature["digest"].startswith(digest) for email, digest in journalled
        ):
            yield who | {"why": "the journal has no such signature"}


def check_chain(evidence: dict, head: tuple[int, str] | None, result: Result) -> None:
    """Follow the journal from its first entry to the head, and compare the head."""
    journal = evidence["journal"]
    if not journal or evidence["head"] != {"seq": journal[-1]["seq"], "hash": journal[-1]["hash"]}:
        result.add(BAD, _("The journal does not end at the head that the record names."))
        return
    prev, removed, said = GENESIS, set(), set()
    for number, entry in enumerate(journal, start=1):
        body = json.loads(entry["body"])
        expected = sha(f"golive-audit-v1\n{prev}\n{entry['body']}")
        if (entry["seq"], body["seq"], entry["hash"]) != (number, number, expected):
            result.add(BAD, _("The journal's chain is broken at entry %(number)s."), number=number)
            return
        if (
            number == 1
            and body.get("binds", {}).get("project", evidence["project"]["uuid"]) != evidence["project"]["uuid"]
        ):
            result.add(BAD, _("The journal is that of another project."))
            return
        if not entry["remark"] and body["remark_sha256"]:
            removed.add(number)
        elif (sha(entry["salt"] + entry["remark"]) if entry["remark"] else "") != body["remark_sha256"]:
            result.add(BAD, _("What was written in entry %(number)s of the journal was changed."), number=number)
            return
        if "redacts" in body["facts"]:
            said.add(body["facts"]["redacts"])
        prev = entry["hash"]
    if removed - said:
        result.add(
            BAD,
            _("What was written in entry %(number)s of the journal is gone without a word."),
            number=min(removed - said),
        )
        return
    result.add(
        GOOD,
        _("The journal's %(number)s entries follow from each other, up to the head %(head)s."),
        number=len(journal),
        head=prev,
    )
    if removed:
        result.add(
            GOOD,
            _("In %(number)s entries what was written has been removed, as later entries say."),
            number=len(removed),
        )
    if head is not None:
        seq, digest = head
        known = journal[seq - 1]["hash"] if 1 <= seq <= len(journal) else ""
        if known.startswith(digest):
            result.add(GOOD, _("The journal has the head that you kept, entry %(number)s."), number=seq)
        elif seq > len(journal):
            result.add(
                CANNOT_TELL, _("The head that you kept, entry %(number)s, is younger than this record."), number=seq
            )
        else:
            result.add(
                BAD,
                _("The journal does NOT have the head that you kept: entry %(number)s has another hash."),
                number=seq,
            )


# -- The command ---------------------------------------------------------------------------------------------------------

UNTOLD: tuple[tuple[Callable[[argparse.Namespace], bool], str], ...] = (
    (lambda given: not given.sha256, "whether this is the very file of a receipt (--sha256)"),
    (lambda given: not given.head, "whether the whole journal was written anew before it was sealed (--head)"),
)


def known_head(text: str) -> tuple[int, str]:
    found = re.fullmatch(r"(\d{1,9}):([0-9a-f]{12,64})", text.lower().replace(" ", ""))
    if not found:
        raise argparse.ArgumentTypeError("give NUMBER:HASH, with at least 12 digits of the hash")
    return int(found[1]), found[2]


def known_digest(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text.lower()):
        raise argparse.ArgumentTypeError("a SHA-256 has 64 hexadecimal digits")
    return text.lower()


def limit() -> None:
    """A gigabyte and half a minute: more than any record needs, and less than would hurt."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 31))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="verify", description="Check a record that Golive sealed. Exit 0: good; 1: bad; 2: cannot tell."
    )
    parser.add_argument("file", help="the PDF; - for standard input")
    parser.add_argument(
        "--ca",
        action="append",
        default=[],
        metavar="FILE",
        help="certificate of the seal's authority, from the verify page",
    )
    parser.add_argument("--sha256", type=known_digest, help="what the receipt says of the file")
    parser.add_argument(
        "--head",
        type=known_head,
        metavar="NUMBER:HASH",
        help="an entry of the journal that you kept, from a receipt or page foot",
    )
    parser.add_argument("--json", action="store_true", help="tell it to a program")
    parser.add_argument("--limited", action="store_true", help="give up on a file that wants too much memory or time")
    given = parser.parse_args(arguments)
    if given.limited:
        limit()
    try:
        data = sys.stdin.buffer.read() if given.file == "-" else Path(given.file).read_bytes()
        authorities = [Path(path).read_bytes() for path in given.ca]
    except OSError as error:
        print(f"Cannot read {error.filename}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return CANNOT_TELL
    try:
        result = verify(data, authorities, given.sha256 or "", given.head)
    except ImportError as error:
        print(f"{error}. This needs pyHanko: pip install 'pyhanko>=0.38,<0.39'", file=sys.stderr)  # noqa: T201
        return CANNOT_TELL
    except ValueError as error:
        print(f"--ca is not a certificate: {error}", file=sys.stderr)  # noqa: T201
        return CANNOT_TELL
    if given.json:
        told = {
            "verdict": result.verdict,
            "about": result.about,
            "findings": [asdict(each) for each in result.findings],
        }
        print(json.dumps(told))  # noqa: T201
        return result.verdict
    marks = {GOOD: "holds      ", BAD: "DOES NOT   ", CANNOT_TELL: "cannot tell"}
    for key, value in result.about.items():
        print(f"{key}: {value}")  # noqa: T201
    for finding in result.findings:
        print(f"{marks[finding.verdict]}  {finding}")  # noqa: T201
    if result.verdict == GOOD:
        for untold, words in UNTOLD:
            if untold(given):
                print(f"not asked    {words}")  # noqa: T201
    print({GOOD: "Good.", BAD: "BAD: do not rely on this file.", CANNOT_TELL: "Cannot tell."}[result.verdict])  # noqa: T201
    return result.verdict


if __name__ == "__main__":
    sys.exit(main())
