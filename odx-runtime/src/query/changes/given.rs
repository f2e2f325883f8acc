//! What was given lately.

use std::hash::Hasher;

use fnv::FnvHasher;

/// A hash that stays the same from process to process and from release to release.
pub(super) fn hash(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> u64 {
    let mut hasher = FnvHasher::default();
    for part in parts {
        hasher.write(part.as_ref());
        // Parts the parts: no UTF-8 has this byte.
        hasher.write(&[0xff]);
    }
    hasher.finish()
}

/// A record that was given, and what it was then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) id: u32,
    pub(super) hash: u64,
}

/// Records that were given, by rising ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GivenList(Vec<Given>);

impl GivenList {
    fn place(&self, id: u32) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |given| given.id)
    }

    pub(super) fn has(&self, given: Given) -> bool {
        self.place(given.id)
            .is_ok_and(|at| self.0[at].hash == given.hash)
    }

    /// Adds a record, or takes it for what was known of it.
    pub(super) fn insert(&mut self, given: Given) {
        match self.place(given.id) {
            Ok(at) => self.0[at] = given,
            Err(at) => self.0.insert(at, given),
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        if let Ok(at) = self.place(id) {
            self.0.remove(at);
        }
    }

    /// Those beyond an id.
    pub(super) fn beyond(&self, id: u32) -> &[Given] {
        let from = self.0.partition_point(|given| given.id <= id);
        &self.0[from..]
    }
}

impl FromIterator<Given> for GivenList {
    fn from_iter<I: IntoIterator<Item = Given>>(given: I) -> Self {
        let mut list: Vec<Given> = given.into_iter().collect();
        list.sort_by_key(|given| given.id);
        Self(list)
    }
}
