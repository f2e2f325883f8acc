from . import probe
from . import probe_relations
from . import probe_methods
from . import hostile
from . import kinds_of_model
from . import failing
from . import stream
