"""The page of contacts: whom one calls at night is one tap away."""

import pytest
from django.urls import reverse

from checklists.models import Contact
from checklists.templatetags.checklists import dialled


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+30 210 000 0000 (night)", "+302100000000"),
        ("0043/1/23 45-67", "00431234567"),
        ("(02) 1234.5678", "0212345678"),
        ("mobile: 69 44 55 66 77, or the desk", "6944556677"),
        ("TBD", ""),
        ("ext. 112", ""),
        ("", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_what_a_phone_dials(written, number):
    assert dialled(written) == number


def test_numbers_call_and_addresses_write(project, technician, signed_in):
    Contact.objects.filter(project=project).update(phone="+30 210 000 0000", email="quay&night@example.org")
    page = signed_in(technician).get(reverse("contacts", args=[project.slug])).text
    assert 'href="tel:+302100000000">+30 210 000 0000</a>' in page
    assert 'href="mailto:quay%26night@example.org"' in page
    Contact.objects.filter(project=project).update(phone="TBD", email="TBD")
    page = signed_in(technician).get(reverse("contacts", args=[project.slug])).text
    assert "tel:" not in page
    assert "mailto:" not in page
