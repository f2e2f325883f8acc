"""What other programs make of an export: `sums FILES KEY AMOUNT` by DuckDB and by Polars, where KEY may be a part of a struct;
`loop URL FILE` is the export that somebody would write in Python, with orjson and pyarrow."""

import json
import sys


def sums(files, key, amount):
    import duckdb
    import polars

    path = ".".join(f'"{part}"' for part in key.split("."))
    by_duckdb = duckdb.execute(
        f'SELECT {path}, count(*), CAST(sum("{amount}") AS DOUBLE) FROM read_parquet($1) GROUP BY ALL ORDER BY ALL', [files]
    ).fetchall()
    column, *parts = key.split(".")
    column = polars.col(column)
    for part in parts:
        column = column.struct.field(part)
    frame = polars.scan_parquet(files).group_by(column.alias("key"))
    frame = frame.agg(polars.len().alias("n"), polars.col(amount).sum().cast(polars.Float64)).sort("key").collect()
    print(json.dumps({"duckdb": by_duckdb, "polars": frame.rows()}))


def loop(url, path):
    import orjson
    import pyarrow
    import pyarrow.parquet
    import requests

    pair = pyarrow.struct([("id", pyarrow.int64()), ("name", pyarrow.string())])
    schema = pyarrow.schema(
        [
            ("id", pyarrow.int64()),
            ("name", pyarrow.string()),
            ("amount", pyarrow.float64()),
            ("partner_id", pair),
            ("state", pyarrow.dictionary(pyarrow.int32(), pyarrow.string())),
            ("date", pyarrow.timestamp("us", tz="UTC")),
        ]
    )
    import datetime

    def row(record):
        partner = record["partner_id"]
        record["partner_id"] = {"id": partner[0], "name": partner[1]} if partner else None
        record["date"] = datetime.datetime.fromisoformat(record["date"]).replace(tzinfo=datetime.timezone.utc)
        record["state"] = record["state"] or None
        record["name"] = record["name"] or None
        return record

    session = requests.Session()
    session.headers["Authorization"] = "bearer key"
    last = 0
    with pyarrow.parquet.ParquetWriter(path, schema, compression="snappy") as writer:
        while True:
            body = {
                "domain": [["id", ">", last]],
                "fields": schema.names,
                "order": "id",
                "limit": 1000,
            }
            answer = session.post(
                f"{url}/json/2/x.line/search_read",
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json", "X-Odoo-Database": "db"},
            )
            answer.raise_for_status()
            records = orjson.loads(answer.content)
            if not records:
                break
            last = records[-1]["id"]
            writer.write_table(pyarrow.Table.from_pylist([row(record) for record in records], schema=schema))


command, *arguments = sys.argv[1:]
{"sums": sums, "loop": loop}[command](*arguments)
