"""What one series of Odoo, 14 to 19, says in other words than another."""

from odoo import SUPERUSER_ID, api
from odoo.release import version_info

# The field types json and properties, and `flush_all`.
IS_16_OR_NEWER = version_info >= (16,)

# What a selection whose keys a method gives may be set to.
TAKES_ANY_DYNAMIC_KEY = version_info >= (18,)

NO_AGGREGATOR = {"aggregator": False} if version_info >= (18,) else {"group_operator": None}


def hook_environment(*arguments):
    """The environment of a post-install hook, which got a cursor and the registry before Odoo 17."""
    return arguments[0] if len(arguments) == 1 else api.Environment(arguments[0], SUPERUSER_ID, {})


def flush(env):
    env.flush_all() if IS_16_OR_NEWER else env["base"].flush()


def invalidate(env):
    env.invalidate_all() if IS_16_OR_NEWER else env.cache.invalidate()
