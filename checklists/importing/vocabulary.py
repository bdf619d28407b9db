"""What headings, labels and column titles mean, in the languages that checklists come in."""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


CONTACTS = _any(
    r"\bcontacts?\b", r"on-?call (?:rotation|schedule|team)\b", r"\bbereitschaft",
    r"\bkontakte?\b", r"ansprechpartner", r"\bcontactos?\b", r"\bcontatos?\b", r"\bkontak\b",
    r"联系", r"連絡先", r"liên hệ",
)  # fmt: skip
EMERGENCY = _any(
    r"emergency", r"\b24/7\b", r"on-?call", r"hotline", r"support contacts?", r"notfall", r"urgence", r"emergencia",
    r"emergência", r"darurat", r"紧急", r"緊急", r"khẩn cấp",
)  # fmt: skip
ESCALATION = _any(
    r"escalat", r"eskalation", r"\bescalade", r"escalamiento", r"escalaci[oó]n", r"escalonamento", r"escalação",
    r"eskalasi", r"升级", r"エスカレーション",
)  # fmt: skip
ROLLBACK = _any(
    r"roll[- ]?back", r"back[- ]?out", r"fall-?back", r"rückfall", r"retour arrière", r"reversi[oó]n", r"revers[aã]o",
    r"回滚", r"ロールバック", r"切り戻し",
)  # fmt: skip
INCIDENT = _any(
    r"incident", r"disaster", r"emergency procedure", r"contingency", r"notfallplan", r"contingencia", r"contingência",
    r"应急", r"障害",
)  # fmt: skip
TRIPWIRES = _any(
    r"(?:roll[- ]?back|back[- ]?out|abort)\W.{0,20}?(?:criteria|triggers?|conditions)", r"when to roll ?back",
    r"(?:rollback|abbruch)[- ]?kriterien",
    r"crit[eè]r\w* (?:de|di) (?:rollback|retour|reversi[oó]n|reversão)", r"回滚条件",
    # "Go/No-Go criteria" decide both ways.
    r"(?<!/)(?<!/ )\bno-?go[- ](?:criteria|triggers?|conditions)",
)  # fmt: skip
CRITERIA = _any(
    r"(?:success|acceptance|exit|completion) criteria", r"^\W*go[- ]criteria", r"definition of done",
    r"(?:erfolgs|abnahme)kriterien",
    r"crit[eèé]r\w* (?:de |d['’])(?:succès|acceptation|éxito|aceptación|sucesso|aceitação)",
    r"kriteria (?:sukses|keberhasilan)", r"(?:验收|成功)(?:标准|基準)",
)  # fmt: skip
SIGNOFF = _any(
    r"sign[- ]?offs?\b", r"signatures?\b", r"\bapprovals?$", r"approved by", r"\bapprovers?\b", r"abnahme$",
    r"\bfreigabe", r"unterschrift", r"approbation", r"aprobaci[oó]n", r"aprova[cç][aã]o", r"assinatura", r"\bfirmas?\b",
    r"tanda tangan", r"签字", r"签署", r"审批", r"承認", r"署名",
)  # fmt: skip
# An item of a plan signs only where it says so outright: "Approval workflow operating" is work.
SIGNING_ITEM = _any(r"sign[- ]?offs?\b", r"\bapproved by\b", r"\bsignatures?$", r"unterschriften", r"签字")
FINAL = _any(r"\bfinal\b", r"go-?live")

ROLE_COLUMN = _any(
    r"\brole", r"\bteam\b", r"position", r"function", r"\brolle", r"\brôle", r"\brol\b", r"função", r"funktion",
    r"peran", r"角色", r"役割", r"区分",
)  # fmt: skip
NAME_COLUMN = _any(
    r"\bname", r"\bperson", r"\bcontact", r"\bnom\b", r"nombre", r"\bnome\b", r"\bnama\b", r"姓名", r"氏名", r"担当"
)
PHONE_COLUMN = _any(r"phone", r"\btel", r"mobile", r"téléphone", r"teléfono", r"handy", r"电话", r"電話")
EMAIL_COLUMN = _any(r"\b(?:e-?)?mail\b", r"courriel", r"correo", r"邮箱", r"メール")
SIGNATURE_COLUMN = _any(
    r"signature", r"signed", r"sign[- ]?off", r"unterschrift", r"\bfirma\b", r"assinatura", r"tanda tangan",
    r"签字", r"签名", r"署名", r"visa\b",
)  # fmt: skip
DATE_WORD = _any(r"\bdate\b", r"\bdatum\b", r"\bfecha\b", r"\bdata\b", r"tanggal", r"日期", r"日付")
DECISION_COLUMN = _any(
    r"approv", r"decision", r"approbation", r"freigabe", r"entscheidung", r"decisión", r"decisão", r"批准", r"承認"
)
TASK_COLUMN = _any(
    r"\btask", r"\bitem", r"check", r"activit", r"action", r"\bstep", r"description", r"requirement", r"criteri",
    r"aufgabe", r"prüfpunkt", r"tâche", r"tarea", r"tarefa", r"\btugas", r"任务", r"检查项", r"項目", r"作業",
)  # fmt: skip
# A column that numbers the rows, one that says how far they are, and what it says when they are done.
NUMBER_COLUMN = re.compile(r"#|№|n[°o]\.?|nr\.?|id|step|schritt|序号", re.IGNORECASE)
STATUS_COLUMN = _any(
    r"^status\b",
    r"^state$",
    r"^done\??$",
    r"^erledigt",
    r"^statut\b",
    r"^estado\b",
    r"^fait$",
    r"^hecho$",
    r"状态",
    r"状態",
)
FINISHED = re.compile(
    r"\W*(?:done|completed?|closed|pass(?:ed)?|erledigt|fertig|fait|terminé|hecho|concluído|完成|✅|☑|✔)\W*", re.I
)
TASK_TITLE = re.compile(
    r"\W*(?:tasks?|items?|checks?|check(?:list)? (?:item|name)|activit(?:y|ies)|action(?: item)?s?|to-?dos?|aufgaben?|prüfpunkte?"
    r"|tâches?|tareas?|tarefas?|tugas|任务|检查项|作業)\W*",
    re.IGNORECASE,
)
FACT_COLUMN = re.compile(
    r"\W*(?:field|item|attribute|property|parameter|key|feld|merkmal|angabe|champ|élément|campo|项目|項目|字段)\W*",
    re.IGNORECASE,
)
FACT_VALUE = re.compile(
    r"\W*(?:details?|values?|information|wert|inhalt|valeur|détails?|valor|detalles?|内容|值)\W*", re.IGNORECASE
)
# What went wrong is no criterion of success, though it stands among them.
FAILED = _any(r"\bfail(?:ure|ed)?\b", r"\bpartial", r"fehlschlag", r"échec", r"fracaso", r"falha", r"❌")
TRIGGER_WORD = _any(r"trigger", r"condition", r"\bwhen\b", r"severity", r"issue", r"auslöser", r"déclencheur")
RESPONSE_WORD = _any(r"response", r"\btime", r"within", r"\bsla\b", r"reaktion", r"délai", r"tiempo", r"tempo")
PHASE_TITLE = re.compile(
    r"^\W*(?:phase|stage|étape|fase|etapa|schritt|step|wave|tahap|阶段|フェーズ|ステップ)\s*[\divx]+|^\W*第.{1,3}(?:阶段|段階)",
    re.IGNORECASE,
)


def role_of(title: str) -> str:
    """What a heading announces: tripwires, criteria, signoff, escalation, contacts, procedure, or nothing special."""
    for role, pattern in (
        ("tripwires", TRIPWIRES),
        ("criteria", CRITERIA),
        ("signoff", SIGNOFF),
        ("contacts", CONTACTS),
        ("escalation", ESCALATION),
        ("procedure", ROLLBACK),
        ("procedure", INCIDENT),
    ):
        if pattern.search(title):
            return role
    return ""
