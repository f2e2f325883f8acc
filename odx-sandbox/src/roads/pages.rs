//! The pages that come in place of JSON: werkzeug's, Odoo's, and those of a server in front of it.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use odx_facts::Series;

use super::behaviour;
use super::odxproxy::ProxyError;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The content type of JSON.
pub(crate) fn json_type(series: Series) -> HeaderValue {
    HeaderValue::from_static(match behaviour::JSON_NAMES_ITS_CHARSET.holds(series) {
        true => "application/json; charset=utf-8",
        false => "application/json",
    })
}

/// A page of werkzeug's: the status, its name, and a text, if it is not the usual one.
pub(crate) fn page(series: Series, status: StatusCode, text: Option<&str>) -> Response {
    let name = match status {
        StatusCode::INTERNAL_SERVER_ERROR => "Internal Server Error",
        status => status.canonical_reason().unwrap_or_default(),
    };
    let text = text.unwrap_or(match status {
        StatusCode::INTERNAL_SERVER_ERROR => {
            "The server encountered an internal error and was unable to complete your request. Either the server is \
             overloaded or there is an error in the application."
        }
        StatusCode::METHOD_NOT_ALLOWED => "The method is not allowed for the requested URL.",
        _ => {
            "The requested URL was not found on the server. If you entered the URL manually please check your spelling and \
             try again."
        }
    });
    let head = match behaviour::PAGES_ARE_HTML_5.holds(series) {
        true => "<!doctype html>\n<html lang=en>\n",
        false => "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n",
    };
    let code = status.as_u16();
    html(
        status,
        format!("{head}<title>{code} {name}</title>\n<h1>{name}</h1>\n<p>{text}</p>\n"),
    )
}

/// A page of this text.
pub(crate) fn html(status: StatusCode, text: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, HTML)], text.into()).into_response()
}

/// A request to a JSON route that does not say that it is JSON.
pub(crate) fn wrong_content_type(series: Series, route: &str, kind: &str) -> Response {
    if !behaviour::NAMES_WRONG_CONTENT_TYPE.holds(series) {
        let text = "Session expired (invalid CSRF token)";
        return page(series, StatusCode::BAD_REQUEST, Some(text));
    }
    let route = route.replace('<', "&lt;").replace('>', "&gt;");
    if !behaviour::WRONG_CONTENT_TYPE_IS_415.holds(series) {
        let text = format!(
            "Request inferred type is compatible with [&#x27;http&#x27;] but &#x27;{route}&#x27; is type=&#x27;{kind}&#x27;."
        );
        return page(series, StatusCode::BAD_REQUEST, Some(&text));
    }
    let text = format!(
        "Request inferred type is compatible with [&#39;http&#39;] but &#39;{route}&#39; is type=&#39;{kind}&#39;.<br><br>Please \
         verify the Content-Type request header and try again."
    );
    page(series, StatusCode::UNSUPPORTED_MEDIA_TYPE, Some(&text))
}

/// What Odoo 19 sends where a request names no database that there is, and there is not just one.
pub(crate) fn no_database() -> Response {
    html(
        StatusCode::NOT_FOUND,
        "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was \
         not found in the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try \
         again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n",
    )
}

/// What a server in front of Odoo, such as nginx, sends where it cannot pass a request on.
pub(crate) fn gateway(error: &ProxyError) -> Response {
    let status = error.status();
    let name = status.canonical_reason().unwrap_or_default();
    let code = status.as_u16();
    html(
        status,
        format!(
            "<html>\r\n<head><title>{code} {name}</title></head>\r\n<body>\r\n<center><h1>{code} {name}</h1></center>\r\n</body>\r\n\
             </html>\r\n"
        ),
    )
}

/// A redirect to the page where a browser logs in.
pub(crate) fn to_login(series: Series, to: &str) -> Response {
    let head = match behaviour::PAGES_ARE_HTML_5.holds(series) {
        true => "<!doctype html>\n<html lang=en>\n",
        false => "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n",
    };
    let text = format!(
        "{head}<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be redirected automatically to target URL: <a \
         href=\"{to}\">{to}</a>. If not click the link.\n"
    );
    let to = [(header::LOCATION, to.to_owned())];
    (to, html(StatusCode::SEE_OTHER, text)).into_response()
}
