"""Many rows, and a report on them."""

from odoo import fields, models, tools


class OdxProbeStream(models.Model):
    """Its rows are written by the post-install hook."""

    _name = "odx.probe.stream"
    _description = "Probe Stream"

    name = fields.Char(required=True)
    bucket = fields.Integer(required=True)
    amount = fields.Float()
    active = fields.Boolean(default=True)


class OdxProbeReport(models.Model):
    """A view of the database: `average` is declared an integer and read as a float, as in Odoo's own reports."""

    _name = "odx.probe.report"
    _description = "Probe Report"
    _auto = False

    bucket = fields.Integer(readonly=True)
    rows = fields.Integer(readonly=True)
    amount = fields.Float(readonly=True)
    average = fields.Integer(readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """
            CREATE VIEW odx_probe_report AS
            SELECT bucket + 1 AS id, bucket, count(*) AS rows, sum(amount) AS amount, avg(amount)::numeric AS average
            FROM odx_probe_stream GROUP BY bucket
            """
        )
