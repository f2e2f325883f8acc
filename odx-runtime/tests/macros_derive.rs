//! `#[derive(OdooModel)]`: projections of generated models, and models without generated code.

#![deny(warnings)]

#[path = "support/models.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses a part of the models"
)]
mod models;

use models::{ResCountry, ResPartner, ResPartnerType};
use odx_runtime::{
    Id, Many2one, Model, OdooModel, domain,
    model::{
        Absent, DateTime, FieldType, JsonValue, NaiveDate, Projection, Property, Selection, Utc,
        decode_rows, flags,
    },
    values,
};
use serde_json::json;

#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
struct Contact {
    id: Id<ResPartner>,
    name: Option<String>,
    #[odoo(field = "country_id")]
    country: Option<Many2one<ResCountry>>,
    r#type: Option<ResPartnerType>,
    child_ids: Vec<Id<ResPartner>>,
    date: Option<NaiveDate>,
    create_date: JsonValue,
}

fn names<P: Projection>() -> Vec<&'static str> {
    P::fields().iter().map(|field| field.name()).collect()
}

#[test]
fn a_projection_reads_its_own_fields() {
    assert_eq!(
        names::<Contact>(),
        [
            "id",
            "name",
            "country_id",
            "type",
            "child_ids",
            "date",
            "create_date"
        ]
    );
    let rows = br#"[{"id":7,"name":"Acme","country_id":[21,"Belgium"],"type":"invoice","child_ids":[8],"date":false,"create_date":"2024-02-29 01:02:03"}]"#;
    let contact = decode_rows::<Contact>(rows, Absent::Blank)
        .unwrap()
        .remove(0);
    assert_eq!(
        (contact.id, contact.name.as_deref()),
        (Id::new(7), Some("Acme"))
    );
    assert_eq!(contact.country.unwrap().name.as_deref(), Some("Belgium"));
    assert_eq!(contact.r#type, Some(ResPartnerType::Invoice));
    assert_eq!((contact.child_ids, contact.date), (vec![Id::new(8)], None));
    assert_eq!(contact.create_date, json!("2024-02-29 01:02:03"));
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResCountry)]
struct Country {
    code: String,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(model = ResPartner)]
struct Family {
    name: Option<String>,
    country_id: Option<Country>,
    child_ids: Vec<Family>,
}

#[test]
fn projections_nest() {
    assert_eq!(names::<Family>(), ["name", "country_id", "child_ids"]);
    let mut family = Family::blank();
    let mut slots = Vec::new();
    family.slots_mut(&mut slots);
    let nested: Vec<bool> = slots.iter().map(|slot| slot.nested().is_some()).collect();
    assert_eq!(nested, [false, true, true]);
    assert!(family.name.is_none() && family.country_id.is_none() && family.child_ids.is_empty());
    assert_eq!(Country::blank().code, "");
}

/// A contact, without generated code.
#[derive(OdooModel, Clone, Debug)]
#[odoo(name = "res.partner")]
struct Partner {
    id: Id<Partner>,
    #[odoo(required)]
    name: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    is_company: bool,
    credit_limit: f64,
    #[odoo(readonly)]
    color: i64,
    date: Option<NaiveDate>,
    create_date: Option<DateTime<Utc>>,
    #[odoo(kind = "selection")]
    r#type: Option<ResPartnerType>,
    #[odoo(field = "lang", kind = "selection")]
    language: Option<String>,
    parent_id: Option<Many2one<Partner>>,
    #[odoo(field = "country_id")]
    country: Option<Many2one<Land>>,
    #[odoo(field = "user_id", kind = "many2one")]
    seller: Option<User>,
    child_ids: Vec<Id<Partner>>,
    properties: Vec<Property>,
    #[odoo(computed)]
    is_public: bool,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(name = "res.country")]
/// A country, as other crates may see it.
pub struct Land {
    /// Its code.
    pub code: Option<String>,
}

#[derive(OdooModel, Clone, Debug)]
#[odoo(name = "res.users")]
struct User {
    login: String,
}

#[derive(OdooModel)]
#[odoo(name = "res.groups")]
struct Groups;

#[test]
fn a_struct_may_be_a_model_of_its_own() {
    assert_eq!(Partner::NAME, "res.partner");
    assert_eq!(Groups::NAME, "res.groups");
    assert_eq!(names::<Partner>().len(), 17);
    let types: Vec<_> = Partner::meta()
        .fields()
        .iter()
        .map(|field| field.field_type())
        .collect();
    assert_eq!(
        types[..4],
        [
            FieldType::Integer,
            FieldType::Char,
            FieldType::Char,
            FieldType::Char
        ]
    );
    assert_eq!(
        types[11..],
        [
            FieldType::Many2one,
            FieldType::Many2one,
            FieldType::Many2one,
            FieldType::Many2many,
            FieldType::Properties,
            FieldType::Boolean
        ]
    );
    let field = |name| Partner::meta().field(name).unwrap();
    assert_eq!(field("country_id").relation_name(), "res.country");
    assert_eq!(field("user_id").relation_name(), "res.users");
    assert_eq!(field("type").selection_keys().all, ResPartnerType::KEYS);
    assert!(field("name").has(flags::REQUIRED) && !field("name").has(flags::DEFAULT));
    assert!(!field("color").has(flags::WRITE) && field("color").has(flags::SORT));
    assert!(!field("is_public").has(flags::STORED) && !field("display_name").has(flags::STORED));
    assert!(!field("child_ids").has(flags::SORT));
}

#[test]
fn a_model_of_its_own_has_the_whole_language() {
    assert_eq!(
        domain!(Partner, is_company && type == "invoice" && country_id.code in ["BE"] && user_id.login == "x" && parent_id.name ilike "a"),
        Partner::F.is_company.eq(true)
            & Partner::F.r#type.eq(ResPartnerType::Invoice)
            & Partner::F
                .country_id
                .hop(|country| country.code)
                .is_in(["BE"])
            & Partner::F.user_id.hop(|user| user.login).eq("x")
            & Partner::F.parent_id.hop(|parent| parent.name).ilike("a")
    );
    assert_eq!(
        Partner::matching(domain!(Partner, lang == "fr_FR"))
            .domain()
            .to_string(),
        "[('lang', '=', 'fr_FR')]"
    );
    assert_eq!(
        values!(Partner { name: "Acme", parent_id: Id::<Partner>::new(3), type: "other", user_id: None }).to_json(),
        json!({ "name": "Acme", "parent_id": 3, "type": "other", "user_id": false })
    );
}

/// A program's own shorthand: what it is given comes to the derive in groups that nobody sees.
macro_rules! projection {
    ($(#[$meta:meta])* $vis:vis struct $name:ident of $model:ty { $($(#[$attribute:meta])* $field_vis:vis $field:ident: $ty:ty),* $(,)? }) => {
        #[derive(OdooModel)]
        #[odoo(model = $model)]
        $(#[$meta])*
        $vis struct $name { $($(#[$attribute])* $field_vis $field: $ty),* }
    };
}

macro_rules! own_model {
    ($wire:literal, $name:ident { $($field:ident($odoo:literal, $kind:literal): $ty:ty),* $(,)? } $($by_type:ident: $plain:ty),*) => {
        #[derive(OdooModel)]
        #[odoo(name = $wire)]
        pub(crate) struct $name {
            pub(crate) id: Id<$name>,
            $(#[odoo(field = $odoo, kind = $kind)] pub(crate) $field: $ty,)*
            $(pub(crate) $by_type: $plain,)*
        }
    };
}

macro_rules! equal {
    ($model:ty, $field:ident, $value:expr) => {
        domain!($model, $field == $value)
    };
}

macro_rules! set {
    ($model:ty, $field:ident, $value:expr) => {
        values!($model { $field: $value, .. })
    };
}

projection! {
    #[derive(Debug)]
    pub(crate) struct Short of ResPartner {
        id: Id<ResPartner>,
        pub(crate) name: Option<String>,
        #[odoo(field = "country_id")]
        country: Option<Many2one<ResCountry>>,
        child_ids: Vec<Id<ResPartner>>,
    }
}

own_model! {
    "res.partner", Own { label("name", "text"): Option<String>, children("child_ids", "one2many"): Vec<Id<Own>> }
    email: Option<String>, parent_id: Option<Many2one<Own>>, active: bool, tag_ids: Vec<Id<Own>>
}

#[test]
fn types_that_come_through_a_macro_of_the_program_tell_as_much_as_those_that_stand_there() {
    assert_eq!(names::<Short>(), ["id", "name", "country_id", "child_ids"]);
    assert_eq!(
        names::<Own>(),
        [
            "id",
            "name",
            "child_ids",
            "email",
            "parent_id",
            "active",
            "tag_ids"
        ]
    );
    let types: Vec<FieldType> = Own::fields()
        .iter()
        .map(|field| field.field_type())
        .collect();
    assert_eq!(
        types,
        [
            FieldType::Integer,
            FieldType::Text,
            FieldType::One2many,
            FieldType::Char,
            FieldType::Many2one,
            FieldType::Boolean,
            FieldType::Many2many
        ]
    );
}

#[test]
fn what_comes_through_a_macro_of_the_program_is_compared_and_set() {
    let acme = "Acme".to_owned();
    assert_eq!(
        equal!(ResPartner, name, "Acme").to_string(),
        equal!(ResPartner, name, acme).to_string()
    );
    assert_eq!(
        equal!(Own, parent_id, None).to_string(),
        domain!(Own, parent_id is not set).to_string()
    );
    assert_eq!(
        format!("{:?}", set!(ResPartner, name, "Acme")),
        format!("{:?}", values!(ResPartner { name: "Acme", .. }))
    );
}
