from django.db import migrations
from django.db.models import F

# Plans stood in the order of their items' numbers.
ROOM = 1024


def order_by_number(apps, schema_editor):
    apps.get_model("checklists", "Item").objects.update(position=F("number") * ROOM)


class Migration(migrations.Migration):
    dependencies = [("checklists", "0003_plan_changes")]

    operations = [migrations.RunPython(order_by_number, migrations.RunPython.noop)]
