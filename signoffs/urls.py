"""Approval and the record."""

from django.urls import path

from signoffs.views import desk, go_live, keeping, printout, readiness, record, redaction, report, slot, verify

urlpatterns = [
    path("projects/<slug:slug>/sign-off/", slot.slots, name="slots"),
    path("projects/<slug:slug>/sign-off/<int:number>/", slot.slot, name="slot"),
    path("projects/<slug:slug>/go-live/", go_live.go_live, name="go_live"),
    path("projects/<slug:slug>/readiness/", readiness.readiness, name="readiness"),
    path("projects/<slug:slug>/sign-off/<int:number>/scope/", slot.slot_scope, name="slot_scope"),
    path("projects/<slug:slug>/report/", report.report, name="report"),
    path("projects/<slug:slug>/printouts/", printout.printouts, name="printouts"),
    path("projects/<slug:slug>/printouts/<uuid:pk>/", printout.printout_state, name="printout_state"),
    path("projects/<slug:slug>/printouts/<uuid:pk>/report.pdf", printout.printout_pdf, name="printout_pdf"),
    path("projects/<slug:slug>/records/<int:revision>/", record.record_state, name="record_state"),
    path("projects/<slug:slug>/records/<int:revision>/record.pdf", record.record_pdf, name="record_pdf"),
    path("projects/<slug:slug>/journal/<int:seq>/redaction/", redaction.redaction, name="redaction"),
    path("projects/<slug:slug>/keeping/", keeping.keeping, name="keeping"),
    path("projects/<slug:slug>/keeping/years/", keeping.keeping_years, name="keeping_years"),
    path("projects/<slug:slug>/keeping/hold/", keeping.keeping_hold, name="keeping_hold"),
    path("projects/<slug:slug>/keeping/archive/", keeping.keeping_archive, name="keeping_archive"),
    path("desk/", desk.desk, name="desk"),
    path("desk/bundles/", desk.bundles, name="bundles"),
    path("desk/bundles/<uuid:pk>/", desk.bundle_state, name="bundle_state"),
    path("desk/bundles/<uuid:pk>/records.zip", desk.bundle_zip, name="bundle_zip"),
    path("verify/", verify.verify_page, name="verify"),
    path("verify/verify.py", verify.verify_file, name="verify_file"),
    path("verify/golive-ca.pem", verify.verify_authority, name="verify_authority"),
]
