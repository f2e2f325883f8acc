//! The size and the hash of content.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

/// Content as it goes by.
#[derive(Clone, Default)]
pub(super) struct Digest {
    hash: Sha1,
    pub(super) size: u64,
}

impl Digest {
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.size += piece.len() as u64;
    }

    /// The SHA-1 of what went by, as Odoo writes it.
    pub(super) fn sha1(&self) -> String {
        let hash = self.hash.clone().finalize();
        hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("BUG: a text takes what is written");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_odoo() {
        let mut digest = Digest::default();
        assert_eq!(digest.sha1(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        digest.add(b"hel");
        digest.add(b"lo");
        assert_eq!(digest.sha1(), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert_eq!(digest.size, 5);
    }
}
