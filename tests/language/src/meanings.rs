//! Conditions of every kind, for the promise that each means the same on every series.

use odx_live::models::{OdxProbe, OdxProbeSelection};
use odx_runtime::Domain;
use odx_runtime::model::{Field, RecordRef};

use crate::{Fields, World, kinds};

/// Every operator of every type, values that stand for unset, translated, company-dependent and related fields; each as it
/// is, turned around, and in one of four larger domains.
pub fn meanings(p: &'static Fields, world: &World) -> Vec<Domain<OdxProbe>> {
    let of_types = kinds::kinds()
        .into_iter()
        .flat_map(|kind| (kind.domains)(p, world).into_iter().flatten());
    let plain: Vec<_> = of_types.chain(of_values(p, world)).collect();
    let larger = |place: usize, domain: Domain<OdxProbe>| match place % 4 {
        0 => p.parent_id.any(|_| domain),
        1 => p.parent_id.not_any(|_| domain),
        2 => !p.parent_id.any(|_| !domain),
        _ => !(domain | p.tag_id.is_unset()),
    };
    plain
        .into_iter()
        .enumerate()
        .flat_map(|(place, domain)| [!domain.clone(), larger(place, domain.clone()), domain])
        .collect()
}

macro_rules! of_values {
    ($p:ident; $($field:ident: $($value:expr),+;)*) => {
        [$($(
            $p.$field.eq($value),
            $p.$field.ne($value),
            $p.$field.lt($value),
            $p.$field.le($value),
            $p.$field.gt($value),
            $p.$field.ge($value),
            $p.$field.eq_if_set(Some($value)),
            $p.$field.is_in([$value]),
            $p.$field.not_in([$value]),
            $p.$field.is_in([Some($value), None]),
            $p.$field.not_in([Some($value), None]),
        )+)*]
    };
}

fn of_values(p: &'static Fields, world: &World) -> Vec<Domain<OdxProbe>> {
    let mut domains: Vec<Domain<OdxProbe>> = of_values! { p;
        char: "beech", "";
        text: "two\nlines", "";
        char_translated: "Oak", "";
        company_char: "first", "";
        kind_name: "Wood", "";
        kind_code: "W", "";
        integer: 5, 0, -1;
        integer_required: 2, 0;
        float: 2.5, 0.0;
        monetary: 5.5, 0.0, -0.5;
        selection: OdxProbeSelection::Draft;
        reference: RecordRef::to(world.red);
    }
    .into();
    for text in [&p.char, &p.char_translated, &p.company_char] {
        domains.extend(patterns(text));
    }
    domains.extend(patterns(&p.kind_name));
    domains.extend(patterns(&p.kind_code));
    domains.extend([
        p.boolean.ne(true),
        p.boolean.eq(false),
        p.boolean.is_in([true, false]),
        p.boolean.not_in([false]),
        p.boolean.is_set(),
        p.boolean.is_unset(),
        p.tag_id.is_in([Some(world.red), None]),
        p.tag_id.not_in([Some(world.red), None]),
        p.tag_ids.is_in([Some(world.red), None]),
        p.tag_ids.not_in([Some(world.blue), None]),
        p.child_ids.is_in([Some(world.beech), None]),
        p.child_ids.not_in([Some(world.beech), None]),
        p.company_tag_id.eq(world.red),
        p.company_tag_id.ne(world.red),
        p.company_tag_id.is_set(),
        p.company_tag_id.is_unset(),
        p.company_tag_id.is_in([Some(world.red), None]),
        p.company_tag_id.not_in([world.red]),
        p.kind_name.is_set(),
        p.kind_name.is_unset(),
        p.company_char.is_set(),
        p.company_char.is_unset(),
        p.integer.is_set(),
        p.integer.is_unset(),
        p.line_ids.hop(|line| line.name).ne("first"),
        p.line_ids
            .hop(|line| line.name)
            .not_in([Some("first"), None]),
        p.line_ids.hop(|line| line.quantity).lt(2.0),
        p.tag_ids.hop(|tag| tag.name).not_ilike("red"),
        p.parent_id.hop(|parent| parent.char).is_unset(),
        p.parent_id.then(p.parent_id.then(p.char)).ne("beech"),
        p.parent_id.then(p.tag_id.hop(|tag| tag.name)).ne("Red"),
        p.parent_id.then(p.kind_name).ne("Wood"),
        p.res_id.eq(world.red),
        p.res_id.is_unset(),
        p.res_id.is_set(),
    ]);
    domains
}

fn patterns<K, C>(field: &Field<OdxProbe, K, C>) -> Vec<Domain<OdxProbe>>
where
    K: odx_runtime::model::Textual,
    C: odx_runtime::model::CanSearch,
{
    ["", "oa", "%ee%"]
        .into_iter()
        .flat_map(|pattern| {
            [
                field.like(pattern),
                field.not_like(pattern),
                field.ilike(pattern),
                field.not_ilike(pattern),
                field.eq_ilike(pattern),
                field.not_eq_ilike(pattern),
                field.not_eq_like(pattern),
            ]
        })
        .collect()
}
