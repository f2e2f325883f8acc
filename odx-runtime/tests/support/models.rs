//! Models as the generator writes them, by hand: two models that refer to each other and one that was not generated.

use odx_runtime::model::*;

/// Contact (`res.partner`).
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

odx_runtime::model! {
    ResPartner, ResPartnerFields, "res.partner", related {
        id: 0, name: 1, is_company: 2, credit_limit: 3, date: 4, create_date: 5, country_id: 6, child_ids: 7,
        r#type: 8, tz: 9, properties: 10, image: 11, vat_label: 12, industry_id: 13,
    }
    "
id integer sdog
name char sdogw 64
is_company boolean sdogw
credit_limit float sdogw
date date sdogw
create_date datetime sdog
country_id many2one sdogw res.country
child_ids one2many dw res.partner
type selection sdogw ResPartnerType
tz selection sdogw ResPartnerTz
properties properties sdogw
image binary sdogw

vat_label char -
industry_id many2one sdogw res.partner.industry
"
}

odx_runtime::record! {
    ResPartner {
        id, name, is_company, credit_limit, date, create_date, country_id, child_ids, r#type, tz, properties, image
    }
}

fn related() -> Related {
    Related {
        models: const {
            &[
                ("res.country", Table::of::<ResCountry>()),
                ("res.partner", Table::of::<ResPartner>()),
            ]
        },
        selections: const {
            &[
                ("ResPartnerType", keys::<ResPartnerType>()),
                ("ResPartnerTz", keys::<ResPartnerTz>()),
            ]
        },
        series: "19.0",
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

odx_runtime::model! {
    ResCountry, ResCountryFields, "res.country", related { id: 0, name: 1, code: 2 }
    "
id integer sdog
name char rsdogwt
code char rsdogw
"
}

odx_runtime::record! {
    ResCountry { id, name, code }
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
        const F: Self::Fields;
    }

    impl<T: ResPartnerIndustryIsGenerated + 'static> Model for ResPartnerIndustry<T> {
        type Fields = T::Fields;
        const NAME: &'static str = "res.partner.industry";
        const F: T::Fields = T::F;
    }
}
