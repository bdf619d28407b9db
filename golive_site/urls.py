"""Every address: sign-in by allauth, the rest by the two applications."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView, TemplateView

from golive_site import language

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="projects"), name="home"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/two-step/", include("allauth.mfa.urls")),
    path("language/", language.choose, name="language"),
    path("words/<str:code>.js", language.words, name="words"),
    path("", include("signoffs.urls")),
    path("", include("checklists.urls")),
]

if settings.DEBUG:
    # Every component of the design system with example content, to look at while working on it.
    urlpatterns.append(path("components/", TemplateView.as_view(template_name="components/gallery.html")))
