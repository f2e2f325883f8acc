"""What the relations of `odx.probe` lead to."""

from odoo import fields, models

from ..versions import NO_AGGREGATOR


class OdxProbeKind(models.Model):
    _name = "odx.probe.kind"
    _description = "Probe Kind"

    name = fields.Char(required=True)
    code = fields.Char()


class OdxProbeTag(models.Model):
    """Its name is not required: a many2one to a tag without one reads `[id, false]`."""

    _name = "odx.probe.tag"
    _description = "Probe Tag"

    name = fields.Char()
    color = fields.Integer(**NO_AGGREGATOR)


class OdxProbeLine(models.Model):
    _name = "odx.probe.line"
    _description = "Probe Line"
    _order = "sequence, id"

    probe_id = fields.Many2one("odx.probe", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    quantity = fields.Float()
