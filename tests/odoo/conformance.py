"""Runs the official Python client against a proxy, in front of the Odoo of this folder.

Reads ODX_PROXY_URL, ODX_PROXY_KEY and the ODX_ODOO_* variables of `tests/odoo/odoo env`. Prints one line
a check, then `N passed, N failed`; the exit code is 1 if a check failed.
"""

import asyncio
import contextlib
import http.server
import json
import os
import socket
import sys
import threading
import traceback

import httpx
from terrakernel.odxproxyclient import (
    AsyncODXProxyClient,
    AuthError,
    InternalProxyError,
    InvalidActionError,
    InvalidRequestError,
    Json2UnavailableError,
    MissingFnNameError,
    OdooAccessError,
    OdooAuthError,
    OdooConnectError,
    OdooInstance,
    OdooLogicError,
    OdooNotFoundError,
    OdooServerError,
    OdooTimeoutError,
    OdooValidationError,
    ODXProxyClient,
    TransportError,
)

PROBE = "odx.probe"
PROXY_URL = os.environ["ODX_PROXY_URL"]
PROXY_KEY = os.environ["ODX_PROXY_KEY"]
ODOO = OdooInstance(
    url=os.environ["ODX_ODOO_URL"],
    db=os.environ["ODX_ODOO_DB"],
    user_id=int(os.environ["ODX_ODOO_USER_ID"]),
    api_key=os.environ["ODX_ODOO_API_KEY"],
)
LIMITED = OdooInstance(
    url=ODOO.url,
    db=ODOO.db,
    user_id=int(os.environ["ODX_ODOO_LIMITED_USER_ID"]),
    api_key=os.environ["ODX_ODOO_LIMITED_API_KEY"],
)

CHECKS = []


def check(function):
    """Registers a check; its docstring is the line that is printed."""
    CHECKS.append(function)
    return function


# --- helpers --------------------------------------------------------------------------------------


def expect(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


@contextlib.contextmanager
def raises(kind, code, *, status=None, odoo_error=None):
    """The block must raise exactly this class of the client, with this code."""
    try:
        yield
    except kind as error:
        expect(type(error), kind)
        expect(error.code, code)
        if status is not None:
            expect(error.http_status, status)
        if odoo_error is not None:
            expect(error.odoo_error_name, odoo_error)
    else:
        raise AssertionError(f"expected {kind.__name__}, but nothing was raised")


def instance(**changes):
    fields = {"url": ODOO.url, "db": ODOO.db, "user_id": ODOO.user_id, "api_key": ODOO.api_key}
    return OdooInstance(**{**fields, **changes})


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def server_that_answers(body):
    """Something at a URL that is no Odoo: it answers every POST with this text."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class ChangingTransport(httpx.HTTPTransport):
    """Changes the JSON of a request on its way: the client itself refuses to build a wrong one."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def handle_request(self, request):
        body = self.change(json.loads(request.content))
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        return super().handle_request(httpx.Request(request.method, request.url, headers=headers, json=body))


@contextlib.contextmanager
def session_with(change):
    transport = ChangingTransport(change)
    with httpx.Client(base_url=PROXY_URL, transport=transport, timeout=30) as http_client:
        yield ODXProxyClient(PROXY_URL, PROXY_KEY, http_client=http_client).session(ODOO)


@contextlib.contextmanager
def recording_session():
    """A session, and the list of the responses that it got."""
    responses = []
    with httpx.Client(base_url=PROXY_URL, timeout=30, event_hooks={"response": [responses.append]}) as http_client:
        yield ODXProxyClient(PROXY_URL, PROXY_KEY, http_client=http_client).session(ODOO), responses


# --- the ops calls --------------------------------------------------------------------------------


@check
def about(client, odoo):
    """about says build and version"""
    info = client.about()
    assert info.build and info.version, info


@check
def license_info(client, odoo):
    """license is flat and valid"""
    info = client.license()
    assert info.is_valid and info.licensee, info
    expect(len(info.valid_until.split("-")), 3)


@check
def metrics(client, odoo):
    """metrics are Prometheus lines, and count successful calls"""

    def successes():
        for line in client.metrics().splitlines():
            if line.startswith("odoo_success_response "):
                return float(line.split()[1])
        raise AssertionError("no line odoo_success_response")

    odoo.search_count(PROBE, params=[[]])
    before = successes()
    odoo.search_count(PROBE, params=[[]])
    assert successes() > before


@check
def version(client, odoo):
    """version is Odoo's own, without Odoo credentials"""
    info = client.odoo_version(ODOO.url)
    expect(info["server_serie"], "19.0")
    expect(info["protocol_version"], 1)


# --- the nine actions -----------------------------------------------------------------------------


@check
def search_count(client, odoo):
    """search_count gives a number"""
    expect(odoo.search_count("odx.probe.stream", params=[[]]), 12000)


@check
def search(client, odoo):
    """search gives ids, with limit, offset and order"""
    keyword = {"limit": 2, "offset": 1, "order": "id desc"}
    every = odoo.search("odx.probe.stream", params=[[]])
    expect(odoo.search("odx.probe.stream", params=[[]], keyword=keyword), sorted(every, reverse=True)[1:3])


@check
def read(client, odoo):
    """read gives records, and leaves missing ids out"""
    [probe] = odoo.search(PROBE, params=[[["code", "=", "SET"]]])
    [record] = odoo.read(PROBE, params=[[probe, 999_999_999], ["char", "tag_id", "date"]])
    expect(record["char"], "char")
    expect(record["tag_id"][1], "Red")
    expect(record["date"], "2024-02-29")


@check
def fields_get(client, odoo):
    """fields_get describes fields"""
    fields = odoo.fields_get(PROBE, params=[["name"]], keyword={"attributes": ["type", "required"]})
    expect(fields, {"name": {"type": "char", "required": True}})


@check
def search_read(client, odoo):
    """search_read takes a domain, fields and a context"""
    keyword = {"fields": ["char_translated"], "limit": 1, "context": {"lang": "fr_FR"}}
    [record] = odoo.search_read(PROBE, params=[[["code", "=", "SET"]]], keyword=keyword)
    expect(record["char_translated"], "Traduit")


@check
def create_write_unlink(client, odoo):
    """create, write and unlink: one id for one record, a list for a list, then true"""
    one = odoo.create("odx.probe.tag", params=[{"name": "one"}])
    assert isinstance(one, int), one
    many = odoo.create("odx.probe.tag", params=[[{"name": "two"}, {"name": "three"}]])
    expect([type(each) for each in many], [int, int])
    expect(odoo.write("odx.probe.tag", params=[[one, *many], {"color": 3}]), True)
    records = odoo.read("odx.probe.tag", params=[[one, *many], ["color"]])
    expect([record["color"] for record in records], [3, 3, 3])
    expect(odoo.unlink("odx.probe.tag", params=[[one, *many]]), True)
    expect(odoo.read("odx.probe.tag", params=[[one, *many], ["name"]]), [])


@check
def call_method(client, odoo):
    """call_method passes positional and named arguments"""
    echo = odoo.call_method(PROBE, "echo", params=[[1], "a"], keyword={"x": 1, "context": {"tz": "Asia/Tokyo"}})
    expect(echo, {"ids": [1], "args": ["a"], "kwargs": {"x": 1}, "context": {"tz": "Asia/Tokyo"}})


@check
def falsy_results(client, odoo):
    """results of false, 0 and [] are results"""
    expect(odoo.call_method(PROBE, "answer_false", params=[[1]]), False)
    expect(odoo.search_count(PROBE, params=[[["id", "=", 0]]]), 0)
    expect(odoo.search(PROBE, params=[[["id", "=", 0]]]), [])


@check
def no_result(client, odoo):
    """a method that returns None gives null, which Odoo leaves out"""
    expect(odoo.call_method(PROBE, "answer_none", params=[[1]]), None)


@check
def asynchronous_client(client, odoo):
    """the asynchronous client gets the same, many at once"""

    async def counts():
        async with AsyncODXProxyClient(PROXY_URL, PROXY_KEY) as asynchronous:
            session = asynchronous.session(ODOO)
            return await asyncio.gather(*(session.search_count("odx.probe.stream", params=[[]]) for _ in range(8)))

    expect(asyncio.run(counts()), [12000] * 8)


# --- the wire -------------------------------------------------------------------------------------


@check
def request_id(client, odoo):
    """the id of a request comes back"""
    with recording_session() as (session, responses):
        session.search_count(PROBE, params=[[]], request_id="an id of mine")
        expect(responses[0].json()["id"], "an id of mine")


@check
def compression(client, odoo):
    """a long answer comes compressed"""
    with recording_session() as (session, responses):
        session.fields_get("res.partner")
        assert responses[0].headers.get("content-encoding") in ("gzip", "br", "deflate"), responses[0].headers


@check
def aliases(client, odoo):
    """/v1/odoo/version answers as /api/odoo/version does"""
    request = {"id": "1", "url": ODOO.url}
    response = httpx.post(f"{PROXY_URL}/v1/odoo/version", json=request, headers={"x-api-key": PROXY_KEY})
    expect(response.json()["result"], client.odoo_version(ODOO.url))


# --- the proxy's errors ---------------------------------------------------------------------------


@check
def wrong_proxy_key(client, odoo):
    """a wrong proxy key is AuthError"""
    with ODXProxyClient(PROXY_URL, "not the key") as stranger, raises(AuthError, -32000, status=401):
        stranger.session(ODOO).search_count(PROBE, params=[[]])


@check
def invalid_action(client, odoo):
    """a tenth action is InvalidActionError"""
    with session_with(lambda body: {**body, "action": "read_group"}) as session:
        with raises(InvalidActionError, -32001, status=400):
            session.search(PROBE, params=[[]])


@check
def missing_fn_name(client, odoo):
    """call_method without fn_name is MissingFnNameError"""
    with session_with(lambda body: {**body, "fn_name": None}) as session:
        with raises(MissingFnNameError, -32002, status=400):
            session.call_method(PROBE, "echo", params=[[1]])


@check
def upstream_timeout(client, odoo):
    """an Odoo that takes longer than x-request-timeout is OdooTimeoutError"""
    with raises(OdooTimeoutError, -32003, status=504):
        odoo.call_method(PROBE, "sleep", params=[4], timeout_secs=1)


@check
def long_enough_timeout(client, odoo):
    """a call within its x-request-timeout succeeds"""
    expect(odoo.call_method(PROBE, "sleep", params=[1], timeout_secs=10), 1)


@check
def unreachable_odoo(client, odoo):
    """an Odoo that does not listen is OdooConnectError, for calls and for the version"""
    url = f"http://127.0.0.1:{closed_port()}"
    with raises(OdooConnectError, -32004, status=502):
        client.session(instance(url=url)).search_count(PROBE, params=[[]])
    with raises(OdooConnectError, -32004, status=502):
        client.odoo_version(url)


@check
def not_an_odoo(client, odoo):
    """an answer that is no JSON is InternalProxyError"""
    with server_that_answers(b"<html>It works!</html>") as url, raises(InternalProxyError, -32005, status=500):
        client.session(instance(url=url)).search_count(PROBE, params=[[]])


@check
def malformed_request(client, odoo):
    """a body without its members is a plain 422, which is no error of Odoo"""
    with session_with(lambda body: {"id": body["id"]}) as session, raises(TransportError, 422, status=422):
        session.search_count(PROBE, params=[[]])


# --- Odoo's errors --------------------------------------------------------------------------------

ODOO_ERRORS = {
    "raise_user_error": "odoo.exceptions.UserError",
    "raise_validation_error": "odoo.exceptions.ValidationError",
    "raise_access_error": "odoo.exceptions.AccessError",
    "raise_missing_error": "odoo.exceptions.MissingError",
    "raise_redirect_warning": "odoo.exceptions.RedirectWarning",
    "raise_zero_division": "builtins.ZeroDivisionError",
    "raise_unique_violation": "odoo.exceptions.ValidationError",
}


@check
def business_errors(client, odoo):
    """an error in Odoo is OdooLogicError with Odoo's class, and no licence error for its code 0"""
    for method, name in ODOO_ERRORS.items():
        with raises(OdooLogicError, 0, status=200, odoo_error=name):
            odoo.call_method(PROBE, method, params=[[1]])


@check
def error_data(client, odoo):
    """the data of an error are Odoo's"""
    try:
        odoo.call_method(PROBE, "raise_redirect_warning", params=[[1]])
    except OdooLogicError as error:
        expect(error.data["arguments"][0], "A redirect warning")
        expect(error.data["arguments"][2], "Go there")


@check
def wrong_odoo_key(client, odoo):
    """a wrong key of Odoo is Odoo's AccessDenied, not the proxy's AuthError"""
    with raises(OdooLogicError, 0, status=200, odoo_error="odoo.exceptions.AccessDenied"):
        client.session(instance(api_key="not the key")).search_count(PROBE, params=[[]])


@check
def wrong_database(client, odoo):
    """a database that does not exist is Odoo's error"""
    with raises(OdooLogicError, 0, status=200):
        client.session(instance(db="no_such_database")).search_count(PROBE, params=[[]])


@check
def unknown_model(client, odoo):
    """a model that does not exist is Odoo's UserError"""
    with raises(OdooLogicError, 0, status=200, odoo_error="odoo.exceptions.UserError"):
        odoo.search_count("no.such.model", params=[[]])


@check
def no_access(client, odoo):
    """a model that the user may not read is Odoo's AccessError"""
    # That of the addon: tests that were cut short may have left others.
    domain = [["name", "=", "Secret"]]
    expect(odoo.search_count("odx.probe.secret", params=[domain]), 1)
    with raises(OdooLogicError, 0, status=200, odoo_error="odoo.exceptions.AccessError"):
        client.session(LIMITED).search_count("odx.probe.secret", params=[domain])


# --- v2 -------------------------------------------------------------------------------------------


def session_v2(client, *, context=None, **changes):
    fields = {"url": ODOO.url, "db": ODOO.db, "api_key": ODOO.api_key}
    return client.for_instance_v2(**{**fields, **changes}, context=context)


@check
def version_v2(client, odoo):
    """v2: the version is that of /json/version, and this Odoo can be reached through v2"""
    info = client.odoo_version_v2(ODOO.url)
    expect(info["version_info"][:2], [19, 0])
    expect(client.supports_v2(ODOO.url), True)


@check
def reads_v2(client, odoo):
    """v2: search, search_count, read, search_read and fields_get take named arguments"""
    named = session_v2(client)
    expect(named.search_count("odx.probe.stream", []), 12000)
    [probe] = named.search(PROBE, [["code", "=", "SET"]], limit=1)
    [record] = named.read(PROBE, [probe, 999_999_999], fields=["char", "tag_id", "date"])
    expect((record["char"], record["tag_id"][1], record["date"]), ("char", "Red", "2024-02-29"))
    [row] = named.search_read(PROBE, [["code", "=", "SET"]], fields=["char"], limit=1, order="id")
    expect(row, {"id": probe, "char": "char"})
    fields = named.fields_get(PROBE, allfields=["name"], attributes=["type", "required"])
    expect(fields, {"name": {"type": "char", "required": True}})


@check
def default_context_v2(client, odoo):
    """v2: the session's context counts, and the call's own keys win"""
    named = session_v2(client, context={"lang": "fr_FR"})
    domain = [["code", "=", "SET"]]
    [french] = named.search_read(PROBE, domain, fields=["char_translated"])
    [english] = named.search_read(PROBE, domain, fields=["char_translated"], context={"lang": "en_US"})
    expect(french["char_translated"], "Traduit")
    assert english["char_translated"] != "Traduit", english


@check
def writes_v2(client, odoo):
    """v2: create always gives a list; write and unlink give true"""
    named = session_v2(client)
    ids = named.create("odx.probe.tag", {"name": "one"})
    ids += named.create("odx.probe.tag", [{"name": "two"}, {"name": "three"}])
    expect([type(each) for each in ids], [int, int, int])
    expect(named.write("odx.probe.tag", ids, {"color": 3}), True)
    expect([record["color"] for record in named.read("odx.probe.tag", ids, fields=["color"])], [3, 3, 3])
    expect(named.unlink("odx.probe.tag", ids), True)
    expect(named.read("odx.probe.tag", ids, fields=["name"]), [])


@check
def methods_v2(client, odoo):
    """v2: any public method is called, and results of None, false and 0 are results"""
    named = session_v2(client)
    expect(named.call_method(PROBE, "answer_none", ids=[1]), None)
    expect(named.call_method(PROBE, "answer_false", ids=[1]), False)
    expect(named.search_count(PROBE, [["id", "=", 0]]), 0)
    expect(named.call_method("res.users", "context_get")["uid"], ODOO.user_id)


@check
def asynchronous_client_v2(client, odoo):
    """v2: the asynchronous client gets the same, many at once"""

    async def counts():
        async with AsyncODXProxyClient(PROXY_URL, PROXY_KEY) as asynchronous:
            named = session_v2(asynchronous)
            return await asyncio.gather(*(named.search_count("odx.probe.stream", []) for _ in range(8)))

    expect(asyncio.run(counts()), [12000] * 8)


@check
def errors_v2(client, odoo):
    """v2: the status of Odoo is the code, and each class of error is the client's own"""
    named = session_v2(client)
    for method, kind, code in [
        ("raise_user_error", OdooValidationError, 422),
        ("raise_validation_error", OdooValidationError, 422),
        ("raise_unique_violation", OdooValidationError, 422),
        ("raise_access_error", OdooAccessError, 403),
        ("raise_missing_error", OdooNotFoundError, 404),
        ("raise_redirect_warning", OdooServerError, 500),
        ("raise_zero_division", OdooServerError, 500),
    ]:
        with raises(kind, code, status=200, odoo_error=ODOO_ERRORS[method]):
            named.call_method(PROBE, method, ids=[1])
    with raises(OdooNotFoundError, 404, status=200):
        named.search_count("no.such.model", [])
    with raises(OdooValidationError, 422, status=200):
        named.call_method(PROBE, "search", kwargs={"domain": [], "nope": 1})
    with raises(OdooAccessError, 403, status=200):
        named.call_method(PROBE, "_search", kwargs={"domain": []})
    with raises(OdooAccessError, 403, status=200, odoo_error="odoo.exceptions.AccessError"):
        session_v2(client, api_key=LIMITED.api_key).search_count("odx.probe.secret", [])


@check
def refused_v2(client, odoo):
    """v2: a wrong key, database, name, address and proxy key are told apart"""
    with raises(OdooAuthError, 401, status=200):
        session_v2(client, api_key="not the key").search_count(PROBE, [])
    with raises(Json2UnavailableError, -32006, status=200):
        session_v2(client, db="no_such_database").search_count(PROBE, [])
    with raises(InvalidRequestError, -32007, status=400):
        session_v2(client).search_count("res/partner", [])
    with raises(OdooConnectError, -32004, status=502):
        session_v2(client, url=f"http://127.0.0.1:{closed_port()}").search_count(PROBE, [])
    with server_that_answers(b"<html>It works!</html>") as url, raises(InternalProxyError, -32005, status=500):
        session_v2(client, url=url).search_count(PROBE, [])
    with ODXProxyClient(PROXY_URL, "not the key") as stranger, raises(AuthError, -32000, status=401):
        session_v2(stranger).search_count(PROBE, [])


@check
def upstream_timeout_v2(client, odoo):
    """v2: an Odoo that takes longer than x-request-timeout is OdooTimeoutError"""
    with raises(OdooTimeoutError, -32003, status=504):
        session_v2(client).call_method(PROBE, "sleep", kwargs={"seconds": 4}, timeout_secs=1)


def main():
    failed = 0
    with ODXProxyClient(PROXY_URL, PROXY_KEY, default_timeout_secs=60) as client:
        odoo = client.session(ODOO)
        for function in CHECKS:
            try:
                function(client, odoo)
            except Exception:
                failed += 1
                print(f"FAILED  {function.__doc__}", flush=True)
                traceback.print_exc(limit=-1, chain=False)
            else:
                print(f"ok      {function.__doc__}", flush=True)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
