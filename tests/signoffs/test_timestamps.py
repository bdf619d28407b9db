"""A seal with a timestamp of an authority (RFC 3161): that authority is a real server on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from asn1crypto import keys, tsp, x509
from cryptography import x509 as build
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from signoffs import pdf, seal, verify
from signoffs.evidence import evidence_of
from signoffs.report import report_of
from tests.conftest import NOON

if problem := pdf.problem():
    pytest.skip(f"no PDF on this machine. {problem}", allow_module_level=True)

FAR = timedelta(days=9_000)


def stamping_identity() -> tuple[x509.Certificate, keys.PrivateKeyInfo]:
    key = rsa.generate_private_key(65537, 2048)
    name = build.Name([build.NameAttribute(NameOID.COMMON_NAME, "Clock of the harbour")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        build.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(build.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + FAR)
        .add_extension(build.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(der)


@pytest.fixture
def clock(settings):
    """The authority's certificate, while its server answers."""
    certificate, key = stamping_identity()
    stamper = DummyTimeStamper(certificate, key)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            told = stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *args):
            """Not into the test's output."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        settings.SEAL_TIMESTAMPS = f"http://127.0.0.1:{server.server_port}/"
        yield certificate.dump()
        server.shutdown()
        thread.join()


def test_a_timestamp_that_one_trusts_outlives_the_seals_certificate(project, clock):
    evidence = evidence_of(report_of(project, NOON), 1)
    stamped = seal.sealed(pdf.written("<html lang=en><h1>Record</h1>", "", evidence, NOON), "Record")
    authority = seal.current().authority.dump()
    assert verify.verify(stamped, [authority]).verdict == verify.GOOD
    assert "stamped" not in verify.verify(stamped, [authority]).about
    assert "stamped" in verify.verify(stamped, [authority, clock]).about
    later = datetime.now(UTC) + timedelta(days=4_000)
    assert verify.verify(stamped, [authority], now=later).verdict == verify.CANNOT_TELL
    outlived = verify.verify(stamped, [authority, clock], now=later)
    assert outlived.verdict == verify.GOOD, [str(each) for each in outlived.findings]
    changed = stamped.replace(b"/Type /Catalog", b"/Type /Catalof", 1)
    assert verify.verify(changed, [authority, clock], now=later).verdict == verify.BAD


def test_without_its_timestamp_nothing_is_sealed(project, clock, settings):
    settings.SEAL_TIMESTAMPS = settings.SEAL_TIMESTAMPS.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(Exception):  # noqa: B017 - however the network says that nobody is there
        seal.sealed(pdf.written("<html lang=en><h1>Record</h1>", "", "{}", NOON), "Record")
