"""The catalogues in locale/: every word of the screen read out of the code, merged with its translations, and compiled.

`dev.py words` does it, with Babel instead of GNU gettext: whoever has the development packages has all that is needed.
What is compiled is committed with its source, so that a server needs neither.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "el")
DOMAINS = ("django", "djangojs")
NO_SCREEN = ("templates/components/",)  # shown in debug mode only, to those who build the pages
PYTHON, TEMPLATES, SCRIPTS = (
    ("golive_site", "checklists", "signoffs"),
    "templates",
    "static/js",
)
KEYWORDS: dict = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "Said": None,  # what the importer says: checklists/importing/said.py
    "Counted": (1, 2),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEADER = """# Words of Golive; `dev.py words` writes this file from the code and keeps the translations.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def sources(domain: str) -> Iterator[tuple[str, str, str]]:
    """Name, kind for Babel, and text of every file that may say something."""
    if domain == "djangojs":
        for path in sorted((ROOT / SCRIPTS).rglob("*.js")):
            yield path.relative_to(ROOT).as_posix(), "javascript", path.read_text("utf-8")
        return
    for part in PYTHON:
        for path in sorted((ROOT / part).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), "python", path.read_text("utf-8")
    for path in sorted((ROOT / TEMPLATES).rglob("*.*")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(NO_SCREEN):
            yield name, "python", as_python(path.read_text("utf-8"), name)


def as_python(template: str, name: str) -> str:
    """The template as calls that Babel reads. What stands around them would be bad indentation, so it goes."""
    from django.utils.translation.template import templatize

    return "\n".join(line.strip() for line in templatize(template, origin=name).splitlines())


def extracted(domain: str) -> Catalog:
    """Every word of the code, without a translation."""
    catalog = Catalog(fuzzy=False)
    for name, kind, text in sources(domain):
        options = {"parse_template_string": "true"} if kind == "javascript" else {}
        try:
            found = list(extract(kind, io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], options))
        except (SyntaxError, ValueError) as problem:
            raise SystemExit(f"{name}: {problem}") from problem
        for _, words, comments, context in found:
            catalog.add(words, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def path_of(language: str, domain: str, ending: str = "po") -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.{ending}"


def kept(language: str, domain: str) -> Catalog:
    """The catalogue as it is in the repository; empty where there is none yet."""
    path = path_of(language, domain)
    if not path.exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path.read_bytes()), locale=language, domain=domain)


def merged(language: str, domain: str) -> Catalog:
    """What the code says today, each with the translation that it has. Nothing is guessed, nothing marked fuzzy."""
    translations, catalog = kept(language, domain), extracted(domain)
    for message in messages(catalog):
        known = translations.get(message.id, message.context)
        if known is not None and isinstance(known.id, tuple) == isinstance(message.id, tuple):
            message.string = known.string
    return catalog


def messages(catalog: Catalog) -> list[Message]:
    """All but the header, in the order of their words: a change of the code moves nothing in the file."""
    return sorted((each for each in catalog if each.id), key=lambda each: (first(each.id), each.context or ""))


def first(words: str | tuple | list) -> str:
    return words if isinstance(words, str) else words[0]


def missing(catalog: Catalog) -> list[str]:
    """Words without a translation, or with one of too few forms."""
    return [first(each.id) for each in messages(catalog) if not all(forms_of(each.string))]


def forms_of(string: str | tuple | list | None) -> tuple[str, ...]:
    """A translation as its forms: one, or two where it counts."""
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


def as_po(catalog: Catalog, language: str) -> str:
    ordered = Catalog(fuzzy=False)
    for each in messages(catalog):
        files = [(name, 0) for name in sorted({name for name, _ in each.locations})]
        ordered.add(each.id, each.string, files, each.flags, each.auto_comments, context=each.context)
    file = io.BytesIO()
    write_po(file, ordered, width=0, omit_header=True, include_lineno=False)
    return HEADER.format(language=language) + file.getvalue().decode().strip() + "\n"


def as_mo(po: str, language: str) -> bytes:
    """Compiled; the same bytes for the same words."""
    catalog = read_po(io.BytesIO(po.encode()), locale=language)
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # it would be now
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    """Bring every catalogue up to date and say what is not translated yet."""
    django.setup()
    for language in LANGUAGES:
        for domain in DOMAINS:
            catalog = merged(language, domain)
            po = as_po(catalog, language)
            path_of(language, domain).parent.mkdir(parents=True, exist_ok=True)
            path_of(language, domain).write_text(po, "utf-8")
            path_of(language, domain, "mo").write_bytes(as_mo(po, language))
            todo = missing(catalog)
            sys.stdout.write(f"{language}/{domain}: {len(messages(catalog))} texts, {len(todo)} to translate\n")
            sys.stdout.writelines(f"  {words!r}\n" for words in todo[:20])


if __name__ == "__main__":
    main()
