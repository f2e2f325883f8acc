"""Data that XML cannot say: values that the ORM would not write, many rows at once, and what only some versions have."""

from .records_since_16 import write_records_since_16
from .versions import IS_16_OR_NEWER, flush, hook_environment, invalidate

STREAM_ROWS = 12_000


def post_init_hook(*arguments):
    env = hook_environment(*arguments)
    if IS_16_OR_NEWER:
        write_records_since_16(env)
    store_special_floats(env)
    set_second_company_value(env)
    fill_stream(env)


def store_special_floats(env):
    """NaN and infinity, as calculations in real databases leave them behind."""
    odd = env.ref("odx_probe.probe_odd")
    flush(env)
    env.cr.execute("UPDATE odx_probe SET float = 'NaN', float_digits = 'NaN', monetary = 'NaN' WHERE id = %s", [odd.id])
    env.cr.execute("UPDATE odx_probe SET float = '-Infinity' WHERE id = %s", [env.ref("odx_probe.probe_archived").id])
    invalidate(env)


def set_second_company_value(env):
    company = env.ref("odx_probe.second_company")
    env.ref("odx_probe.probe_set").with_company(company).company_char = "second"


def fill_stream(env):
    """Rows with gaps between their ids, as deletions leave them, and ties in `bucket`."""
    env.cr.execute(
        """
        INSERT INTO odx_probe_stream (name, bucket, amount, active, create_uid, create_date, write_uid, write_date)
        SELECT 'row ' || n, n %% 10, n / 8.0, true, 1, now() AT TIME ZONE 'utc', 1, now() AT TIME ZONE 'utc'
        FROM generate_series(1, %s) AS n
        """,
        [STREAM_ROWS * 7 // 6],
    )
    env.cr.execute("DELETE FROM odx_probe_stream WHERE id %% %s = 0", [7])
