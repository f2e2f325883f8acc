//! What is asked of a model, and the calls that ask it.

use chrono::DateTime;
use odx_facts::{
    ACTIVE, LIMITED_BEFORE_ACCESS, SOURCE_LANGUAGE, TRANSLATED_IS_ORDINARY, WRITE_DATE,
};
use serde_json::{Map, Value as JsonValue, json};

use super::{
    ChangesError, Cursor,
    clock::here,
    cursor::{Asking, State},
    given::hash,
    small_id,
};
use crate::{
    Call, Error, Session,
    query::{
        WalkError,
        search::{ID, not_more},
    },
};

/// The records of a model that are followed.
pub(super) struct Asked {
    /// With archived records.
    pub(super) session: Session,
    pub(super) model: &'static str,
    /// The domain for the server's series, with what the model adds to one without conditions on `id`.
    pub(super) domain: Vec<JsonValue>,
}

impl Asked {
    /// A domain with more conditions.
    pub(super) fn domain_with(&self, conditions: &[JsonValue]) -> JsonValue {
        [&self.domain, conditions].concat().into()
    }

    /// Whether the model takes away records after the limit.
    pub(super) fn hides_records(&self) -> bool {
        LIMITED_BEFORE_ACCESS.contains(&self.model)
    }

    /// The ids of the records that meet the conditions, too, by rising ids beyond `after`.
    pub(super) async fn ids(
        &self,
        conditions: &[JsonValue],
        after: u32,
        limit: Option<u64>,
    ) -> Result<Vec<u32>, Error> {
        let conditions = [conditions, &[beyond(after)]].concat();
        let mut call = Call::new(self.model, "search")
            .arg(self.domain_with(&conditions))
            .kwarg("order", ID);
        if let Some(limit) = limit {
            call = call.kwarg("limit", limit);
        }
        let found = self.session.execute(call).await?.found_ids()?;
        if let Some(limit) = limit {
            not_more(self.model, limit, found.len())?;
        }
        let mut ids = Vec::with_capacity(found.len());
        let mut last = after;
        for id in found {
            last = self.next(id, last)?;
            ids.push(last);
        }
        Ok(ids)
    }

    /// An id that came, which has to be beyond the one before.
    pub(super) fn next(&self, id: crate::RecordId, last: u32) -> Result<u32, Error> {
        let model = self.model;
        let small = small_id(model, id)?;
        if small > last {
            return Ok(small);
        }
        let after = i64::from(last).into();
        Err(WalkError::NotForward { model, id, after }.into())
    }

    /// The newest `write_date` of the model's records but for those of the future, whatever the domain: how late it is on the
    /// server at least.
    pub(super) async fn newest(&self) -> Result<Option<i64>, Error> {
        // A `write_date` that is unset would come first.
        let mut domain = vec![json!([WRITE_DATE, "!=", false])];
        domain.extend(written("<=", here()));
        let call = Call::new(self.model, "search_read")
            .arg(domain)
            .kwarg("fields", json!([WRITE_DATE]))
            .kwarg("order", format!("{WRITE_DATE} desc"))
            .kwarg("limit", 1);
        let rows: Vec<Map<String, JsonValue>> = self.session.execute(call).await?.to()?;
        Ok(rows.iter().find_map(|row| second_of(row.get(WRITE_DATE)?)))
    }

    /// Refuses what the server cannot tell the changes of. Whether the model has `active`.
    pub(super) async fn check_fields(
        &self,
        fields: &[String],
        allows_unwatched: bool,
    ) -> Result<bool, Error> {
        let model = self.model;
        let names: Vec<&str> = [WRITE_DATE, ACTIVE]
            .into_iter()
            .chain(fields.iter().map(String::as_str))
            .collect();
        let call = Call::new(model, "fields_get").arg(json!(names)).arg(json!([
            "type",
            "store",
            "translate"
        ]));
        let described: Map<String, JsonValue> = self.session.execute(call).await?.to()?;
        let is_stored = |field: &JsonValue| field["store"].as_bool().unwrap_or(true);
        if !described.get(WRITE_DATE).is_some_and(is_stored) {
            return Err(ChangesError::NoWriteDate { model }.into());
        }
        let asked = || fields.iter().filter(|name| *name != ID);
        let missing: Vec<String> = asked()
            .filter(|name| !described.contains_key(*name))
            .cloned()
            .collect();
        if !missing.is_empty() {
            let fields = missing;
            return Err(ChangesError::NoField { model, fields }.into());
        }
        let translations_stand_apart = self.translations_stand_apart().await?;
        let unwatched = |name: &String| {
            let field = &described[name];
            let field_type = field["type"].as_str().unwrap_or_default();
            let is_translated = field["translate"].as_bool().unwrap_or_default();
            let why = crate::model::why_not(name, field_type, is_stored(field)).or_else(|| {
                (translations_stand_apart && is_translated)
                    .then_some("its translations are written without their record before Odoo 16")
            })?;
            Some(format!("{name} ({why})"))
        };
        let fields: Vec<String> = asked().filter_map(unwatched).collect();
        if !allows_unwatched && !fields.is_empty() {
            return Err(ChangesError::Unwatched { model, fields }.into());
        }
        // A model may have another field of that name.
        Ok(described
            .get(ACTIVE)
            .is_some_and(|field| field["type"] == "boolean"))
    }

    /// Whether translated fields are read in a language whose texts are records of their own. A write to one of those, as by
    /// the form of translations, leaves the `write_date` of what it translates as it was (14.0).
    async fn translations_stand_apart(&self) -> Result<bool, Error> {
        let language = self
            .session
            .context()
            .get("lang")
            .and_then(JsonValue::as_str);
        let is_translation = language.is_some_and(|language| language != SOURCE_LANGUAGE);
        Ok(is_translation && !TRANSLATED_IS_ORDINARY.holds(self.session.series().await?))
    }

    /// The state of the cursor, if it is of what is asked.
    pub(super) async fn state(&self, cursor: Cursor, fields: &[String]) -> Result<State, Error> {
        let model = self.model;
        let mut names = fields.to_vec();
        names.sort_unstable();
        names.dedup();
        let context = JsonValue::from(self.session.context().clone());
        let asking = Asking {
            model: model.to_owned(),
            series: self.session.series().await?,
            domain: hash([JsonValue::from(self.domain.clone()).to_string()]),
            fields: hash(names),
            context: hash([sorted(context).to_string()]),
        };
        let mut state = cursor.0;
        let Some(of) = &state.of else {
            state.of = Some(asking);
            return Ok(state);
        };
        if of.model != asking.model {
            let of = of.model.clone();
            return Err(ChangesError::OtherModel { model, of }.into());
        }
        if of.series != asking.series {
            let (of, series) = (of.series, asking.series);
            return Err(ChangesError::OtherSeries { model, of, series }.into());
        }
        let other: Vec<&'static str> = [
            (of.domain == asking.domain, "another domain"),
            (of.fields == asking.fields, "other fields"),
            (of.context == asking.context, "another context"),
        ]
        .into_iter()
        .filter_map(|(is_same, what)| (!is_same).then_some(what))
        .collect();
        match other.is_empty() {
            true => Ok(state),
            false => Err(ChangesError::OtherQuery { model, other }.into()),
        }
    }
}

/// Ids beyond one.
pub(super) fn beyond(after: u32) -> JsonValue {
    json!([ID, ">", after])
}

/// What was written in that second or later; no condition before 1970. `>=` finds all microseconds of the second on every series.
pub(super) fn written_since(second: i64) -> Option<JsonValue> {
    written(">=", second)
}

fn written(operator: &str, second: i64) -> Option<JsonValue> {
    let moment = DateTime::from_timestamp(second, 0).filter(|_| second >= 0)?;
    let text = moment.format("%Y-%m-%d %H:%M:%S").to_string();
    Some(json!([WRITE_DATE, operator, text]))
}

/// The second of a `write_date` as Odoo sends it.
pub(super) fn second_of(value: &JsonValue) -> Option<i64> {
    use crate::model::{Calendar, CalendarType};
    let calendar = Calendar::parse(value.as_str()?)?;
    let moment = chrono::NaiveDateTime::from_calendar(calendar)?;
    Some(moment.and_utc().timestamp())
}

/// With the keys of the object in order, whatever order the program keeps them in.
fn sorted(value: JsonValue) -> JsonValue {
    match value {
        JsonValue::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().collect();
            entries.sort_by(|left, right| left.0.cmp(&right.0));
            JsonValue::Array(
                entries
                    .into_iter()
                    .map(|(key, value)| json!([key, value]))
                    .collect(),
            )
        }
        other => other,
    }
}
