"""The instance's seal: a certification signature (PAdES) over a finished record, after which no byte of it may change.

The key is made at the first start, in the data folder, or given by the settings. Its certificate is issued for ten years by
an authority that exists for this one certificate: nobody keeps that authority's key. Its fingerprint stands on the verify
page. The seal says which instance made the file, not that the time is right: that is the server's claim, unless a timestamp
authority is set.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from asn1crypto import keys, pem, x509  # type: ignore[import-untyped]
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FIELD = "Seal"
VALID = timedelta(days=3653)
KEY, CERTIFICATES, FORMER = "key.pem", "certificates.pem", "former"


class NoSeal(Exception):
    """The key cannot be had; its text says why and what to do."""


@dataclass(frozen=True)
class Identity:
    """A key with its certificate and those that vouch for it, the last of which is the authority to trust."""

    key: keys.PrivateKeyInfo
    chain: tuple[x509.Certificate, ...]

    @property
    def id(self) -> str:
        """Tells this key from others: the start of its certificate's SHA-256."""
        return hashlib.sha256(self.chain[0].dump()).hexdigest()[:16]

    @property
    def authority(self) -> x509.Certificate:
        return self.chain[-1]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as people compare it: `3A:04:…`."""
    digest = hashlib.sha256(certificate.dump()).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def folder() -> Path:
    return Path(settings.DATA_DIR) / "seal"


def prepare() -> None:
    """At a server's start: production does not run without a key, since it could then complete nothing."""
    try:
        current()
    except NoSeal as problem:
        if not settings.DEBUG:
            raise ImproperlyConfigured(str(problem)) from problem


def current() -> Identity:
    """The key that seals now: the given one, or that of the data folder, which is made if there is none."""
    if settings.SEAL_KEY or settings.SEAL_CERT:
        return _loaded(Path(settings.SEAL_KEY), Path(settings.SEAL_CERT))
    key, certificates = folder() / KEY, folder() / CERTIFICATES
    if not key.exists():
        _make()
    return _loaded(key, certificates)


def authorities() -> list[x509.Certificate]:
    """Those whose seals are this instance's: of the key of now, and of those before it."""
    former = sorted((folder() / FORMER).glob("*.pem"))
    return [current().authority, *(_certificates(path)[-1] for path in former)]


def rotate() -> Identity:
    """Seal with a new key from now on. The old certificates are kept, so that old seals are still known."""
    old = current()
    if settings.SEAL_KEY:
        raise NoSeal("The key is given by GOLIVE_SEAL_KEY: put another one there.")
    (folder() / FORMER).mkdir(exist_ok=True)
    shutil.copyfile(folder() / CERTIFICATES, folder() / FORMER / f"{old.id}.pem")
    key, certificates = _new()
    for name, content in ((CERTIFICATES, certificates), (KEY, key)):
        _write(folder() / f"{name}.new", content)
    for name in (CERTIFICATES, KEY):
        (folder() / f"{name}.new").replace(folder() / name)
    return current()


def sealed(content: bytes, reason: str, identity: Identity | None = None) -> bytes:
    """The PDF with the seal of now as its last word."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.timestamps import HTTPTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    identity = identity or current()
    signer = signers.SimpleSigner(
        identity.chain[0], identity.key, SimpleCertificateStore.from_certs(list(identity.chain[1:]))
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        name=identity.chain[0].subject.native["common_name"],
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
    )
    timestamper = HTTPTimeStamper(settings.SEAL_TIMESTAMPS) if settings.SEAL_TIMESTAMPS else None
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    signers.sign_pdf(writer, metadata, signer, timestamper=timestamper, output=out)
    return out.getvalue()


# -- Keys on disk --------------------------------------------------------------------------------------------------------


def _loaded(key: Path, certificates: Path) -> Identity:
    try:
        stamp = (key.stat().st_mtime_ns, certificates.stat().st_mtime_ns)
    except OSError as error:
        raise NoSeal(
            f"The seal's key cannot be read: {error.strerror}: {error.filename} (docs/operations.md)."
        ) from error
    return _read(key, certificates, stamp)


@lru_cache(maxsize=4)
def _read(key: Path, certificates: Path, stamp: tuple[int, int]) -> Identity:
    """Key and certificates of two files; `stamp` is when they were written, so that a change is seen."""
    from pyhanko.sign.general import load_private_key_from_pemder

    try:
        identity = Identity(load_private_key_from_pemder(key, passphrase=None), _certificates(certificates))
        ours = _public(identity.key)
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise NoSeal(f"{key} and {certificates} are not a key and its certificates in PEM: {error}") from error
    if ours != identity.chain[0].public_key.dump():
        raise NoSeal(f"{certificates} does not begin with the certificate of {key}.")
    return identity


def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    blocks = pem.unarmor(path.read_bytes(), multiple=True)
    found = tuple(x509.Certificate.load(der) for kind, _, der in blocks if kind == "CERTIFICATE")
    if not found:
        raise ValueError("no certificate in it")
    return found


def _public(key: keys.PrivateKeyInfo) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

    loaded = load_der_private_key(key.dump(), password=None)
    return loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _write(path: Path, content: bytes) -> None:
    """A file that only we can read, on the disk for certain."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _make() -> None:
    """A key for an instance that has none. Of several processes that start at once, the first one's counts."""
    try:
        Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="seal-", dir=settings.DATA_DIR) as made:
            new = Path(made) / "seal"
            new.mkdir(mode=0o700)
            for name, content in zip((KEY, CERTIFICATES), _new(), strict=True):
                _write(new / name, content)
            new.rename(folder())
    except OSError as error:
        if not (folder() / KEY).exists():
            raise NoSeal(
                f"The seal's key cannot be made in {settings.DATA_DIR}: {error.strerror}. Make the folder writable, or give a"
                " key by GOLIVE_SEAL_KEY and GOLIVE_SEAL_CERT (docs/operations.md)."
            ) from error


def _new() -> tuple[bytes, bytes]:
    """A fresh key and its certificates, as PEM. The authority's own key is forgotten here."""
    from cryptography import x509 as build
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    begin = datetime.now(UTC) - timedelta(hours=1)

    def name(role: str) -> build.Name:
        return build.Name([build.NameAttribute(NameOID.COMMON_NAME, f"Golive {role} of {host}"[:64])])

    def usage(**allowed: bool) -> build.KeyUsage:
        kinds = [
            *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ]
        return build.KeyUsage(**{kind: allowed.get(kind, False) for kind in kinds})

    authority, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above, below = authority.public_key(), leaf.public_key()

    def issued(subject: str, public: ec.EllipticCurvePublicKey, constraints, use) -> build.Certificate:
        return (
            build.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("seal authority"))
            .public_key(public)
            .serial_number(build.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + VALID)
            .add_extension(constraints, critical=True)
            .add_extension(use, critical=True)
            .add_extension(build.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(build.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
            .sign(authority, hashes.SHA256())
        )

    certificates = [
        issued(
            "seal", below, build.BasicConstraints(False, None), usage(digital_signature=True, content_commitment=True)
        ),
        issued("seal authority", above, build.BasicConstraints(True, 0), usage(key_cert_sign=True, crl_sign=True)),
    ]
    key = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key, b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
