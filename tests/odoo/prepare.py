"""Run by `odoo shell` on a new database: makes the users' API keys and writes them to ODX_ODOO_KEYS."""

import os

from odoo.release import version_info

# The demo data's own, on a server that only this machine reaches.
ADMIN_PASSWORD = "admin"
LIMITED_PASSWORD = "limited-password"
GROUPS = "groups_id" if version_info < (19,) else "group_ids"

env = globals()["env"]  # given by the shell: the superuser's environment


def new_key(user, name):
    """An API key for remote calls that does not expire."""
    forever = () if version_info < (18,) else (None,)
    return env(user=user)["res.users.apikeys"].sudo()._generate("rpc", name, *forever)


def limited_user():
    """An internal user without any right beyond those of every employee."""
    return env["res.users"].create(
        {
            "name": "Limited User",
            "login": "limited",
            "password": LIMITED_PASSWORD,
            GROUPS: [(6, 0, [env.ref("base.group_user").id])],
        }
    )


admin = env.ref("base.user_admin")
limited = limited_user()
lines = {
    "ODX_ODOO_USER_ID": admin.id,
    "ODX_ODOO_API_KEY": new_key(admin, "odx live tests"),
    "ODX_ODOO_LOGIN": admin.login,
    "ODX_ODOO_PASSWORD": ADMIN_PASSWORD,
    "ODX_ODOO_LIMITED_USER_ID": limited.id,
    "ODX_ODOO_LIMITED_API_KEY": new_key(limited, "odx live tests"),
    "ODX_ODOO_LIMITED_LOGIN": limited.login,
    "ODX_ODOO_LIMITED_PASSWORD": LIMITED_PASSWORD,
}
env.cr.commit()

descriptor = os.open(os.environ["ODX_ODOO_KEYS"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
with os.fdopen(descriptor, "w") as file:
    file.writelines(f"export {name}='{value}'\n" for name, value in lines.items())
