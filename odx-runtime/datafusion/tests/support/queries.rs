//! Twenty queries that people ask of sales, and the domains that go out for them.

/// A query.
pub struct Query {
    pub sql: &'static str,
    /// The same to PostgreSQL, where Odoo keeps it otherwise than it reads it.
    pub postgres: Option<&'static str>,
    /// The domain of each table that has one.
    pub domains: &'static [&'static str],
}

const fn query(sql: &'static str, domains: &'static [&'static str]) -> Query {
    Query {
        sql,
        postgres: None,
        domains,
    }
}

pub const QUERIES: &[Query] = &[
    query(
        "select state, count(*), sum(amount_total) from sale_order group by state",
        &[],
    ),
    query(
        "select p.name, sum(o.amount_total) from sale_order o join res_partner p on p.id = o.partner_id \
         where o.state = 'sale' group by p.name order by 2 desc, 1 limit 10",
        &[r#"["state","=","sale"]"#],
    ),
    query(
        "select cast(date_trunc('month', date_order) as date), count(*), sum(amount_untaxed) from sale_order group by 1",
        &[],
    ),
    query(
        "select pr.default_code, sum(l.product_uom_qty), sum(l.price_subtotal) from sale_order_line l \
         join product_product pr on pr.id = l.product_id where l.discount = 0 group by 1",
        &[],
    ),
    query(
        "select c.complete_name, count(distinct o.id), sum(l.price_total) from sale_order o \
         join sale_order_line l on l.order_id = o.id join product_product pr on pr.id = l.product_id \
         join product_template t on t.id = pr.product_tmpl_id join product_category c on c.id = t.categ_id \
         where o.state in ('sale', 'done') group by 1",
        &[r#"["|",["state","=","sale"],["state","=","done"]]"#],
    ),
    query(
        "select id, name from res_partner where email is null",
        &[r#"[["email","=",false]]"#],
    ),
    query(
        "select id, name from res_partner where phone is not null and not is_company",
        &[r#"[["phone","=like","%"],["is_company","=",false]]"#],
    ),
    query(
        "select id, name from res_partner where name like 'A%'",
        &[r#"[["name","=like","A%"]]"#],
    ),
    Query {
        sql: "select id, name, list_price from product_template where name ilike '%desk%' and sale_ok",
        postgres: Some(
            "select id, name->>'en_US', list_price from product_template where name->>'en_US' ilike '%desk%' and sale_ok",
        ),
        domains: &[r#"["sale_ok","=",true]"#, r#"["name","=ilike","%de__%"]"#],
    },
    query(
        "select name, amount_total from sale_order where amount_total between 500 and 3000",
        &[
            r#"["amount_total",">=",498.9"#,
            r#"["amount_total","<=",3001.0"#,
        ],
    ),
    query(
        "select name from sale_order where date_order between '2025-01-01' and '2030-12-31 23:59:59'",
        &[
            r#"[["date_order",">=","2025-01-01 00:00:00"],["date_order","<","2031-01-01 00:00:00"]]"#,
        ],
    ),
    query(
        "select c.code, count(*) from res_partner p join res_country c on c.id = p.country_id \
         where c.code in ('US', 'BE', 'FR', 'NL', 'DE') group by 1",
        &[r#"[["code","in",["US","BE","FR","NL","DE"]]]"#],
    ),
    query(
        "select id from sale_order where partner_id not in (1, 6, 10) and user_id is not null",
        &[r#"["user_id","!=",false]"#],
    ),
    query(
        "select id, name from res_partner order by id limit 7 offset 3",
        &[],
    ),
    query(
        "select count(*) from (select id from res_partner where is_company limit 5) x",
        &[r#"[["is_company","=",true]]"#, "limit=5"],
    ),
    query(
        "select count(*) from res_partner where not active",
        &[r#"[["active","=",false]]"#, "count"],
    ),
    query(
        "select c.name, p.name from res_partner c join res_partner p on c.parent_id = p.id where p.is_company",
        &[r#"[["is_company","=",true]]"#],
    ),
    query(
        "select p.id from res_partner p left join sale_order o on o.partner_id = p.id where o.id is null",
        &[],
    ),
    query(
        "select count(*) from res_partner where parent_id is null and (country_id is not null or not is_company)",
        &[r#"[["parent_id","=",false],"|",["country_id","!=",false],["is_company","=",false]]"#],
    ),
    query(
        "select partner_id, count(*), max(amount_total) from sale_order group by partner_id having count(*) > 1",
        &[],
    ),
    query(
        "select name from (select name, row_number() over (partition by partner_id order by date_order desc, id desc) n \
         from sale_order where id > 3) x where n = 1",
        &[r#"[["id",">",3]]"#],
    ),
    query(
        "select count(*) from sale_order_line where write_date <= now() and display_type is null and product_uom_qty > 1.5",
        &[r#"["write_date","<","#, r#"["display_type","=",false]"#],
    ),
];
