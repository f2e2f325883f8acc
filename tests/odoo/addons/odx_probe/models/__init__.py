from odoo import fields

from . import probe
from . import probe_relations

if hasattr(fields, "Properties"):
    from . import probe_since_16
from . import probe_methods
from . import hostile
from . import kinds_of_model
from . import failing
from . import stream
