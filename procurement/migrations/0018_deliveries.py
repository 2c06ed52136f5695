from decimal import ROUND_HALF_UP, Decimal

import django.db.models.deletion
import marketplace.fields
from django.conf import settings
from django.db import migrations, models


def keep(apps, schema_editor):
    """What was recorded in the simple form: an item, a quantity, a note."""
    Delivery, Simple = (
        apps.get_model("procurement", name) for name in ("Delivery", "SimpleDelivery")
    )
    names = ("contract_id", "item_id", "quantity", "received_at", "received_by_id", "note")
    rows = Delivery.objects.order_by("id").values(*names)
    Simple.objects.bulk_create(Simple(**row) for row in rows)


def carry_over(apps, schema_editor):
    """Contracts get their lines, and simple deliveries become loads with a goods received note."""
    Contract, Line, Simple = (
        apps.get_model("procurement", name)
        for name in ("Contract", "ContractLine", "SimpleDelivery")
    )
    for contract in Contract.objects.select_related("award").order_by("id"):
        lines = {}
        for number, row in enumerate(contract.award.lines.order_by("item__number"), start=1):
            lines[row.item_id] = Line.objects.create(
                contract=contract,
                number=number,
                item_id=row.item_id,
                quantity=row.quantity,
                unit_price=row.unit_price,
                starts=row.item.delivery_starts,
                ends=row.item.delivery_ends,
            )
        for number, row in enumerate(Simple.objects.filter(contract_id=contract.pk), start=1):
            if row.item_id in lines:
                _received(apps, contract, lines[row.item_id], number, row)
    schema_editor.connection.check_constraints()


def _received(apps, contract, line, number, row):
    Delivery, Receipt = (
        apps.get_model("procurement", name) for name in ("Delivery", "GoodsReceipt")
    )
    load = Delivery.objects.create(
        contract=contract,
        line=line,
        number=number,
        quantity=row.quantity,
        booked_at=row.received_at,
        booked_by_id=row.received_by_id,
    )
    worth = (row.quantity * line.unit_price).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    Receipt.objects.create(
        delivery=load,
        number=f"{contract.number}-G{number}",
        received_at=row.received_at,
        received_by_id=row.received_by_id,
        quantity=row.quantity,
        payable=row.quantity,
        unit_price=line.unit_price,
        amount=worth,
        note=row.note,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_phone'),
        ('procurement', '0017_allocation'),
        ('produce', '0003_standards_and_schedules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SimpleDelivery',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('contract_id', models.BigIntegerField()),
                ('item_id', models.BigIntegerField()),
                ('quantity', marketplace.fields.ExactDecimalField(max_length=60)),
                ('received_at', models.DateTimeField()),
                ('received_by_id', models.BigIntegerField(null=True)),
                ('note', models.TextField(blank=True)),
            ],
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.DeleteModel(name='Delivery'),
        migrations.CreateModel(
            name='AdjustmentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('what', models.CharField(max_length=300)),
                ('formula', models.CharField(blank=True, max_length=300)),
                ('value', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'ordering': ['test', 'position'],
            },
        ),
        migrations.CreateModel(
            name='ContractChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('proposed_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('kind', models.CharField(choices=[('line', 'Change of quantity or delivery window'), ('agreed', 'End by agreement'), ('default', 'End because the supplier does not deliver')], max_length=8)),
                ('quantity', marketplace.fields.ExactDecimalField(max_length=60, null=True)),
                ('starts', models.DateField(null=True)),
                ('ends', models.DateField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContractLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('quantity', marketplace.fields.ExactDecimalField(max_length=60)),
                ('unit_price', marketplace.fields.ExactDecimalField(max_length=60)),
                ('tolerance', marketplace.fields.ExactDecimalField(default=0, max_length=60)),
                ('starts', models.DateField(null=True)),
                ('ends', models.DateField(null=True)),
            ],
            options={
                'ordering': ['contract', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('quantity', marketplace.fields.ExactDecimalField(max_length=60)),
                ('weight', marketplace.fields.ExactDecimalField(max_length=60, null=True)),
                ('slot_day', models.DateField(null=True)),
                ('slot_hour', models.PositiveSmallIntegerField(null=True)),
                ('booked_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('vehicle', models.CharField(blank=True, max_length=20)),
                ('driver', models.CharField(blank=True, max_length=40)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('agreed_amount', marketplace.fields.MoneyField(null=True)),
                ('rejected_at', models.DateTimeField(null=True)),
                ('rejected_reasons', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['contract', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Depot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('province', models.CharField(blank=True, max_length=60)),
                ('district', models.CharField(blank=True, max_length=60)),
                ('daily_capacity', marketplace.fields.ExactDecimalField(max_length=60)),
                ('loads_per_hour', models.PositiveSmallIntegerField(default=2)),
                ('opens', models.PositiveSmallIntegerField(default=7)),
                ('closes', models.PositiveSmallIntegerField(default=16)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['buyer', 'name'],
            },
        ),
        migrations.CreateModel(
            name='GoodsReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=48, unique=True)),
                ('received_at', models.DateTimeField()),
                ('quantity', marketplace.fields.ExactDecimalField(max_length=60)),
                ('payable', marketplace.fields.ExactDecimalField(max_length=60)),
                ('unit_price', marketplace.fields.ExactDecimalField(max_length=60)),
                ('amount', marketplace.fields.MoneyField()),
                ('is_adjusted', models.BooleanField(default=False)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=35, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('total', marketplace.fields.MoneyField()),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payable', marketplace.fields.ExactDecimalField(max_length=60)),
                ('unit_price', marketplace.fields.ExactDecimalField(max_length=60)),
                ('amount', marketplace.fields.MoneyField()),
            ],
            options={
                'ordering': ['invoice', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LoadFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('said', models.TextField()),
                ('stops', models.BooleanField(default=False)),
                ('raised_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['delivery', 'id'],
            },
        ),
        migrations.CreateModel(
            name='LoadTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first', 'First test'), ('again', 'Test of the sealed duplicate')], default='first', max_length=8)),
                ('seal', models.CharField(max_length=40)),
                ('recorded_at', models.DateTimeField()),
                ('key', models.CharField(blank=True, max_length=64)),
                ('conforms', models.BooleanField()),
                ('reasons', models.TextField(blank=True)),
                ('payable', marketplace.fields.ExactDecimalField(max_length=60)),
                ('unit_price', marketplace.fields.ExactDecimalField(max_length=60)),
                ('amount', marketplace.fields.MoneyField()),
                ('is_adjusted', models.BooleanField(default=False)),
                ('rounding', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['sample', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('value', models.CharField(max_length=60)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('method', models.CharField(max_length=120)),
                ('device', models.CharField(blank=True, max_length=60)),
                ('measured_at', models.DateTimeField()),
                ('holds', models.BooleanField()),
                ('said', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['test', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PaymentConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('reference', models.CharField(blank=True, max_length=140)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('amount', marketplace.fields.MoneyField()),
                ('currency', models.CharField(max_length=3)),
                ('paid_on', models.DateField()),
                ('imported_at', models.DateTimeField()),
                ('waits', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seal', models.CharField(max_length=40, unique=True)),
                ('duplicate_seal', models.CharField(max_length=40, unique=True)),
                ('taken_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='WeighbridgeTicket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=40)),
                ('vehicle', models.CharField(max_length=20)),
                ('gross', marketplace.fields.ExactDecimalField(max_length=60)),
                ('tare', marketplace.fields.ExactDecimalField(max_length=60)),
                ('counted', marketplace.fields.ExactDecimalField(max_length=60, null=True)),
                ('weighed_at', models.DateTimeField()),
                ('calibrated_until', models.DateField()),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['delivery', 'id'],
            },
        ),
        migrations.AddField(
            model_name='award',
            name='called_up_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='call_ups', to='procurement.contract'),
        ),
        migrations.AddField(
            model_name='contract',
            name='payment_days',
            field=models.PositiveSmallIntegerField(default=30),
        ),
        migrations.AddField(
            model_name='contract',
            name='terminated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='contract',
            name='terminated_for_default',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='payment',
            name='reference',
            field=models.CharField(blank=True, max_length=140),
        ),
        migrations.AddConstraint(
            model_name='contract',
            constraint=models.CheckConstraint(condition=models.Q(('terminated_at', None), ('delivered_at', models.F('terminated_at')), _connector='OR'), name='nothing_delivered_after_the_end'),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='procurement.contract'),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='declined_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contractline',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='procurement.contract'),
        ),
        migrations.AddField(
            model_name='contractline',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procurement.item'),
        ),
        migrations.AddField(
            model_name='contractline',
            name='schedule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='produce.priceadjustmentschedule'),
        ),
        migrations.AddField(
            model_name='contractchange',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='procurement.contractline'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='arrived_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='booked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='procurement.contract'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='procurement.contractline'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='rejected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='depot',
            name='buyer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='depots', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='depot',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='depot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='procurement.depot'),
        ),
        migrations.AddField(
            model_name='goodsreceipt',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='procurement.delivery'),
        ),
        migrations.AddField(
            model_name='goodsreceipt',
            name='received_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invoice',
            name='contract',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='procurement.contract'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='issued_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payment',
            name='invoice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='procurement.invoice'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='procurement.invoice'),
        ),
        migrations.AddField(
            model_name='invoiceline',
            name='receipt',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_line', to='procurement.goodsreceipt'),
        ),
        migrations.AddField(
            model_name='loadflag',
            name='delivery',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='procurement.delivery'),
        ),
        migrations.AddField(
            model_name='loadtest',
            name='operator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='goodsreceipt',
            name='test',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='procurement.loadtest'),
        ),
        migrations.AddField(
            model_name='adjustmentstep',
            name='test',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='procurement.loadtest'),
        ),
        migrations.AddField(
            model_name='measurement',
            name='test',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='procurement.loadtest'),
        ),
        migrations.AddField(
            model_name='paymentconfirmation',
            name='buyer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='paymentconfirmation',
            name='imported_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentconfirmation',
            name='payment',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='confirmation', to='procurement.payment'),
        ),
        migrations.AddField(
            model_name='sample',
            name='delivery',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sample', to='procurement.delivery'),
        ),
        migrations.AddField(
            model_name='sample',
            name='taken_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='loadtest',
            name='sample',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tests', to='procurement.sample'),
        ),
        migrations.AddField(
            model_name='weighbridgeticket',
            name='delivery',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='procurement.delivery'),
        ),
        migrations.AddField(
            model_name='weighbridgeticket',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='loadflag',
            name='ticket',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='procurement.weighbridgeticket'),
        ),
        migrations.AddConstraint(
            model_name='contractline',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='one_contract_line_per_number'),
        ),
        migrations.AddConstraint(
            model_name='contractline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quantity__startswith', '-'), _negated=True), models.Q(('unit_price__startswith', '-'), _negated=True)), name='contract_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='contractline',
            constraint=models.CheckConstraint(condition=models.Q(('starts', None), ('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='contract_window_in_order'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='contractchange_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='contractchange_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None), models.Q(models.Q(('declined_at', None), ('declined_by', None)), models.Q(models.Q(('declined_at', None), _negated=True), models.Q(('declined_by', None), _negated=True)), _connector='OR')), models.Q(models.Q(('confirmed_at', None), _negated=True), models.Q(('confirmed_by', None), _negated=True), ('declined_at', None), ('declined_by', None)), _connector='OR'), name='contractchange_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('declined_at', None)), fields=('contract',), name='one_open_change_per_contract'),
        ),
        migrations.AddConstraint(
            model_name='contractchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'line'), ('line__isnull', False), ('quantity__isnull', False)), models.Q(models.Q(('kind', 'line'), _negated=True), ('line', None), ('quantity', None)), _connector='OR'), name='change_is_of_a_line'),
        ),
        migrations.AddConstraint(
            model_name='depot',
            constraint=models.UniqueConstraint(fields=('buyer', 'name'), name='one_depot_per_name'),
        ),
        migrations.AddConstraint(
            model_name='depot',
            constraint=models.CheckConstraint(condition=models.Q(('closes__lte', 24), ('loads_per_hour__gt', 0), ('opens__lt', models.F('closes'))), name='depot_is_open'),
        ),
        migrations.AddConstraint(
            model_name='depot',
            constraint=models.CheckConstraint(condition=models.Q(('daily_capacity__startswith', '-'), _negated=True), name='depot_capacity_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('contract', 'number'), name='one_load_per_number'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__startswith', '-'), _negated=True), name='delivery_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('arrived_at', None), models.Q(('vehicle', ''), _negated=True), _connector='OR'), name='arrival_has_a_vehicle'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('rejected_at', None), models.Q(('rejected_reasons', ''), _negated=True), _connector='OR'), name='rejection_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_amount', None), ('agreed_at', None)), models.Q(('agreed_amount__isnull', False), ('agreed_at__isnull', False)), _connector='OR'), name='agreed_to_an_amount'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('total__gt', 0)), name='invoice_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='goodsreceipt',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='receipt_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='adjustmentstep',
            constraint=models.UniqueConstraint(fields=('test', 'position'), name='one_adjustment_step_per_position'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.UniqueConstraint(fields=('test', 'code'), name='one_measurement_per_parameter'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.CheckConstraint(condition=models.Q(('method', ''), _negated=True), name='measurement_has_a_method'),
        ),
        migrations.AddConstraint(
            model_name='paymentconfirmation',
            constraint=models.UniqueConstraint(fields=('buyer', 'digest'), name='one_confirmation_per_line'),
        ),
        migrations.AddConstraint(
            model_name='paymentconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='confirmation_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='paymentconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment__isnull', False), ('waits', '')), models.Q(('payment', None), models.Q(('waits', ''), _negated=True)), _connector='OR'), name='confirmation_matched_or_waits'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('seal', models.F('duplicate_seal')), _negated=True), name='duplicate_has_its_own_seal'),
        ),
        migrations.AddConstraint(
            model_name='loadtest',
            constraint=models.UniqueConstraint(fields=('sample', 'kind'), name='one_test_per_bag'),
        ),
        migrations.AddConstraint(
            model_name='loadtest',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('key',), name='one_test_per_key'),
        ),
        migrations.AddConstraint(
            model_name='loadtest',
            constraint=models.CheckConstraint(condition=models.Q(('conforms', True), models.Q(('reasons', ''), _negated=True), _connector='OR'), name='refusal_has_reasons'),
        ),
        migrations.AddConstraint(
            model_name='weighbridgeticket',
            constraint=models.UniqueConstraint(fields=('device', 'number'), name='one_ticket_per_number'),
        ),
        migrations.AddConstraint(
            model_name='weighbridgeticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gross__startswith', '-'), _negated=True), models.Q(('tare__startswith', '-'), _negated=True)), name='ticket_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='loadflag',
            constraint=models.CheckConstraint(condition=models.Q(('said', ''), _negated=True), name='flag_says_what'),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.DeleteModel(name='SimpleDelivery'),
    ]
