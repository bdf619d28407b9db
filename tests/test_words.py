"""The words: who reads what in which language, and that the catalogues are what the code and the translations say."""

import ast
import json
import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from golive_site import catalogues
from signoffs import report
from signoffs.snapshot import content_of, snapshot_of
from signoffs.statements import statement_of
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


def choose(client, code):
    return client.post(reverse("language"), {"language": code, "next": LOGIN})


def test_the_browser_says_which_language_until_somebody_chooses(client, db):
    assert '<html lang="en">' in client.get(LOGIN).text
    assert '<html lang="en">' in client.get(LOGIN, headers={"accept-language": "en-US,en;q=0.7"}).text
    assert '<html lang="en">' in client.get(LOGIN, headers={"accept-language": "fr"}).text
    assert '<html lang="el">' in client.get(LOGIN, headers={"accept-language": "el-GR,el;q=0.9,en;q=0.8"}).text
    assert choose(client, "de").url == LOGIN
    assert '<html lang="de">' in client.get(LOGIN, headers={"accept-language": "el"}).text


def test_every_language_is_offered_in_its_own_name_before_signing_in_and_after(client, signed_in, technician):
    german = {"accept-language": "de"}
    for page in (client.get(LOGIN, headers=german).text, signed_in(technician).get(reverse("projects")).text):
        for name in ("English", "Deutsch", "Ελληνικά"):
            assert f">{name}</button>" in page


def test_the_choice_is_kept_with_the_account_and_survives_signing_out(client, technician):
    client.force_login(technician, backend=settings.AUTHENTICATION_BACKENDS[0])
    choose(client, "de")
    technician.refresh_from_db()
    assert technician.language == "de"
    client.post(reverse("account_logout"))
    assert '<html lang="de">' in client.get(LOGIN).text


def test_another_machine_has_the_language_of_the_account_after_signing_in(client, technician):
    technician.language = "el"
    technician.save()
    client.post(LOGIN, {"login": technician.email, "password": PASSWORD})
    assert '<html lang="el">' in client.get(reverse("projects")).text


def test_what_was_chosen_before_the_first_sign_in_is_kept(client, technician):
    choose(client, "de")
    client.post(LOGIN, {"login": technician.email, "password": PASSWORD})
    technician.refresh_from_db()
    assert technician.language == "de"


def test_a_language_that_we_do_not_speak_changes_nothing(client, technician):
    client.force_login(technician, backend=settings.AUTHENTICATION_BACKENDS[0])
    choose(client, "tlh")
    technician.refresh_from_db()
    assert technician.language == ""
    assert '<html lang="en">' in client.get(reverse("projects")).text


@pytest.mark.parametrize("code", ["en", "de", "el"])
def test_scripts_have_their_words_without_signing_in(client, db, code):
    page = client.get(LOGIN, headers={"accept-language": code}).text
    address = page.split('<script src="/words/')[1].split('"')[0]
    assert address.startswith(f"{code}.js?")
    answer = client.get(f"/words/{address}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "gettext" in answer.text
    assert "immutable" in answer.headers["Cache-Control"]


def test_scripts_have_no_words_of_a_language_that_we_do_not_speak(client, db):
    assert client.get("/words/tlh.js").status_code == 404


# -- The catalogues --------------------------------------------------------------------------------------------------


def test_templates_scripts_and_python_are_read():
    names = {each.locations[0][0].rpartition(".")[2] for each in catalogues.messages(catalogues.extracted("django"))}
    assert {"py", "html"} <= names


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_what_is_compiled_is_what_stands_in_the_source(language, domain):
    po = catalogues.path_of(language, domain).read_text("utf-8")
    assert catalogues.path_of(language, domain, "mo").read_bytes() == catalogues.as_mo(po, language)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_everything_that_the_code_says_is_translated(language, domain):
    """`python3 dev.py words` brings the catalogues up to date; the translations are written into them by people."""
    now, kept = catalogues.extracted(domain), catalogues.kept(language, domain)
    known = {(each.id, each.context) for each in catalogues.messages(kept)}
    assert {(each.id, each.context) for each in catalogues.messages(now)} == known
    assert catalogues.missing(kept) == []
    assert [each.id for each in catalogues.messages(kept) if each.fuzzy] == []


def test_no_word_stands_where_the_catalogues_do_not_see_it():
    """Babel reads a call inside an f-string on some versions of Python and overlooks it on others."""
    hidden = [
        f"{name}: {ast.unparse(call)}"
        for name, kind, text in catalogues.sources("django")
        if kind == "python" and name.endswith(".py")
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.JoinedStr)
        for call in ast.walk(each)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in catalogues.KEYWORDS
    ]
    assert hidden == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_a_translation_has_the_blanks_and_the_markup_of_its_source(language, domain):
    wrong = []
    for each in catalogues.messages(catalogues.kept(language, domain)):
        source = each.id if isinstance(each.id, str) else each.id[1]
        wrong += [said for said in catalogues.forms_of(each.string) if parts(said) != parts(source)]
    assert wrong == []


def parts(words: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|\{\w+\}|%%|</?\w+>", words))


# -- On the screen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "sign_in", "sign_off"), [("de", "Anmelden", "Freigabe"), ("el", "Σύνδεση", "Υπογραφές")]
)
def test_pages_are_in_the_language_of_the_reader(client, signed_in, project, technician, code, sign_in, sign_off):
    assert f"<h1>{sign_in}</h1>" in client.get(LOGIN, headers={"accept-language": code}).text
    page = signed_in(technician).get(reverse("slots", args=[project.slug]), headers={"accept-language": code})
    assert f"<h1>{sign_off}</h1>" in page.text


def test_numbers_count_in_the_language_of_the_reader():
    with translation.override("de"):
        assert report.items(1) == "1 Punkt"
        assert report.items(1184) == "1.184 Punkte"
    with translation.override("el"):
        assert report.items(1184) == "1.184 σημεία"
    assert report.items(1184) == "1,184 items"


def test_scripts_speak_the_language_of_the_reader(client, db):
    assert "Kopiert" in client.get("/words/de.js").text
    assert "Αντιγράφηκε" in json.loads(f'"{ascii_words(client.get("/words/el.js").text)}"')


def ascii_words(script: str) -> str:
    return re.search(r'"Copied": "([^"]+)"', script)[1]


def test_what_is_signed_is_the_same_in_every_language_but_its_statement_is_the_signers(project):
    slot, content = project.slots.first(), content_of(project)
    snapshot, statement = snapshot_of(slot, content), statement_of(slot)
    for code in catalogues.LANGUAGES:
        with translation.override(code):
            assert snapshot_of(slot, content) == snapshot
            assert statement_of(slot) != statement
