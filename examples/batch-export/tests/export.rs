//! Exports from the sandbox, whole and broken off.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use batch_export::{ExportError, export_to, order_lines};
use example_connect::Backend;
use models::SaleOrderLine;
use odx_runtime::{Error, Model};
use odx_sandbox::{Fault, Server};
use serde_json::Value;

fn sandbox(backend: &Backend) -> &Server {
    backend.sandbox.as_ref().expect("a sandbox")
}

/// In pages of 50, so that there are several.
async fn export(backend: &Backend, file: &Path) -> Result<u64, ExportError> {
    let query = SaleOrderLine::all().page_size(50);
    export_to(file, order_lines(&backend.session(), query)).await
}

fn ids_of(text: &str) -> Vec<i64> {
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| row["id"].as_i64().unwrap()).collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The program, with a sandbox unless `variables` name an Odoo.
fn program(file: Option<&Path>, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batch-export"));
    command.env_remove("ODX_ODOO_URL").args(file);
    command.envs(variables.iter().copied()).output().unwrap()
}

#[tokio::test]
async fn the_file_holds_a_line_a_record() {
    let (backend, folder) = (
        Backend::sandbox().await.unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let file = folder.path().join("lines.jsonl");
    let rows = export(&backend, &file).await.unwrap();

    let stored = sandbox(&backend).database(|database| database.ids("sale.order.line"));
    let mut stored = stored.expect("a database in memory");
    stored.sort_unstable();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(ids_of(&text), stored);
    assert_eq!(rows, stored.len() as u64);
    assert!(text.ends_with("}\n"));
    assert!(
        sandbox(&backend).calls().len() > 1,
        "there are several pages"
    );
    assert_eq!(names_in(folder.path()), ["lines.jsonl"]);
}

#[tokio::test]
async fn a_line_has_ids_names_numbers_and_dates() {
    let (backend, folder) = (
        Backend::sandbox().await.unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let file = folder.path().join("lines.jsonl");
    export(&backend, &file).await.unwrap();

    let text = fs::read_to_string(&file).unwrap();
    let first = concat!(
        r#"{"id":1,"order_id":1,"order":"S00001","customer_id":6,"customer":"Café Mokka","#,
        r#""product_id":19,"product":"[ST-005] Coat Rack","quantity":6.0,"unit_price":79.0,"subtotal":474.0,"#,
        r#""created":"2025-02-12T12:26:00+00:00","changed":"2025-02-12T12:26:00+00:00"}"#,
    );
    assert_eq!(text.lines().next(), Some(first));
}

#[tokio::test]
async fn a_stream_that_fails_on_the_second_page_leaves_no_file() {
    let (backend, folder) = (
        Backend::sandbox().await.unwrap(),
        tempfile::tempdir().unwrap(),
    );
    fail_on_the_second_page(&backend);
    let error = export(&backend, &folder.path().join("lines.jsonl"))
        .await
        .unwrap_err();

    let ExportError::Read {
        rows: 50,
        source: Error::UpstreamUnreachable(_),
    } = error
    else {
        panic!("{error:?}");
    };
    assert!(names_in(folder.path()).is_empty());
}

#[tokio::test]
async fn a_stream_that_fails_leaves_an_existing_file_as_it_was() {
    let (backend, folder) = (
        Backend::sandbox().await.unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let file = folder.path().join("lines.jsonl");
    fs::write(&file, "of yesterday\n").unwrap();
    fail_on_the_second_page(&backend);
    export(&backend, &file).await.unwrap_err();

    assert_eq!(fs::read_to_string(&file).unwrap(), "of yesterday\n");
    assert_eq!(names_in(folder.path()), ["lines.jsonl"]);

    export(&backend, &file).await.unwrap();
    assert!(!ids_of(&fs::read_to_string(&file).unwrap()).is_empty());
}

fn fail_on_the_second_page(backend: &Backend) {
    sandbox(backend).fail_next(Fault::Delay(Duration::ZERO));
    sandbox(backend).fail_next(Fault::UpstreamUnreachable);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_and_the_permissions_of_the_file_are_kept() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (backend, folder) = (
        Backend::sandbox().await.unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let (file, link) = (
        folder.path().join("lines.jsonl"),
        folder.path().join("latest"),
    );
    fs::write(&file, "of yesterday\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    export(&backend, &link).await.unwrap();

    assert!(link.is_symlink());
    assert_ne!(fs::read_to_string(&file).unwrap(), "of yesterday\n");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn without_a_file_the_rows_go_to_standard_output() {
    let output = program(None, &[]);

    assert!(output.status.success());
    let rows = ids_of(&String::from_utf8(output.stdout).unwrap()).len();
    assert!(rows > 0);
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!("{rows} rows exported\n")
    );
}

#[test]
fn a_folder_in_place_of_the_file_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(Some(folder.path()), &[]);

    let path = folder.path().display();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "error: {path} is a folder or a device; name a file, or none for standard output\n"
        )
    );
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn a_missing_folder_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(Some(&folder.path().join("none/lines.jsonl")), &[]);

    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("see that its folder exists"), "{stderr}");
}

#[test]
fn an_unreachable_server_leaves_no_file_and_names_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("ODX_PROXY_URL", "http://127.0.0.1:1"),
        ("ODX_PROXY_KEY", "proxy-key"),
        ("ODX_ODOO_URL", "http://odoo.invalid"),
        ("ODX_ODOO_DB", "prod"),
        ("ODX_ODOO_USER_ID", "2"),
        ("ODX_ODOO_API_KEY", "odoo-key"),
    ];
    let output = program(Some(&folder.path().join("lines.jsonl")), &variables);

    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr.starts_with("error: no connection to the server"),
        "{stderr}"
    );
    assert!(stderr.contains("127.0.0.1"), "{stderr}");
    assert!(
        !stderr.contains("proxy-key") && !stderr.contains("odoo-key"),
        "{stderr}"
    );
    assert!(names_in(folder.path()).is_empty());
}
