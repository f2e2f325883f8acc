"""Names, labels and keys that a code generator must not stumble over."""

from odoo import api, models
from odoo.fields import Char, Many2one, Selection

HOSTILE_TEXT = (
    'quotes " \' ` """ raw "# r#" comment ends */ /* // /// //! backslashes \\ \\n \\u{0} braces {} {0} {{ }} '
    'brackets []() <script> &amp; #[doc] $crate\n```\npanic!("a doctest ran")\n```\n\n    panic!("a doctest ran")\n'
    "tab\there, carriage\rreturn, bidi \u202e\u2066 override, zero \u200b width, byte order \ufeff mark, "
    "emoji \U0001f980, ends with \\"
)


class OdxProbeHostile(models.Model):
    _name = "odx.probe.hostile"
    _description = HOSTILE_TEXT

    # Words of the Rust language.
    abstract = Char()
    box = Char()
    const = Char()
    crate = Char()
    do = Char()
    dyn = Char()
    enum = Char()
    extern = Char()
    fn = Char()
    gen = Char()
    impl = Char()
    loop = Char()
    macro_rules = Char()
    match = Char()
    mod = Char()
    move = Char()
    mut = Char()
    priv = Char()
    pub = Char()
    ref = Char()
    self = Char()
    Self = Char()
    static = Char()
    struct = Char()
    super = Char()
    trait = Char()
    type = Char()
    unsafe = Char()
    use = Char()
    where = Char()

    # What those words may be renamed to.
    self_ = Char()
    r_self = Char()
    type_ = Char()
    in_ = Char()
    super_ = Char()

    # Names that generated code and its traits may use themselves.
    F = Char()
    fields = Char()
    values = Char()
    domain = Char()
    default = Char()
    clone = Char()
    hop = Char()
    then = Char()
    eq = Char()
    String = Char()
    Option = Char()
    Some = Char()

    # Names of unusual form, and names that become one when their form is made usual.
    UPPER_Case = Char()
    _leading = Char()
    trailing_ = Char()
    hashIV = Char()
    hash_iv = Char()
    twin = Char()
    Twin = Char()
    TWIN = Char()
    _twin = Char()
    twin_ = Char()
    line_1 = Char()
    line1 = Char()
    line__1 = Char()
    _ = Char()
    a_name_that_is_as_long_as_postgresql_lets_a_column_name_be_1234 = Char()

    # Labels and keys.
    label = Char(string=HOSTILE_TEXT, help=HOSTILE_TEXT)
    label_empty = Char(string=" ", help=" ")
    label_long = Char(string="long " * 1000)
    selection = Selection(
        [
            ("", "Nothing"),
            (" ", "Space"),
            ("1", "One"),
            ("-1", "Minus One"),
            ("+1", "Plus One"),
            ("1.0", "One"),
            ("0002", "Two"),
            ("<=", "At Most"),
            (">=", "At Least"),
            ("==", "Equal"),
            ("GMT-0", "GMT-0"),
            ("GMT0", "GMT0"),
            ("to invoice", "To Invoice"),
            ("true", "True"),
            ("false", "False"),
            ("self", "Self"),
            ("in", "In"),
            ("other", "Other"),
            ("é", "Accent"),
            ("e\u0301", "Combining Accent"),
            ("日本", "Japan"),
            ("\U0001f980", "Crab"),
            ('"', "Quote"),
            ("\\", "Backslash"),
            ("{}", "Braces"),
            ("line\nbreak", "Line\nBreak"),
            ("label", HOSTILE_TEXT),
        ]
    )
    # Odoo itself takes keys that differ so little only from a method.
    selection_colliding = Selection("_selection_colliding")

    @api.model
    def _selection_colliding(self):
        keys = ["to invoice", "to_invoice", "To Invoice", "toInvoice", "a", "A", "self", "Self", "other", "Other"]
        return [(key, "Same Label") for key in keys]


class OdxProbeTwin(models.Model):
    """Its name and its twin's make the same type name."""

    _name = "odx.probe.twin1"
    _description = "Probe Twin"

    name = Char()
    twin_id = Many2one("odx.probe.twin.1")


class OdxProbeTwinDot(models.Model):
    _name = "odx.probe.twin.1"
    _description = "Probe Twin"

    name = Char()
    twin_id = Many2one("odx.probe.twin1")


class OdxProbeSelf(models.Model):
    """A model whose last name is a word of Rust."""

    _name = "odx.probe.self"
    _description = "Probe Self"

    name = Char()
    self_id = Many2one("odx.probe.self")
