//! Models as the generator writes them, by hand: two models that refer to each other and one that was not generated.

use odx_runtime::model::*;

/// Contact (`res.partner`).
#[derive(Clone)]
pub struct ResPartner {
    /// ID.
    pub id: Id<ResPartner>,
    /// Name.
    pub name: Option<String>,
    /// Is a Company.
    pub is_company: bool,
    /// Credit Limit.
    pub credit_limit: f64,
    /// Date.
    pub date: Option<NaiveDate>,
    /// Created on.
    pub create_date: Option<DateTime<Utc>>,
    /// Country.
    pub country_id: Option<Many2one<ResCountry>>,
    /// Contacts.
    pub child_ids: Vec<Id<ResPartner>>,
    /// Address Type.
    pub r#type: Option<ResPartnerType>,
    /// Timezone.
    pub tz: Option<ResPartnerTz>,
    /// Properties.
    pub properties: Vec<Property>,
    /// Image.
    pub image: Option<Blob>,
}

/// The fields of [`ResPartner`].
pub struct ResPartnerFields {
    /// ID. Integer.
    pub id: Field<ResPartner, Key<ResPartner>, SearchSortGroup>,
    /// Name. Char.
    pub name: Field<ResPartner, Char>,
    /// Is a Company. Boolean.
    pub is_company: Field<ResPartner, Boolean>,
    /// Credit Limit. Float.
    pub credit_limit: Field<ResPartner, Float>,
    /// Date. Date.
    pub date: Field<ResPartner, Date>,
    /// Created on. Datetime.
    pub create_date: Field<ResPartner, Datetime, SearchSortGroup>,
    /// Country. Many2one of [`ResCountry`].
    pub country_id: Field<ResPartner, ToOne<ResCountry>>,
    /// Contacts. One2many of [`ResPartner`].
    pub child_ids: Field<ResPartner, ToMany<ResPartner>, SearchWrite>,
    /// Address Type. Selection.
    pub r#type: Field<ResPartner, Choice<ResPartnerType>>,
    /// Timezone. Selection.
    pub tz: Field<ResPartner, Choice<ResPartnerTz>>,
    /// Properties. Properties.
    pub properties: Field<ResPartner, Properties, SearchGroupWrite>,
    /// Image. Binary.
    pub image: Field<ResPartner, Binary, SearchWrite>,
    /// Tax ID Label. Char, computed.
    pub vat_label: Field<ResPartner, Char, Read>,
    /// Industry. Many2one of `res.partner.industry`, which was not generated.
    pub industry_id: Field<ResPartner, ToOne<not_generated::ResPartnerIndustry>>,
}

static RES_PARTNER: ModelMeta = ModelMeta::new(
    "res.partner",
    &[
        FieldMeta::new(
            "id",
            FieldType::Integer,
            flags::STORED | flags::SEARCH | flags::SORT | flags::GROUP,
        ),
        FieldMeta::new("name", FieldType::Char, ALL).size(64),
        FieldMeta::new("is_company", FieldType::Boolean, ALL),
        FieldMeta::new("credit_limit", FieldType::Float, ALL),
        FieldMeta::new("date", FieldType::Date, ALL),
        FieldMeta::new("create_date", FieldType::Datetime, ALL & !flags::WRITE),
        FieldMeta::new("country_id", FieldType::Many2one, ALL).target(&RES_COUNTRY),
        FieldMeta::new(
            "child_ids",
            FieldType::One2many,
            flags::SEARCH | flags::WRITE,
        )
        .target(&RES_PARTNER),
        FieldMeta::new("type", FieldType::Selection, ALL).keys(<ResPartnerType as Selection>::KEYS),
        FieldMeta::new("tz", FieldType::Selection, ALL).keys(<ResPartnerTz as Selection>::KEYS),
        FieldMeta::new("properties", FieldType::Properties, ALL),
        FieldMeta::new("image", FieldType::Binary, ALL),
        FieldMeta::new("vat_label", FieldType::Char, 0),
        FieldMeta::new("industry_id", FieldType::Many2one, ALL).relation("res.partner.industry"),
    ],
);

const ALL: u16 = flags::STORED | flags::SEARCH | flags::SORT | flags::GROUP | flags::WRITE;

odx_runtime::model! {
    ResPartner, ResPartnerFields, RES_PARTNER {
        id: 0, name: 1, is_company: 2, credit_limit: 3, date: 4, create_date: 5, country_id: 6, child_ids: 7,
        r#type: 8, tz: 9, properties: 10, image: 11, vat_label: 12, industry_id: 13,
    }
}

odx_runtime::record! {
    ResPartner, RES_PARTNER[12] {
        id, name, is_company, credit_limit, date, create_date, country_id, child_ids, r#type, tz, properties, image,
    }
}

odx_runtime::selection! {
    /// Address Type of `res.partner`.
    pub enum ResPartnerType {
        /// Contact.
        Contact = "contact",
        /// Invoice Address.
        Invoice = "invoice",
        /// Other Address.
        OtherKey = "other",
    }
}

odx_runtime::selection_text! {
    /// Timezone of `res.partner`.
    pub struct ResPartnerTz;
    "Africa/Abidjan", "Europe/Brussels",
}

/// Country (`res.country`).
#[derive(Clone)]
pub struct ResCountry {
    /// ID.
    pub id: Id<ResCountry>,
    /// Country Name.
    pub name: String,
    /// Country Code.
    pub code: String,
}

/// The fields of [`ResCountry`].
pub struct ResCountryFields {
    /// ID. Integer.
    pub id: Field<ResCountry, Key<ResCountry>, SearchSortGroup>,
    /// Country Name. Char, required.
    pub name: Field<ResCountry, Char>,
    /// Country Code. Char, required.
    pub code: Field<ResCountry, Char>,
}

static RES_COUNTRY: ModelMeta = ModelMeta::new(
    "res.country",
    &[
        FieldMeta::new(
            "id",
            FieldType::Integer,
            flags::STORED | flags::SEARCH | flags::SORT | flags::GROUP,
        ),
        FieldMeta::new("name", FieldType::Char, ALL | flags::REQUIRED),
        FieldMeta::new("code", FieldType::Char, ALL | flags::REQUIRED),
    ],
);

odx_runtime::model! {
    ResCountry, ResCountryFields, RES_COUNTRY { id: 0, name: 1, code: 2 }
}

odx_runtime::record! {
    ResCountry, RES_COUNTRY[3] { id, name, code }
}

/// Models that relations lead to and that were not generated.
pub mod not_generated {
    use odx_runtime::model::*;

    /// `res.partner.industry` was not generated.
    pub struct ResPartnerIndustry<T = ()>(core::marker::PhantomData<T>);

    #[doc(hidden)]
    #[diagnostic::on_unimplemented(
        message = "the model `res.partner.industry` was not generated: add it to `include` under [models] in odx.toml, then run `odx pull` and `odx generate`",
        label = "leads to a model that was not generated"
    )]
    pub trait ResPartnerIndustryIsGenerated {
        type Fields: 'static;
        const F: &'static Self::Fields;
    }

    impl<T: ResPartnerIndustryIsGenerated + 'static> Model for ResPartnerIndustry<T> {
        type Fields = T::Fields;
        const NAME: &'static str = "res.partner.industry";
        const F: &'static T::Fields = T::F;
    }
}
