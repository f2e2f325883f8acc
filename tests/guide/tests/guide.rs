//! Every code block of the guide and the README, compiled, and run against a small company's sandbox.

use std::{collections::BTreeSet, fs, path::Path};

use example_connect::Backend;
use odx_runtime::Session;

type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A small company's Odoo, of one block alone.
struct Company(Backend);

impl Company {
    async fn start() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(Backend::sandbox().await?))
    }

    fn session(&self) -> Session {
        self.0.session()
    }
}

/// What every block finds in scope beside `odoo`.
#[allow(unused_imports)]
mod scope {
    pub(super) use models::prelude::*;
}

#[allow(
    clippy::all,
    dead_code,
    unreachable_code,
    unreachable_pub,
    unused_imports,
    unused_variables
)]
mod pages {
    use super::{Company, Done, scope};

    include!(concat!(env!("OUT_DIR"), "/pages.rs"));
}

fn docs() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// What stands between `](` and `)` in a page, without what follows `#`; addresses of the web left out.
fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter_map(|link| link.split('#').next())
        .filter(|link| !link.is_empty() && !link.contains(':') && !link.contains(' '))
}

#[test]
fn every_page_stands_in_the_summary() {
    let docs = docs();
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).expect("the summary");
    let listed: BTreeSet<_> = links(&summary).map(str::to_owned).collect();
    let pages: BTreeSet<_> = fs::read_dir(&docs)
        .expect("the folder")
        .map(|entry| {
            entry
                .expect("a page")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
        .collect();
    assert_eq!(listed, pages);
}

#[test]
fn every_link_of_the_guide_leads_to_a_file() {
    let docs = docs();
    let mut followed = 0;
    for entry in fs::read_dir(&docs).expect("the folder") {
        let path = entry.expect("a page").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let page = fs::read_to_string(&path).expect("a page");
        for link in links(&page) {
            assert!(docs.join(link).exists(), "{}: {link}", path.display());
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed} links");
}
