from odoo import fields, models


class OdxProbeFailing(models.Model):
    """A read of all its fields fails, as one of `account.move` does."""

    _name = "odx.probe.failing"
    _description = "Probe Failing"

    name = fields.Char(required=True)
    fails = fields.Char(compute="_compute_fails")

    def _compute_fails(self):
        raise ValueError("This field cannot be computed.")
