from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class OdxProbe(models.Model):
    """One field of every type, and of every way to store or compute it."""

    _name = "odx.probe"
    _description = "Probe"
    _order = "id"
    _parent_store = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("odx.probe", ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("odx.probe", "parent_id")

    char = fields.Char()
    char_sized = fields.Char(size=16)
    char_translated = fields.Char(translate=True)
    char_default = fields.Char(required=True, default="default")
    code = fields.Char(copy=False)
    text = fields.Text()
    text_translated = fields.Text(translate=True)
    html = fields.Html()
    html_unsanitized = fields.Html(sanitize=False)

    integer = fields.Integer()
    integer_required = fields.Integer(required=True, default=7)
    float = fields.Float()
    float_digits = fields.Float(digits=(12, 3))
    currency_id = fields.Many2one("res.currency")
    monetary = fields.Monetary(currency_field="currency_id")
    boolean = fields.Boolean()

    date = fields.Date()
    datetime = fields.Datetime()
    date_required = fields.Date(required=True, default="2024-02-29")
    datetime_required = fields.Datetime(required=True, default="2024-02-29 23:59:59")

    binary = fields.Binary(attachment=True)
    binary_inline = fields.Binary(attachment=False)
    image = fields.Image(max_width=64, max_height=64)

    selection = fields.Selection([("draft", "Draft"), ("to invoice", "To Invoice"), ("done", "Done")])
    selection_required = fields.Selection([("low", "Low"), ("high", "High")], required=True, default="low")
    selection_dynamic = fields.Selection("_selection_dynamic")

    reference = fields.Reference([("res.partner", "Contact"), ("odx.probe.tag", "Tag")])
    kind_id = fields.Many2one("odx.probe.kind")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    tag_id = fields.Many2one("odx.probe.tag")
    tag_ids = fields.Many2many("odx.probe.tag")
    line_ids = fields.One2many("odx.probe.line", "probe_id")
    secret_id = fields.Many2one("odx.probe.secret")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")

    serialized = fields.Serialized()
    sparse_char = fields.Char(sparse="serialized")

    company_char = fields.Char(company_dependent=True)
    company_tag_id = fields.Many2one("odx.probe.tag", company_dependent=True)
    restricted = fields.Char(groups="base.group_system")

    kind_name = fields.Char(related="kind_id.name")
    kind_code = fields.Char(related="kind_id.code", store=True)
    computed_stored = fields.Integer(compute="_compute_computed_stored", store=True)
    computed = fields.Char(compute="_compute_computed")
    computed_searchable = fields.Char(compute="_compute_computed_searchable", search="_search_computed_searchable")
    computed_editable = fields.Char(compute="_compute_computed_editable", inverse="_inverse_computed_editable")

    if hasattr(models, "Constraint"):
        _code_unique = models.Constraint("UNIQUE (code)", "The code must be unique.")
    else:
        _sql_constraints = [("code_unique", "UNIQUE (code)", "The code must be unique.")]

    @api.model
    def _selection_dynamic(self):
        return [(f"level_{level}", f"Level {level}") for level in range(3)]

    @api.depends("integer")
    def _compute_computed_stored(self):
        for probe in self:
            probe.computed_stored = probe.integer // 2

    @api.depends("name")
    def _compute_computed(self):
        for probe in self:
            probe.computed = f"computed {probe.name}"

    @api.depends("char")
    def _compute_computed_searchable(self):
        for probe in self:
            probe.computed_searchable = probe.char

    def _search_computed_searchable(self, operator, value):
        return [("char", operator, value)]

    @api.depends("text")
    def _compute_computed_editable(self):
        for probe in self:
            probe.computed_editable = probe.text

    def _inverse_computed_editable(self):
        for probe in self:
            probe.text = probe.computed_editable

    @api.constrains("code")
    def _check_code(self):
        if "invalid" in self.mapped("code"):
            raise ValidationError(_("This code is invalid."))
