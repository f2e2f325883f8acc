"""Values of the field types that Odoo 16 brought, and of what later series added to them."""

from odoo import fields

from .versions import TAKES_ANY_DYNAMIC_KEY

DEFAULT = "by default"


def definitions():
    """A property of every type that this Odoo knows; later ones know more."""
    every = [
        {"name": "a_boolean", "type": "boolean", "string": "Boolean"},
        {"name": "a_integer", "type": "integer", "string": "Integer"},
        {"name": "a_float", "type": "float", "string": "Float"},
        {"name": "a_monetary", "type": "monetary", "string": "Monetary", "currency_field": "currency_id"},
        {"name": "a_char", "type": "char", "string": "Char", "default": DEFAULT},
        {"name": "a_text", "type": "text", "string": "Text"},
        {"name": "a_html", "type": "html", "string": "Html"},
        {"name": "a_date", "type": "date", "string": "Date"},
        {"name": "a_datetime", "type": "datetime", "string": "Datetime"},
        {"name": "a_selection", "type": "selection", "string": "Selection", "selection": [["s1", "S1"], ["s2", "S2"]]},
        {"name": "a_tags", "type": "tags", "string": "Tags", "tags": [["t1", "T1", 1], ["t2", "T2", 2]]},
        {"name": "a_separator", "type": "separator", "string": "Separator"},
        {"name": "a_many2one", "type": "many2one", "string": "Many2one", "comodel": "res.partner"},
        {"name": "a_many2many", "type": "many2many", "string": "Many2many", "comodel": "res.partner"},
    ]
    return [definition for definition in every if definition["type"] in fields.Properties.ALLOWED_TYPES]


def values(env, defined):
    """A value for each of them, but for the separator, which has none."""
    partner, admin = env.ref("base.main_partner"), env.ref("base.partner_admin")
    every = {
        "a_boolean": True,
        "a_integer": 42,
        "a_float": 1.5,
        "a_monetary": 9.99,
        "a_char": "char",
        "a_text": "text",
        "a_html": "<p>html</p>",
        "a_date": "2024-02-29",
        "a_datetime": "2024-02-29 23:59:59",
        "a_selection": "s2",
        "a_tags": ["t1", "t2"],
        "a_many2one": partner.id,
        "a_many2many": [partner.id, admin.id],
    }
    names = {definition["name"] for definition in defined}
    return {name: value for name, value in every.items() if name in names}


def write_records_since_16(env):
    defined = definitions()
    env.ref("odx_probe.kind").properties_definition = defined
    env.ref("odx_probe.probe_set").write(
        {
            "json": {"text": "x", "number": 1.5, "none": None, "list": [1, {"deep": True}]},
            "properties": values(env, defined),
        }
    )
    odd = env.ref("odx_probe.probe_odd")
    # A default counts only in a record that comes after its definition.
    odd.write({"json": "text", "properties": {"a_char": DEFAULT}})
    if TAKES_ANY_DYNAMIC_KEY:
        odd.selection_dynamic = "level_9"
    env.ref("odx_probe.probe_archived").json = [1, 2.5, None]
