//! Which types of fields have which operators, each asked on a field of its type.

use chrono::NaiveDate;
use odx_live::models::{OdxProbe, OdxProbeSelection};
use odx_runtime::Domain;
use odx_runtime::model::RecordRef;

use crate::World;

/// A group of operators.
pub struct Class {
    /// Its heading.
    pub title: &'static str,
    /// Its operators.
    pub operators: &'static str,
}

/// The groups of operators, in the order of [`Kind::domains`].
pub const CLASSES: [Class; 6] = [
    Class {
        title: "set",
        operators: "`is_set`, `is_unset`",
    },
    Class {
        title: "equal",
        operators: "`eq`, `ne`, `eq_if_set`, `is_in`, `not_in`",
    },
    Class {
        title: "order",
        operators: "`lt`, `le`, `gt`, `ge`, `between`",
    },
    Class {
        title: "pattern",
        operators: "`like`, `ilike`, `eq_like`, `eq_ilike` and their opposites",
    },
    Class {
        title: "hierarchy",
        operators: "`child_of`, `parent_of`",
    },
    Class {
        title: "related",
        operators: "`hop`, `then`, `any`, `not_any`",
    },
];

/// A type of field.
pub struct Kind {
    /// Odoo's name of it.
    pub name: &'static str,
    /// The domains of each class that the type has.
    pub domains: fn(&'static crate::Fields, &World) -> [Vec<Domain<OdxProbe>>; 6],
}

macro_rules! kinds {
    ($p:ident, $w:ident; $($name:literal $field:ident $value:tt: $($class:ident)*;)*) => {
        vec![$(Kind {
            name: $name,
            domains: |$p, $w| {
                let _ = $w;
                let mut domains: [Vec<Domain<OdxProbe>>; 6] = Default::default();
                domains[0] = vec![$p.$field.is_set(), $p.$field.is_unset()];
                $(kinds!(@$class domains, $p, $field, $value, $w);)*
                domains
            },
        }),*]
    };
    (@equal $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        $domains[1] = vec![
            $p.$field.eq($value),
            $p.$field.ne($value),
            $p.$field.eq_if_set(Some($value)),
            $p.$field.is_in([$value]),
            $p.$field.not_in([$value]),
        ];
    };
    (@order $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        $domains[2] = vec![
            $p.$field.lt($value),
            $p.$field.le($value),
            $p.$field.gt($value),
            $p.$field.ge($value),
            $p.$field.between($value, $value),
        ];
    };
    (@pattern $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        kinds!(@like $domains, $p, $field, "e", "E", "%e%", "%E%");
    };
    // A letter that the records of the world have, and no other record of a server.
    (@name $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        kinds!(@like $domains, $p, $field, "b", "B", "%b%", "%B%");
    };
    (@like $domains:ident, $p:ident, $field:ident, $lower:literal, $upper:literal, $any_lower:literal, $any_upper:literal) => {
        $domains[3] = vec![
            $p.$field.like($lower),
            $p.$field.not_like($lower),
            $p.$field.ilike($upper),
            $p.$field.not_ilike($upper),
            $p.$field.eq_like($any_lower),
            $p.$field.not_eq_like($any_lower),
            $p.$field.eq_ilike($any_upper),
            $p.$field.not_eq_ilike($any_upper),
        ];
    };
    (@hierarchy $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        $domains[4] = vec![$p.$field.child_of([$value]), $p.$field.parent_of([$value])];
    };
    (@related $domains:ident, $p:ident, $field:ident, $value:tt, $w:ident) => {
        $domains[5] = vec![
            $p.$field.hop(|far| far.name).like("e"),
            $p.$field.any(|far| far.name.like("e")),
            $p.$field.not_any(|far| far.name.like("e")),
        ];
    };
}

/// Every type of field.
pub fn kinds() -> Vec<Kind> {
    const DAY: NaiveDate = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    kinds! { p, w;
        "char" char "beech": equal order pattern;
        "text" text "two": equal order pattern;
        "html" html "<p>wood</p>": equal order pattern;
        "integer" integer 5: equal order;
        "float" float 2.5: equal order;
        "monetary" monetary 5.5: equal order;
        "boolean" boolean true: equal;
        "date" date DAY: equal order;
        "datetime" datetime DAY: equal order;
        "selection" selection (OdxProbeSelection::Draft): equal order pattern;
        "reference" reference (RecordRef::to(w.red)): equal order pattern;
        "many2one_reference" res_id (w.red): equal order;
        "id" id (w.beech): equal order hierarchy;
        "many2one" parent_id (w.beech): equal name hierarchy related;
        "one2many" child_ids (w.beech): equal name hierarchy related;
        "many2many" tag_ids (w.red): equal name related;
        "binary" binary (): ;
        "json" json (): ;
    }
}
