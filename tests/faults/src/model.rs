//! The model of the tests, as the generator writes one.

use odx_runtime::model::*;

/// Probe (`x.probe`).
pub struct Probe {
    /// ID.
    pub id: Id<Probe>,
    /// Name.
    pub name: Option<String>,
    /// Count.
    pub count: i64,
    /// Weight.
    pub weight: f64,
    /// Parent.
    pub parent_id: Option<Many2one<Probe>>,
    /// Children.
    pub child_ids: Vec<Id<Probe>>,
    /// Data.
    pub data: Option<JsonValue>,
}

/// The fields of [`Probe`].
pub struct ProbeFields {
    /// ID. Integer.
    pub id: Field<Probe, Key<Probe>, SearchSortGroup>,
    /// Name. Char.
    pub name: Field<Probe, Char>,
    /// Count. Integer.
    pub count: Field<Probe, Integer>,
    /// Weight. Float.
    pub weight: Field<Probe, Float>,
    /// Parent. Many2one of [`Probe`].
    pub parent_id: Field<Probe, ToOne<Probe>>,
    /// Children. One2many of [`Probe`].
    pub child_ids: Field<Probe, ToMany<Probe>, SearchWrite>,
    /// Data. Json.
    pub data: Field<Probe, Json, Read>,
}

odx_runtime::model! {
    Probe, ProbeFields, "x.probe", related { id: 0, name: 1, count: 2, weight: 3, parent_id: 4, child_ids: 5, data: 6 }
    "
id integer sdog
name char sdogw
count integer sdogw
weight float sdogw
parent_id many2one sdogw x.probe
child_ids one2many dw x.probe
data json s
"
}

odx_runtime::record! {
    Probe { id, name, count, weight, parent_id, child_ids, data }
}

fn related() -> Related {
    Related {
        models: const { &[("x.probe", Table::of::<Probe>())] },
        selections: &[],
        series: "",
    }
}
