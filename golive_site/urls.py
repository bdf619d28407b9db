"""Every address: sign-in by allauth, the rest by the two applications."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="projects"), name="home"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("signoffs.urls")),
    path("", include("checklists.urls")),
]
