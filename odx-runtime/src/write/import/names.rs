//! References by name: each is looked up once. Odoo itself would take the first of several.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value as JsonValue, json};

use super::{
    cell::Cell,
    column::Column,
    given::{Line, take_out},
    outcome::{Fault, Refused, Why},
    reference::Target,
};
use crate::{Call, Error, RecordId, Session};

/// What a name leads to.
type Found = Result<RecordId, String>;

/// Puts ids in the place of names, and takes out the lines whose names lead to no record or to several.
pub(super) async fn resolve(
    session: &Session,
    columns: &[Column],
    lines: &mut Vec<Line>,
    refused: &mut Vec<Refused>,
) -> Result<(), Error> {
    let known = look_up(session, columns, lines).await?;
    take_out(lines, refused, |line| {
        let cells = line.cells.iter_mut();
        let faults = cells.filter_map(|(place, cell)| {
            let why = settle(&columns[*place], cell, &known).err()?;
            let name = &columns[*place].name;
            Some(Fault::of(name, cell.text(), Why::NotSent(why)))
        });
        faults.collect()
    });
    Ok(())
}

async fn look_up(
    session: &Session,
    columns: &[Column],
    lines: &[Line],
) -> Result<HashMap<(String, String), Found>, Error> {
    let mut wanted: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (place, cell) in lines.iter().flat_map(|line| &line.cells) {
        let (Cell::Links(targets), Some(model)) = (cell, &columns[*place].relation) else {
            continue;
        };
        wanted.extend(targets.iter().filter_map(|target| match target {
            Target::Name(name) => Some((&**model, &**name)),
            _ => None,
        }));
    }
    let mut known = HashMap::with_capacity(wanted.len());
    for (model, name) in wanted {
        // Without a limit: some models leave out what the user may not see after they cut the list.
        let call = Call::new(model.to_owned(), "name_search")
            .arg(name)
            .arg(json!([]))
            .arg("=")
            .arg(JsonValue::Null);
        let found: Vec<(RecordId, JsonValue)> = session.execute(call).await?.to()?;
        let found = match found.as_slice() {
            [(id, _)] => Ok(*id),
            [] => Err(format!("no record of {model} has the name `{name}`")),
            _ => Err(format!(
                "several records of {model} have the name `{name}`: give the id or the external id"
            )),
        };
        known.insert((model.to_owned(), name.to_owned()), found);
    }
    Ok(known)
}

fn settle(
    column: &Column,
    cell: &mut Cell,
    known: &HashMap<(String, String), Found>,
) -> Result<(), String> {
    let Cell::Links(targets) = cell else {
        return Ok(());
    };
    let model = column.relation.as_deref().unwrap_or_default();
    let mut settled = Vec::with_capacity(targets.len());
    for target in targets.iter() {
        settled.push(match target {
            Target::Name(name) => match known.get(&(model.to_owned(), name.clone())) {
                Some(Ok(id)) => Target::Id(*id),
                Some(Err(why)) => return Err(why.clone()),
                None => return Err(format!("`{name}` was not looked up")),
            },
            target => target.clone(),
        });
    }
    let externals = settled
        .iter()
        .filter(|target| matches!(target, Target::External(_)));
    let externals = externals.count();
    if externals > 0 && externals < settled.len() {
        return Err(
            "a list is of external ids, or of ids and names: Odoo reads one column of one kind"
                .to_owned(),
        );
    }
    *targets = settled;
    Ok(())
}
