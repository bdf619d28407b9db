"""A document run from its import to its signatures over HTTP, as five people would, at the same time, without JavaScript.

By hand, against a server that `python3 dev.py run` has started with the demo's people:

    python tests/seed_run.py ../shared/seeds/001_02fc74470523b0d1.txt --server http://127.0.0.1:8000

Only what a person has is used: pages, the forms on them with their keys and versions, and a password.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

PASSWORD = "night-boat-2026"
CAST = {
    "manager@example.org": "manager",
    "technician@example.org": "technician",
    "technician2@example.org": "technician",
    "approver@example.org": "approver",
    "auditor@example.org": "auditor",
}
VALUES = {"date": "2027-02-06", "datetime-local": "2027-02-06T18:00", "number": "42"}


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what its fields hold or can hold."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.select, self.area = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((has.get("action", ""), {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], has.get("name", "")
        if tag == "input" and has.get("type") == "radio" and ("checked" in has or name.startswith("value-")):
            fields[name] = has["value"] if "checked" in has else fields.get(name, has["value"])
        elif tag == "input" and name and has.get("type") not in ("checkbox", "radio", "submit", "file"):
            fields[name] = has.get("value", "") or VALUES.get(has.get("type", ""), "")
            if has.get("inputmode") == "decimal":
                fields[name] = fields[name] or VALUES["number"]
        elif tag == "textarea" and name:
            fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "value" in has:
            fields[self.select] = fields.get(self.select) or has["value"]
        elif tag == "option" and self.select:
            self.area = self.select

    def handle_data(self, data: str) -> None:
        if self.area and data.strip():
            self.forms[-1][1][self.area] = self.forms[-1][1].get(self.area) or data.strip()
            self.area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""

    def going_to(self, ending: str) -> list[tuple[str, dict[str, str]]]:
        return [form for form in self.forms if form[0].endswith(ending)]


class StayThere(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    page: str


@dataclass
class Person:
    """Somebody with a browser that keeps its cookies and follows no redirect by itself."""

    server: str
    email: str
    took: list[float] = field(default_factory=list)
    answers: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), StayThere())

    def ask(self, path: str, body: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> Answer:
        address = urljoin(self.server, path)
        headers = {"Referer": address} | ({"Content-Type": kind} if body is not None else {})
        begun = time.perf_counter()
        try:
            answer = self.opener.open(Request(address, body, headers), timeout=60)  # noqa: S310
        except HTTPError as problem:
            answer = problem
        found = Answer(answer.status or 0, answer.headers, answer.read().decode(errors="replace"))
        if body is not None:
            self.took.append(time.perf_counter() - begun)
            self.answers[found.status] += 1
        if found.status >= 500:
            raise RuntimeError(f"{address} answered {found.status}")
        return found

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        return self.ask(path, urlencode(fields).encode())

    def upload(self, path: str, fields: dict[str, str], name: str, data: bytes) -> Answer:
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = b"".join([*parts, head, data, f"\r\n--{edge}--\r\n".encode()])
        return self.ask(path, body, f"multipart/form-data; boundary={edge}")

    def sign_in(self, password: str) -> None:
        (_, fields), *_ = Forms(self.ask("/accounts/login/").page).going_to("/login/")
        answer = self.send("/accounts/login/", fields | {"login": self.email, "password": password})
        if answer.status != 302:
            raise RuntimeError(f"{self.email} cannot sign in: {answer.status}")


@dataclass
class Run:
    """One document from its bytes to its signatures."""

    server: str
    password: str
    name: str
    people: dict[str, Person] = field(default_factory=dict)
    slug: str = ""
    completed: int = 0
    signed: int = 0

    @property
    def path(self) -> str:
        return f"/projects/{self.slug}/"

    @property
    def manager(self) -> Person:
        return self.people["manager@example.org"]

    def play(self, data: bytes) -> Run:
        for email in CAST:
            self.people[email] = Person(self.server, email)
            self.people[email].sign_in(self.password)
        self.begin(data)
        workers = [email for email, role in CAST.items() if role in ("manager", "technician")]
        with ThreadPoolExecutor(len(CAST)) as crowd:
            working = [crowd.submit(self.work, self.people[email]) for email in workers]
            others = [
                crowd.submit(self.accompany, self.people["approver@example.org"], working, self.remark),
                crowd.submit(self.accompany, self.people["auditor@example.org"], working, self.look),
            ]
            self.completed = sum(each.result() for each in working)
            for each in others:
                each.result()
        self.sign()
        return self

    def begin(self, data: bytes) -> None:
        """The manager imports the document and adds the four others."""
        (_, fields), *_ = Forms(self.manager.ask("/projects/new/").page).going_to("")
        draft = self.manager.upload("/projects/new/", fields | {"text": ""}, f"{self.name}.md", data).headers[
            "Location"
        ]
        (_, fields), *_ = Forms(self.manager.ask(draft).page).going_to("#create")
        launch = {"name": self.name, "go_live": "2027-02-07T06:00", "zone": "Europe/Athens", "again": "on"}
        answer = self.manager.send(draft, fields | launch)
        self.slug = answer.headers["Location"].strip("/").split("/")[-1]
        for email, role in CAST.items():
            if role != "manager":
                page = self.manager.ask(f"{self.path}people/").page
                fields = next(fields for _, fields in Forms(page).forms if "email" in fields)
                self.manager.send(f"{self.path}people/", fields | {"email": email, "name": "", "role": role})

    def work(self, person: Person) -> int:
        """Take up what is open until nothing is; whoever finds an item taken takes the next."""
        dice, done = random.Random(person.email), 0  # noqa: S311
        while True:
            page = person.ask(f"{self.path}?state=todo").page
            open_items = re.findall(rf'formaction="{self.path}items/(\d+)/completion/"', page)
            if not open_items:
                return done
            for number in dice.sample(open_items, min(6, len(open_items))):
                done += self.finish(person, number, dice)

    def finish(self, person: Person, number: str, dice: random.Random) -> bool:
        """One item as somebody does it: claim, enter what it asks for, sometimes fail first, complete."""
        path = f"{self.path}items/{number}/"
        if not self.press(person, path, "claim"):
            return False
        for action, fields in Forms(person.ask(path).page).going_to("/values/"):
            blank = [name for name, value in fields.items() if name.startswith("value-") and not value]
            person.send(action, fields | dict.fromkeys(blank, "42"))
        if dice.random() < 0.05:
            self.press(person, path, "failure", reason="The first try did not work.")
            self.press(person, path, "resumption")
        if dice.random() < 0.05:
            return self.press(person, path, "exemption", reason="It does not apply here.")
        return self.press(person, path, "completion")

    def press(self, person: Person, path: str, act: str, **more: str) -> bool:
        """Send the form of this name as the page has it now; False where it is not there or was refused."""
        forms = Forms(person.ask(path).page).going_to(f"/{act}/")
        return bool(forms) and person.send(forms[0][0], forms[0][1] | more).status == 302

    def accompany(self, person: Person, working: list, does: Callable[[Person, random.Random], None]) -> None:
        dice = random.Random(person.email)  # noqa: S311
        while not all(each.done() for each in working):
            does(person, dice)

    def remark(self, person: Person, dice: random.Random) -> None:
        numbers = re.findall(rf'href="{self.path}items/(\d+)/"', person.ask(self.path).page)
        self.press(person, f"{self.path}items/{dice.choice(numbers)}/", "notes", text="Seen.")

    def look(self, person: Person, dice: random.Random) -> None:
        person.ask(self.path + dice.choice(["", "readiness/", "journal/", "sign-off/", "report/"]))

    def sign(self) -> None:
        """Everything that can be signed, by the approver, else by the manager; as long as something was."""
        signers = [self.people["approver@example.org"], self.manager]
        before = -1
        while before < self.signed:
            before = self.signed
            page = self.manager.ask(f"{self.path}sign-off/").page
            for number in dict.fromkeys(re.findall(rf'href="{self.path}sign-off/(\d+)/"', page)):
                self.signed += any(self.sign_slot(signer, f"{self.path}sign-off/{number}/") for signer in signers)

    def sign_slot(self, signer: Person, path: str) -> bool:
        fields = next((each for _, each in Forms(signer.ask(path).page).forms if "digest" in each), None)
        if fields is None:
            return False
        return signer.send(path, {"decision": "go"} | fields | {"password": self.password}).status == 302

    def figures(self) -> str:
        took = sorted(each for person in self.people.values() for each in person.took)
        answers = sum((person.answers for person in self.people.values()), Counter())
        return (
            f"{self.name}: {self.completed} items settled, {self.signed} slots signed; {len(took)} forms sent, answered "
            f"{dict(sorted(answers.items()))}; median {1000 * statistics.median(took):.0f} ms, "
            f"p95 {1000 * took[int(0.95 * len(took))]:.0f} ms"
        )


def main() -> None:
    said = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    said.add_argument("document", type=Path)
    said.add_argument("--server", default="http://127.0.0.1:8000")
    said.add_argument("--password", default=PASSWORD)
    chosen = said.parse_args()
    begun = time.monotonic()
    run = Run(chosen.server, chosen.password, chosen.document.stem).play(chosen.document.read_bytes())
    print(f"{run.figures()}; {time.monotonic() - begun:.0f} s in all.")  # noqa: T201
    print(f"Now let the server check itself: python manage.py check_invariants {run.slug}")  # noqa: T201


if __name__ == "__main__":
    main()
