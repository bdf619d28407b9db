import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """On its own: PostgreSQL does not change a table in the transaction that filled it."""

    dependencies = [("checklists", "0013_evidence_and_deviations")]

    operations = [
        migrations.AlterField(
            model_name="note",
            name="project",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="checklists.project"),
        ),
    ]
