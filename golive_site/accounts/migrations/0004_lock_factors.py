"""Lock the secrets of second factors that earlier versions kept as they are."""

from django.db import migrations

from golive_site.accounts.strongbox import lock_anew


def lock(apps, schema_editor) -> None:
    lock_anew(apps.get_model("mfa", "Authenticator").objects.all())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_external"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
