import time

from odoo import api, models
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError

LONGEST_SLEEP = 60


class OdxProbeMethods(models.Model):
    """Methods for every kind of answer and of failure that a remote call can get."""

    _inherit = "odx.probe"

    def answer_none(self):
        return None

    def answer_false(self):
        return False

    def answer_integer(self):
        return 42

    def answer_text(self):
        return "text"

    def answer_action(self):
        return {"type": "ir.actions.act_window", "res_model": "odx.probe", "views": [[False, "list"]]}

    def answer_records(self):
        return self

    @api.model
    def answer_model(self, value=None):
        """A model method: it takes no ids."""
        return {"value": value}

    def echo(self, *args, **kwargs):
        """What arrived: the ids, the arguments and the context."""
        context = {key: self.env.context[key] for key in sorted(self.env.context)}
        return {"ids": self.ids, "args": args, "kwargs": kwargs, "context": context}

    @api.model
    def sleep(self, seconds):
        """Answers after so many seconds, for tests of time limits."""
        time.sleep(min(seconds, LONGEST_SLEEP))
        return seconds

    def raise_user_error(self):
        raise UserError("A user error")

    def raise_validation_error(self):
        raise ValidationError("A validation error")

    def raise_access_error(self):
        raise AccessError("An access error")

    def raise_missing_error(self):
        return self.browse(999_999_999).name

    def raise_redirect_warning(self):
        raise RedirectWarning("A redirect warning", self.env.ref("base.action_res_users").id, "Go there")

    def raise_zero_division(self):
        return 1 // 0

    def raise_unique_violation(self):
        """An error of the database, which Odoo answers as a ValidationError."""
        return self.create([{"name": name, "code": "twice"} for name in ("one", "two")])
