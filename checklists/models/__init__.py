"""The nouns of the plan and the run, one file each."""

from checklists.models.amendment import Amendment
from checklists.models.checkpoint import Checkpoint
from checklists.models.closure import Closure
from checklists.models.contact import Contact, EscalationLevel
from checklists.models.deviation import Deviation
from checklists.models.draft import Draft
from checklists.models.evidence import Evidence
from checklists.models.field import Field, Reading
from checklists.models.item import Item
from checklists.models.journal import Action, JournalEntry
from checklists.models.keeping import Keeping
from checklists.models.mail import Mail
from checklists.models.membership import Membership, Role
from checklists.models.note import Mention, Note
from checklists.models.phase import Phase, Section
from checklists.models.procedure import Procedure, Step
from checklists.models.procedure_run import ProcedureRun, RunStep
from checklists.models.project import Project
from checklists.models.request_key import RequestKey
from checklists.models.slot import Slot, SlotPerson
from checklists.models.template import Template, TemplateVersion

__all__ = [
    "Action",
    "Amendment",
    "Checkpoint",
    "Closure",
    "Contact",
    "Deviation",
    "Draft",
    "EscalationLevel",
    "Evidence",
    "Field",
    "Item",
    "JournalEntry",
    "Keeping",
    "Mail",
    "Membership",
    "Mention",
    "Note",
    "Phase",
    "Procedure",
    "ProcedureRun",
    "Project",
    "Reading",
    "RequestKey",
    "Role",
    "RunStep",
    "Section",
    "Slot",
    "SlotPerson",
    "Step",
    "Template",
    "TemplateVersion",
]
