"""The page of an invitation: somebody without an account asks for a code, enters it, reads what is signed, and signs.

To look changes nothing, so a mail scanner may follow the link as often as it likes. What opens the page is kept in the
browser's session, and the browser is told to keep nothing else.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checklists.act import Act, Repeated, TransitionRefused, fingerprint_of, key_of
from checklists.forms import posted
from checklists.models import JournalEntry
from checklists.views.place import file_answer
from signoffs import outside
from signoffs.clocks import guard_clocks
from signoffs.external_forms import CodeForm, ExternalSignatureForm, TokenForm
from signoffs.models import Code, Decision, Invitation, Look
from signoffs.models.code import GOOD_FOR, OPEN_FOR
from signoffs.signing_page import SigningPage

# What the session holds: by invitation, what its code was bound to.
SESSION = "external"


class Visit:
    """Somebody outside, at one invitation, in one browser."""

    def __init__(self, request: HttpRequest, uuid: UUID):
        around = ("slot__project", "slot__phase", "slot__section", "slot__subject", "person", "by")
        self.request = request
        self.invitation = get_object_or_404(Invitation.objects.select_related(*around), uuid=uuid)
        browser = request.session.get(SESSION, {}).get(str(uuid), "")
        self.code: Code | None = Code.objects.held_by(self.invitation, browser) if browser else None
        key = key_of(request)
        self.act = Act(self.invitation.person, timezone.now(), key, fingerprint_of(request) if key else "")

    @property
    def opened(self) -> Code | None:
        """The code by which this browser may read what is signed, now."""
        is_open = self.code and self.code.opens(self.act.at) and self.invitation.is_open(self.act.at)
        return self.code if is_open else None

    def remember(self, browser: str) -> None:
        self.request.session[SESSION] = self.request.session.get(SESSION, {}) | {str(self.invitation.uuid): browser}

    def page(self) -> SigningPage:
        return SigningPage(self.invitation.project, self.invitation.slot.number, self.invitation.person, self.act)

    # -- What is shown -------------------------------------------------------------------------------------------------

    def answer(self) -> HttpResponse:
        """The page as far as this browser has come."""
        if self.code is None:
            return self.knocking(TokenForm())
        if self.code.entered_at and hasattr(self.invitation, "signature"):
            return self.show("receipt", signature=self.invitation.signature, project=self.invitation.project)
        if self.opened:
            page = self.page()
            return self.signing(page, form_of(page))
        return self.asking(CodeForm())

    def knocking(self, form: TokenForm, refusal: str = "", status: int = 200) -> HttpResponse:
        return self.show("knock", status, form=form, refusal=refusal)

    def asking(self, form: CodeForm, refusal: str = "", status: int = 200) -> HttpResponse:
        """For the code, where one can be entered; else whether another may be asked for."""
        told = {
            "minutes": int(GOOD_FOR.total_seconds()) // 60,
            "can_enter": self.code and self.code.can_be_entered(self.act.at),
            "why_closed": self.invitation.why_closed(self.act.at),
        }
        return self.show("code", status, **told, form=form, refusal=refusal)

    def signing(
        self,
        page: SigningPage,
        form: ExternalSignatureForm,
        refusal: str = "",
        status: int = 200,
        since: int | None = None,
    ) -> HttpResponse:
        look = Look.objects.filter(slot=page.standing.slot, user=page.signer).first()
        looked = (look.before_seq, look.before_at) if look else (None, None)
        told = page.told(*looked) if since is None else page.told(since)
        minutes = int(OPEN_FOR.total_seconds()) // 60
        return self.show("sign", status, **told, form=form, refusal=refusal, minutes=minutes)

    def show(self, what: str, status: int = 200, **context) -> HttpResponse:
        context |= {"invitation": self.invitation, "person": self.invitation.person}
        return render(self.request, f"signoffs/external_{what}.html", context, status=status)


def form_of(page: SigningPage, data=None, kept: dict | None = None) -> ExternalSignatureForm:
    return ExternalSignatureForm(page.standing, data, initial=page.start | (kept or {}))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def external(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is signed, for a browser in which the code was entered, and the form that signs it; else the way there."""
    visit = Visit(request, uuid)
    code = visit.opened
    if request.method == "POST" and code is None and visit.code is not None and not visit.invitation.ended_at:
        messages.error(request, _("Nothing was recorded: your code opens this no more. Ask for another."))
    if request.method != "POST" or code is None:
        return visit.answer()
    page = visit.page()
    form = form_of(page, posted(request))
    if not form.is_valid():
        return visit.signing(page, form, status=422)
    data = form.cleaned_data
    try:
        guard_clocks(visit.invitation.project, timezone.now())
        proof = form.proof(request, code)
        decision = Decision(data["decision"])
        outside.sign(code, visit.act, decision, data["digest"], data["comment"], proof=proof, conditions=form.demands)
    except Repeated:
        return redirect(visit.invitation)
    except TransitionRefused as problem:
        again = Visit(request, uuid)
        if again.opened is None:
            return again.knocking(TokenForm(), str(problem), 409)
        page = again.page()
        return again.signing(page, form_of(page, kept=form.kept), str(problem), 409, since=data["seq"])
    return redirect(visit.invitation)


@login_not_required
@never_cache
@require_POST
def external_code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mail a code to who was invited, for this browser; to whoever has the link, or asked here before."""
    visit = Visit(request, uuid)
    form = TokenForm(request.POST)
    if visit.code is None:
        if not form.is_valid():
            return visit.knocking(form, status=422)
        if not visit.invitation.has_token(form.cleaned_data["token"]):
            return visit.knocking(TokenForm(), _("This link opens nothing, or nothing any more."), 403)
    try:
        visit.remember(Code.objects.ask(visit.invitation, visit.act))
    except Repeated:
        pass
    except TransitionRefused as problem:
        return visit.knocking(TokenForm(), str(problem), 409)
    return redirect(visit.invitation)


@login_not_required
@never_cache
@require_POST
def external_proof(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Enter the code in the browser that asked for it."""
    visit = Visit(request, uuid)
    if visit.code is None:
        return visit.knocking(TokenForm(), _("Enter the code in the browser in which you asked for it."), 403)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return visit.asking(form, status=422)
    try:
        seq = JournalEntry.objects.head(visit.invitation.project)
        if not outside.enter(visit.code, visit.act, form.cleaned_data["code"], seq):
            return visit.asking(CodeForm(), _("That is not the code. After five tries you need another one."), 422)
    except Repeated:
        pass
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    return redirect(visit.invitation)


@login_not_required
@never_cache
@require_safe
def external_evidence(request: HttpRequest, uuid: UUID, piece: UUID) -> HttpResponse:
    """A file that is signed, as it came; of what else the project has, nothing."""
    visit = Visit(request, uuid)
    if visit.opened is None:
        return redirect(visit.invitation)
    found = next((each for each in visit.page().standing.evidence if each.uuid == piece), None)
    if found is None:
        raise Http404
    return file_answer(request, found, visit.act)
