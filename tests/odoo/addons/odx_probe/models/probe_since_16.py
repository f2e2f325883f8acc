"""The field types that Odoo 16 brought."""

from odoo import fields, models


class OdxProbe(models.Model):
    _inherit = "odx.probe"

    json = fields.Json()
    properties = fields.Properties(definition="kind_id.properties_definition")


class OdxProbeKind(models.Model):
    _inherit = "odx.probe.kind"

    properties_definition = fields.PropertiesDefinition()
