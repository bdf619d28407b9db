"""Approval and the record."""

from django.urls import path

from signoffs.views import go_live, readiness, report, slot

urlpatterns = [
    path("projects/<slug:slug>/sign-off/", slot.slots, name="slots"),
    path("projects/<slug:slug>/sign-off/<int:number>/", slot.slot, name="slot"),
    path("projects/<slug:slug>/go-live/", go_live.go_live, name="go_live"),
    path("projects/<slug:slug>/readiness/", readiness.readiness, name="readiness"),
    path("projects/<slug:slug>/sign-off/<int:number>/scope/", slot.slot_scope, name="slot_scope"),
    path("projects/<slug:slug>/report/", report.report, name="report"),
    path("projects/<slug:slug>/report.pdf", report.report_pdf, name="report_pdf"),
]
