"""Models that are not plain tables, or that not everyone may read."""

from odoo import api, fields, models


class OdxProbeMixin(models.AbstractModel):
    """Listed by `ir.model`, but has no table to read."""

    _name = "odx.probe.mixin"
    _description = "Probe Mixin"

    mixed_in = fields.Char()


class OdxProbeDelegate(models.Model):
    """Shows the fields of the probe that it holds as its own."""

    _name = "odx.probe.delegate"
    _description = "Probe Delegate"
    _inherit = ["odx.probe.mixin"]
    _inherits = {"odx.probe": "probe_id"}

    probe_id = fields.Many2one("odx.probe", required=True, ondelete="cascade")
    badge = fields.Char()


class OdxProbeWizard(models.TransientModel):
    _name = "odx.probe.wizard"
    _description = "Probe Wizard"

    name = fields.Char(required=True)
    probe_ids = fields.Many2many("odx.probe")

    @api.model
    def default_get(self, fields):
        return {"name": "wizard", **super().default_get(fields)}


class OdxProbeSecret(models.Model):
    """Only an administrator may read it."""

    _name = "odx.probe.secret"
    _description = "Probe Secret"

    name = fields.Char(required=True)
