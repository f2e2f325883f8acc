//! `formatted_read_group`, of Odoo 19 and on.

use serde_json::Value as JsonValue;

use super::{
    aggregate::Aggregate,
    cell::Answered,
    having::Having,
    plan::{Plan, Row, Rows},
};
use crate::{Call, Error, Session};

/// Reads the groups. The server leaves out those before the offset and beyond the limit where it orders them as is done
/// here; otherwise all come.
pub(super) async fn rows(plan: &Plan, session: &Session) -> Result<Rows, Error> {
    let (offset, limit) = (plan.search.offset, plan.search.limit);
    let order = match (offset, limit) {
        (0, None) => None,
        _ => plan.ordered_alike(),
    };
    let are_cut = order.is_some();
    let (offset, limit) = if are_cut { (offset, limit) } else { (0, None) };
    let mut call = Call::new(plan.search.model, "formatted_read_group")
        .arg(plan.search.domain_json(session).await?)
        .arg(plan.specs())
        .arg(columns(needed(plan)))
        .arg(plan.having.iter().map(Having::to_json).collect::<Vec<_>>())
        .arg(offset)
        .arg(limit.map_or(JsonValue::Null, JsonValue::from));
    if let Some(order) = order {
        call = call.arg(order);
    }
    let reply = session.execute(call).await?;
    let rows = Answered::all(plan.search.model, &reply)?
        .iter()
        .map(|group| row(plan, group))
        .collect::<Result<_, _>>()?;
    Ok(Rows { rows, are_cut })
}

/// What conditions are about need not come: the server chooses.
fn needed(plan: &Plan) -> &[Aggregate] {
    &plan.aggregates[..plan.needed]
}

fn columns(aggregates: &[Aggregate]) -> Vec<String> {
    let mut columns = Vec::with_capacity(aggregates.len() + 1);
    for spec in aggregates.iter().map(Aggregate::spec) {
        if !columns.contains(&spec) {
            columns.push(spec);
        }
    }
    columns.push("__count".to_owned());
    columns
}

fn row(plan: &Plan, group: &Answered) -> Result<Row, Error> {
    Ok(Row {
        count: group.count()?,
        keys: plan
            .keys
            .iter()
            .map(|key| group.column(&key.spec))
            .collect::<Result<_, _>>()?,
        values: needed(plan)
            .iter()
            .map(|aggregate| group.column(&aggregate.spec()))
            .collect::<Result<_, _>>()?,
        secrets: group.secrets(),
    })
}
