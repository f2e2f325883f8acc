//! The flags of fields, as the tables of generated code have them.

/// A row of the table of flags.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its letter in the tables.
    pub letter: char,
    /// Its bit.
    pub bit: u16,
}

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $letter:literal, $place:literal;)*) => {
        /// The bits of the flags.
        pub mod flags {
            $($(#[$doc])* pub const $name: u16 = 1 << $place;)*
        }

        /// Every flag. Letters stand in this order.
        pub const FLAGS: &[Flag] = &[$(Flag { letter: $letter, bit: flags::$name }),*];
    };
}

flags! {
    /// A record cannot be without a value (`required` of `fields_get`).
    REQUIRED = 'r', 0;
    /// The value has a column or a table (`store`).
    STORED = 's', 1;
    /// May stand in a domain (`searchable`).
    SEARCH = 'd', 2;
    /// May stand in an order (`sortable`).
    SORT = 'o', 3;
    /// May be grouped by (`groupable`).
    GROUP = 'g', 4;
    /// A write changes it. Odoo ignores writes to `id`, the log fields and computed fields without inverse.
    WRITE = 'w', 5;
    /// A create may leave it out: it has a default, is computed, or the schema does not tell.
    DEFAULT = 'f', 6;
    /// Has one value a company.
    COMPANY = 'c', 7;
    /// Has one value a language.
    TRANSLATE = 't', 8;
    /// Is kept out of forms' reach (`readonly`), though a write would change it.
    READONLY = 'l', 9;
    /// Has no column of its own: it is read through other fields (`related`, not stored).
    RELATED = 'v', 10;
}

impl Flag {
    /// The letters of the flags that are set, in the order of the table.
    pub fn letters(bits: u16) -> impl Iterator<Item = char> {
        FLAGS
            .iter()
            .filter(move |flag| bits & flag.bit != 0)
            .map(|flag| flag.letter)
    }
}

/// The markers in `odx_runtime::model` for what Odoo lets a field be used for, by the bits search (8), sort (4), group (2)
/// and write (1).
pub const CAPABILITIES: &[&str; 16] = &[
    "Read",
    "Write",
    "Group",
    "GroupWrite",
    "Sort",
    "SortWrite",
    "SortGroup",
    "SortGroupWrite",
    "Search",
    "SearchWrite",
    "SearchGroup",
    "SearchGroupWrite",
    "SearchSort",
    "SearchSortWrite",
    "SearchSortGroup",
    "Full",
];

/// The marker for a field with these flags.
pub fn capability(bits: u16) -> &'static str {
    let used = [flags::SEARCH, flags::SORT, flags::GROUP, flags::WRITE];
    CAPABILITIES[used
        .into_iter()
        .fold(0, |index, bit| index << 1 | usize::from(bits & bit != 0))]
}

/// Fields that Odoo writes itself, in every model; what a client writes to them is ignored.
pub const KEPT_BY_ODOO: &[&str] = &[
    "id",
    "display_name",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "__last_update",
];

/// Whether a write changes a field with these attributes of `fields_get`. What a client writes to others is dropped without a
/// word.
pub fn takes_writes(name: &str, store: bool, readonly: bool) -> bool {
    !KEPT_BY_ODOO.contains(&name) && (store || !readonly)
}

/// Whether Odoo works a field with these attributes of `fields_get` out, and lets no form change it. A write is taken where the
/// field is stored, and lasts until Odoo works it out again.
pub fn is_worked_out(readonly: bool, computed: bool, related: bool) -> bool {
    readonly && (computed || related)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_its_own_letter_and_bit() {
        for (index, flag) in FLAGS.iter().enumerate() {
            for other in &FLAGS[index + 1..] {
                assert!(flag.letter != other.letter && flag.bit & other.bit == 0);
            }
        }
        assert_eq!(capability(flags::SEARCH | flags::WRITE), "SearchWrite");
        assert_eq!(capability(u16::MAX), "Full");
        assert_eq!(capability(0), "Read");
        let bits = flags::REQUIRED | flags::TRANSLATE;
        assert_eq!(Flag::letters(bits).collect::<String>(), "rt");
    }
}
