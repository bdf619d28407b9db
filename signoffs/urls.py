"""Approval and the record."""

from django.urls import path

from signoffs.views import report, slot

urlpatterns = [
    path("projects/<slug:slug>/sign-off/", slot.slots, name="slots"),
    path("projects/<slug:slug>/sign-off/<int:number>/", slot.slot, name="slot"),
    path("projects/<slug:slug>/report/", report.report, name="report"),
    path("projects/<slug:slug>/report.pdf", report.report_pdf, name="report_pdf"),
]
