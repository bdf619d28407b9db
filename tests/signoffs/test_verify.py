"""The offline verifier: what was sealed holds, and whatever is done to it afterwards is found."""

from __future__ import annotations

import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from pyhanko.pdf_utils.generic import NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf import PdfReader

from checklists.chain import canonical, chain_hash
from signoffs import pdf, seal, verify
from signoffs.evidence import evidence_of
from signoffs.report import report_of
from signoffs.verify import BAD, CANNOT_TELL, GOOD
from tests.builders import item, settle, sign_all
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

FLIPS = 1_000 if os.environ.get("GOLIVE_SLOW") else 60
DICE = random.Random(20270207)  # noqa: S311


@pytest.fixture
def evidence(project, technician, approver, act) -> str:
    item(project, "Lamps answer").note(act(technician), "Ελλάδα: they blink, e\u0301 and all")
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    return evidence_of(report_of(project, NOON), 1)


def sealed(evidence: str) -> bytes:
    return seal.sealed(pdf.written("<html lang=en><h1>Record</h1>", "", evidence, NOON), "Record")


@pytest.fixture
def record(evidence) -> bytes:
    return sealed(evidence)


@pytest.fixture
def authority() -> bytes:
    return pem.armor("CERTIFICATE", seal.current().authority.dump())


def judged(data: bytes, *authorities: bytes, **known) -> tuple[int, str]:
    result = verify.verify(data, list(authorities), **known)
    return result.verdict, "\n".join(map(str, result.findings))


# -- What holds ----------------------------------------------------------------------------------------------------------


def test_a_record_holds(project, record, authority):
    last = project.journal.last()
    result = verify.verify(record, [authority], seal_sha(record), (last.seq, last.hash[:12]))
    assert result.verdict == GOOD, [str(each) for each in result.findings]
    assert len(result.findings) == 6
    assert result.about["project"] == "Harbour Lights"
    assert result.about["entries"] == project.journal.count()


def seal_sha(record: bytes) -> str:
    return verify.hashlib.sha256(record).hexdigest()


def test_without_an_authority_nobody_knows_whose_seal_it_is(record, authority):
    verdict, words = judged(record)
    assert verdict == CANNOT_TELL
    assert seal.fingerprint(seal.current().authority) in words


def test_the_attachment_is_the_evidence_byte_for_byte(record, evidence):
    attached = PdfReader(io.BytesIO(record)).attachments
    assert attached == {"evidence.json": [evidence.encode()]}
    assert (
        PdfReader(io.BytesIO(record)).trailer["/Root"]["/AF"].get_object()[0].get_object()["/AFRelationship"] == "/Data"
    )
    assert len(PdfReader(io.BytesIO(record)).trailer["/Root"]["/AF"].get_object()) == 1


def test_the_same_report_is_the_same_evidence_and_the_same_file(project, evidence):
    assert evidence_of(report_of(project, NOON), 1) == evidence
    assert pdf.written("<html lang=en><p>x</p>", "", evidence, NOON) == pdf.written(
        "<html lang=en><p>x</p>", "", evidence, NOON
    )


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler is not on this machine")
def test_poppler_agrees(record, tmp_path):
    (tmp_path / "record.pdf").write_bytes(record)
    (tmp_path / "changed.pdf").write_bytes(record.replace(b"/Type /Catalog", b"/Type /Catalof", 1))

    def told(name: str) -> str:
        return subprocess.run(["pdfsig", tmp_path / name], capture_output=True, text=True).stdout  # noqa: S607

    assert "Signature is Valid" in told("record.pdf")
    assert "Total document signed" in told("record.pdf")
    assert "Signature is Valid" not in told("changed.pdf")


def test_after_the_certificate_has_run_out_nobody_can_tell(record, authority):
    old = datetime.now(UTC) + timedelta(days=4_000)
    verdict, words = judged(record, authority, now=old)
    assert verdict == CANNOT_TELL
    assert "has run out since" in words
    assert judged(record.replace(b"/Type /Catalog", b"/Type /Catalof", 1), authority, now=old)[0] == BAD


# -- What does not -------------------------------------------------------------------------------------------------------


def test_every_flipped_bit_is_found_without_a_receipt(record, authority):
    begin, length, then, _ = map(int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", record).groups())
    for number in range(FLIPS):
        # Every third one where the signature itself stands, which no hash covers.
        at = DICE.randrange(begin + length, then) if number % 3 == 0 else DICE.randrange(len(record))
        changed = bytearray(record)
        changed[at] ^= 1 << DICE.randrange(8)
        verdict, words = judged(bytes(changed), authority)
        assert verdict == BAD, f"byte {at}: {words}"


def test_a_name_in_other_capitals_is_found_wherever_the_envelope_holds_it(record, authority):
    name = b"Golive seal authority".hex().upper().encode()
    places = [found.start() for found in re.finditer(name, record)]
    assert len(places) == 5, "two certificates, who signs, and the signed attribute about it"
    for at in places:
        # The same letter, small: to readers of certificates it is the same name.
        changed = record[:at] + b"6" + record[at + 1 :]
        assert judged(changed, authority)[0] == BAD, f"byte {at}"


@pytest.mark.parametrize("added", [b"\n", b"\x00", b"%%EOF\n", b"% a remark\n"])
def test_something_appended_is_found(record, authority, added):
    assert judged(record + added, authority)[0] == BAD


def incremental(record: bytes, change) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(record))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def swap_attachment(writer):
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1]["/EF"]["/F"]
    stream._data = b"{}"
    stream._encoded_data = None
    writer.mark_update(names[1]["/EF"].raw_get("/F"))


UPDATES = {
    "a harmless key": lambda writer: writer.update_root() or writer.root.update({NameObject("/Lang"): NumberObject(1)}),
    "a form field": lambda writer: append_signature_field(writer, SigFieldSpec("Later")),
    "another attachment": swap_attachment,
}


@pytest.mark.parametrize("name", UPDATES)
def test_an_incremental_update_is_found(record, authority, name):
    changed = incremental(record, UPDATES[name])
    assert changed != record
    assert judged(changed, authority)[0] == BAD


def sign_with(data: bytes, **metadata) -> bytes:
    """Signed with the instance's own key, but not as a record is."""
    identity = seal.current()
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)),
        signers.PdfSignatureMetadata(md_algorithm="sha256", **metadata),
        signers.SimpleSigner(identity.chain[0], identity.key, SimpleCertificateStore.from_certs(identity.chain[1:])),
        output=out,
    )
    return out.getvalue()


def test_nothing_can_be_signed_after_the_seal(record):
    with pytest.raises(SigningError):
        sign_with(record, field_name="Mine")


def test_a_signature_that_allows_changes_is_no_seal(evidence, authority):
    draft = pdf.written("<html lang=en><p>x</p>", "", evidence, NOON)
    assert "would allow changes" in judged(sign_with(draft, field_name="Seal"), authority)[1]
    assert "would allow changes" in judged(sign_with(draft, field_name="Seal", certify=True), authority)[1]
    twice = sign_with(sign_with(draft, field_name="One"), field_name="Two")
    assert "2 signatures" in judged(twice, authority)[1]


def test_a_foreign_seal_is_found(record, evidence, settings, tmp_path, authority):
    settings.DATA_DIR = tmp_path
    foreign = sealed(evidence)
    verdict, words = judged(foreign, authority)
    assert verdict == BAD
    assert "somebody else sealed" in words
    assert judged(foreign, pem.armor("CERTIFICATE", seal.current().authority.dump()))[0] == GOOD


def test_a_draft_and_no_pdf_are_found(evidence, authority):
    assert "no seal" in judged(pdf.written("<html lang=en><p>x</p>", "", evidence, NOON), authority)[1]
    for nonsense in (b"", b"%PDF-1.7", b"PK\x03\x04", os.urandom(2_000)):
        assert judged(nonsense, authority)[0] == BAD


def test_another_file_than_that_of_the_receipt_is_found(record, authority):
    assert judged(record, authority, sha256="0" * 64) == (
        BAD,
        "The file is NOT the one of the receipt: its SHA-256 is another.",
    )


# -- Evidence that was changed before somebody with the key sealed it ------------------------------------------------------


def change_journal(facts: dict, number: int, **columns) -> None:
    facts["journal"][number].update(columns)


def rewrite(facts: dict) -> None:
    """A whole new chain, with another person in it."""
    prev = "0" * 64
    for entry in facts["journal"]:
        body = json.loads(entry["body"])
        body["by"]["name"] = "Somebody Else"
        entry["body"] = canonical(body)
        entry["hash"] = prev = chain_hash(prev, entry["body"])
    facts["head"]["hash"] = prev


def change_snapshot(facts: dict) -> None:
    signature = facts["signatures"][0]
    signature["snapshot"] = signature["snapshot"].replace("done", "open", 1)


def forge_signature(facts: dict) -> None:
    signature = facts["signatures"][0]
    signature["snapshot"] = signature["snapshot"].replace("done", "open", 1)
    signature["digest"] = verify.sha(signature["snapshot"])


FORGERIES = {
    "an entry's body": lambda facts: change_journal(facts, 2, body=facts["journal"][2]["body"].replace("Tom", "Tim")),
    "an entry's hash": lambda facts: change_journal(facts, 2, hash="0" * 64),
    "what was written": lambda facts: [change_journal(facts, n, remark="x") for n in range(3)],
    "an entry is missing": lambda facts: facts["journal"].pop(3),
    "the end is missing": lambda facts: facts["journal"].pop(),
    "entries are swapped": lambda facts: facts["journal"].insert(2, facts["journal"].pop(4)),
    "a snapshot": change_snapshot,
    "a signature nobody gave": forge_signature,
    "another project": lambda facts: facts["project"].update(uuid="0" * 8),
    "no signature list": lambda facts: facts.pop("signatures"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_evidence_is_found(evidence, authority, name):
    facts = json.loads(evidence)
    FORGERIES[name](facts)
    assert judged(sealed(canonical(facts)), authority)[0] == BAD


def test_evidence_of_another_spelling_is_found(evidence, authority):
    assert "not canonical" in judged(sealed(json.dumps(json.loads(evidence))), authority)[1]


def test_a_chain_written_anew_is_found_by_the_head_that_was_kept(project, evidence, authority):
    facts = json.loads(evidence)
    rewrite(facts)
    forged = sealed(canonical(facts))
    assert judged(forged, authority)[0] == GOOD
    kept = project.journal.get(seq=4)
    assert judged(forged, authority, head=(4, kept.hash))[0] == BAD
    assert judged(sealed(evidence), authority, head=(4, kept.hash))[0] == GOOD
    assert judged(sealed(evidence), authority, head=(4_000, kept.hash))[0] == CANNOT_TELL


def test_what_was_redacted_is_not_missed(project, technician, manager, act, authority):
    item(project, "Lamps answer").note(act(technician), "A patient's name")
    project.journal.last().redact(act(manager), "Personal data")
    redacted = evidence_of(report_of(project, NOON), 1)
    assert "patient" not in redacted
    verdict, words = judged(sealed(redacted), authority)
    assert verdict == GOOD
    assert "In 1 entries what was written has been removed" in words
    facts = json.loads(redacted)
    facts["journal"].pop()
    facts["head"] = {key: facts["journal"][-1][key] for key in ("seq", "hash")}
    assert "gone without a word" in judged(sealed(canonical(facts)), authority)[1]


# -- The command -----------------------------------------------------------------------------------------------------------


def test_one_copied_file_is_enough(record, authority, tmp_path):
    """Nothing of this application can be imported where it runs."""
    alone = tmp_path / "verify.py"
    shutil.copyfile(verify.__file__, alone)
    (tmp_path / "record.pdf").write_bytes(record)
    (tmp_path / "ca.pem").write_bytes(authority)

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", alone, "record.pdf", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    code, said = run("--ca", "ca.pem")
    assert (code, said.splitlines()[-1]) == (GOOD, "Good.")
    assert run()[0] == CANNOT_TELL
    assert run("--ca", "nowhere.pem")[0] == CANNOT_TELL
    assert run("--ca", "record.pdf")[0] == CANNOT_TELL
    assert run("--sha256", "0" * 64)[0] == BAD
    told = json.loads(run("--ca", "ca.pem", "--json")[1])
    assert told["verdict"] == GOOD


def test_it_imports_nothing_of_the_application():
    source = Path(verify.__file__).read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:from|import) (?:django|checklists|signoffs|golive_site)", source, re.MULTILINE)
