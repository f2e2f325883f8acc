//! What the archives hold.

use std::fs;
use std::process::Command;

use crate::support::{PUBLISHED, archives, run};

/// Of a crate's archive, in bytes.
const LARGEST: u64 = 400_000;

/// What cargo adds by itself.
const ADDED: [&str; 4] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

/// Files in an archive, without the folder that it unpacks to.
fn files(archive: &std::path::Path) -> Vec<String> {
    run(Command::new("tar").arg("-tzf").arg(archive))
        .lines()
        .map(|path| {
            let (_, path) = path.split_once('/').expect("a folder of the crate");
            path.to_owned()
        })
        .collect()
}

#[test]
fn an_archive_is_small() {
    for archive in archives() {
        let size = fs::metadata(archive).expect("an archive").len();
        println!("{size:>7} {}", archive.display());
        assert!(size < LARGEST, "{}: {size} bytes", archive.display());
    }
}

#[test]
fn an_archive_has_its_licences_and_a_readme() {
    for archive in archives() {
        let files = files(archive);
        for wanted in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
            assert!(
                files.iter().any(|file| file == wanted),
                "{}: no {wanted}",
                archive.display()
            );
        }
        let folder = archive.file_stem().expect("a name").display();
        let licence = run(Command::new("tar")
            .arg("-xzOf")
            .arg(archive)
            .arg(format!("{folder}/LICENSE-MIT")));
        assert!(
            licence.contains("Permission is hereby granted"),
            "{}: its licence is a link without a target",
            archive.display()
        );
    }
}

/// Tests and their recorded data stay behind.
#[test]
fn an_archive_holds_sources_and_nothing_else() {
    for (name, archive) in PUBLISHED.iter().zip(archives()) {
        let more: &[&str] = match *name {
            // The small company's Odoo, which is what the crate is for.
            "odx-sandbox" => &["company/"],
            _ => &[],
        };
        let files = files(archive);
        assert!(files.iter().any(|file| file.starts_with("src/")), "{name}");
        for file in files {
            let known = ADDED.contains(&file.as_str())
                || ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "build.rs"]
                    .contains(&file.as_str())
                || file.starts_with("src/")
                || more.iter().any(|folder| file.starts_with(folder));
            assert!(known, "{name}: {file}");
        }
    }
}
