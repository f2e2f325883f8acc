//! The canonical form of a call, the same for every protocol.

use std::{borrow::Cow, fmt, time::Duration};

use odx_facts::{Level, Method, Series};
use serde_core::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::Context;
use crate::{
    Error,
    model::{RecordId, number},
};

/// A method of a model: the records it is about, and its arguments.
///
/// How they are said is the road's matter: one takes the ids as the first of the positional arguments, another beside named
/// ones, a third as the subject of the call. Arguments go to Odoo untouched. Core methods should get theirs by position: their
/// names differ between series of Odoo, and a road that takes named ones only knows them.
#[derive(Clone, PartialEq)]
pub struct Call {
    model: Cow<'static, str>,
    method: Cow<'static, str>,
    /// The method, if it is one of Odoo's core.
    core: Option<&'static Method>,
    records: Option<Vec<RecordId>>,
    args: Vec<Value>,
    /// The names of the first of these, where they were given with one.
    arg_names: Vec<Cow<'static, str>>,
    kwargs: Map<String, Value>,
}

impl Call {
    /// A call without records and arguments.
    pub fn new(model: impl Into<Cow<'static, str>>, method: impl Into<Cow<'static, str>>) -> Self {
        let (model, method) = (model.into(), method.into());
        Self {
            core: Method::of(&model, &method),
            model,
            method,
            records: None,
            args: Vec::new(),
            arg_names: Vec::new(),
            kwargs: Map::new(),
        }
    }

    /// The records that the method runs on. Methods of the model itself have none.
    #[must_use]
    pub fn ids<I: Into<RecordId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.records = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a positional argument.
    #[must_use]
    pub fn arg(mut self, value: impl Into<Value>) -> Self {
        self.args.push(value.into());
        self
    }

    /// Adds a positional argument whose name is known. It goes by its position where the road has positions: an addon that
    /// overrides the method may name it otherwise.
    #[must_use]
    pub fn arg_named(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        if self.arg_names.len() == self.args.len() {
            self.arg_names.push(name.into());
        }
        self.arg(value)
    }

    /// Adds a named argument, or replaces it.
    #[must_use]
    pub fn kwarg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.kwargs.insert(name.into(), value.into());
        self
    }

    /// Puts `context` under the call's own: its own keys win. A `context` that is no mapping is left alone.
    pub(crate) fn put_context_under(&mut self, context: &Context) {
        if context.is_empty() && !self.kwargs.contains_key(Self::CONTEXT) {
            return;
        }
        match self.context_over(context) {
            None => {}
            Some(merged) if merged.is_empty() => {
                self.kwargs.remove(Self::CONTEXT);
            }
            Some(merged) => {
                self.kwargs.insert(Self::CONTEXT.to_owned(), merged.into());
            }
        }
    }

    /// Its own context over another one; `None` where it is no mapping, which is for Odoo to refuse.
    pub(crate) fn context_over(&self, context: &Context) -> Option<Context> {
        match self.kwargs.get(Self::CONTEXT) {
            None | Some(Value::Null) => Some(context.clone()),
            Some(Value::Object(own)) => Some(context.merged(Context::from(own.clone()))),
            Some(_) => None,
        }
    }

    /// Refuses floats that are no numbers, which no JSON can say.
    pub(super) fn check_numbers(&self) -> Result<(), Error> {
        let mut values = self.args.iter().chain(self.kwargs.values());
        match values.find_map(number::not_finite) {
            Some(number) => Err(Error::usage(format!(
                "{}.{} cannot be given {number}: give a finite number",
                self.model, self.method
            ))),
            None => Ok(()),
        }
    }

    pub(crate) const CONTEXT: &'static str = "context";

    /// The model, such as `res.partner`.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The method, such as `search_read`.
    pub fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn model_name(&self) -> Cow<'static, str> {
        self.model.clone()
    }

    pub(crate) fn method_name(&self) -> Cow<'static, str> {
        self.method.clone()
    }

    /// The records that the method runs on, if it was given any.
    pub fn records(&self) -> Option<&[RecordId]> {
        self.records.as_deref()
    }

    /// The positional arguments, without the records.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// The named arguments.
    pub fn kwargs(&self) -> &Map<String, Value> {
        &self.kwargs
    }

    /// The values of all arguments, but for the records and the context.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Value> {
        let named = self.kwargs.iter();
        let named = named.filter(|(name, _)| *name != Self::CONTEXT);
        self.args.iter().chain(named.map(|(_, value)| value))
    }

    /// The positional arguments as `execute_kw` takes them: the records first, if there are any.
    pub fn positional(&self) -> Positional<'_> {
        Positional(self)
    }

    /// The method, if it is one of Odoo's core.
    pub(crate) fn core_method(&self) -> Option<&'static Method> {
        self.core
    }

    /// The records, and the positional arguments without them: those of a core method may be its first argument.
    #[cfg(feature = "xmlrpc")]
    pub(crate) fn subject(&self) -> (Option<Cow<'_, Value>>, &[Value]) {
        self.subject_of(self.core_method())
    }

    /// The same, of this method.
    fn subject_of(&self, method: Option<&Method>) -> (Option<Cow<'_, Value>>, &[Value]) {
        let is_of_records = || method.is_some_and(|method| method.level == Level::Records);
        match (&self.records, self.args.as_slice()) {
            (None, [ids, rest @ ..]) if is_of_records() => (Some(Cow::Borrowed(ids)), rest),
            (records, args) => (
                records.as_ref().map(|ids| Cow::Owned(ids.clone().into())),
                args,
            ),
        }
    }

    /// Whether it is a `create` of one record, by values that are no list.
    #[cfg(feature = "client")]
    pub(crate) fn creates_one(&self) -> bool {
        let values = || self.args.first().or_else(|| self.kwargs.get("vals_list"));
        self.method == "create" && values().is_some_and(Value::is_object)
    }

    /// Every argument by its name in that series, as a road takes them that knows no positions.
    ///
    /// # Errors
    /// [`Error::Usage`] for positional arguments of a method that is none of Odoo's core, and for more than it has.
    pub fn named(&self, series: Series) -> Result<Named<'_>, Error> {
        let method = self.core_method();
        let (records, positional) = self.subject_of(method);
        let parameters = method.and_then(|method| method.parameters_in(series));
        let names: Cow<'_, [&str]> = match parameters {
            Some(parameters) => parameters.names.into(),
            None => self.arg_names.iter().map(|name| &**name).collect(),
        };
        if positional.len() > names.len() {
            return Err(self.unnamed(&names));
        }
        Ok(Named {
            records,
            names,
            positional,
            kwargs: &self.kwargs,
        })
    }

    #[cold]
    fn unnamed(&self, names: &[&str]) -> Error {
        let (model, method) = (&self.model, &self.method);
        Error::usage(match names {
            [] => format!(
                "{model}.{method} was not sent: this connection takes arguments by name only, and odx does not know those of \
                 this method; give each by `kwarg(name, value)`, and its records by `ids(..)`"
            ),
            names => format!(
                "{model}.{method} was not sent: it takes {} arguments by position ({}), and {} were given",
                names.len(),
                names.join(", "),
                self.args.len()
            ),
        })
    }
}

/// The positional arguments of a call, to be serialized.
#[derive(Clone, Copy, Debug)]
pub struct Positional<'a>(&'a Call);

impl Serialize for Positional<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Call { records, args, .. } = self.0;
        let length = usize::from(records.is_some()) + args.len();
        let mut list = serializer.serialize_seq(Some(length))?;
        if let Some(records) = records {
            list.serialize_element(records)?;
        }
        for arg in args {
            list.serialize_element(arg)?;
        }
        list.end()
    }
}

/// The arguments of a call by name.
#[derive(Clone)]
pub struct Named<'a> {
    /// The ids of the records, if it was given any.
    pub records: Option<Cow<'a, Value>>,
    /// Those of the positional ones, and perhaps of some that follow.
    names: Cow<'a, [&'a str]>,
    positional: &'a [Value],
    kwargs: &'a Map<String, Value>,
}

impl<'a> Named<'a> {
    /// The arguments, `context` among them if there is one.
    pub fn arguments(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let named = self.kwargs.iter().map(|(name, value)| (&**name, value));
        let names = self.names.iter().copied();
        names.zip(self.positional).chain(named)
    }
}

/// However they were given.
impl PartialEq for Named<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.records == other.records && self.arguments().eq(other.arguments())
    }
}

/// One flat object, the records among the arguments as `ids`: the body of JSON-2.
impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = self.positional.len() + self.kwargs.len();
        let length = usize::from(self.records.is_some()) + count;
        let mut object = serializer.serialize_map(Some(length))?;
        if let Some(records) = &self.records {
            object.serialize_entry("ids", &**records)?;
        }
        for (name, value) in self.arguments() {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}

/// Shows no argument: they may hold anything.
impl fmt::Debug for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.arguments().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

/// Shows no argument: they may hold anything.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = usize::from(self.records.is_some()) + self.args.len() + self.kwargs.len();
        write!(f, "Call({}.{}, {count} arguments)", self.model, self.method)
    }
}

/// What goes with a call beside its arguments.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct CallOptions {
    /// The context under the call's own.
    pub context: Context,
    /// The limit for the call to Odoo; `None` is the client's default.
    pub timeout: Option<Duration>,
    /// The id of the request; `None` is a new UUID for each.
    pub request_id: Option<String>,
    /// The series of the server, where the program states it.
    pub series: Option<Series>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn context_of(mut call: Call, session: &Context) -> Option<Value> {
        call.put_context_under(session);
        call.kwargs().get("context").cloned()
    }

    #[test]
    fn the_calls_own_context_wins_over_the_sessions() {
        let session = Context::new().lang("fr_FR").tz("UTC");
        let call = Call::new("res.partner", "read").kwarg("context", json!({"lang": "nl_BE"}));
        assert_eq!(
            context_of(call, &session),
            Some(json!({"lang": "nl_BE", "tz": "UTC"}))
        );
    }

    #[test]
    fn an_empty_context_is_not_sent() {
        assert_eq!(
            context_of(Call::new("res.partner", "read"), &Context::new()),
            None
        );
        let empty = Call::new("res.partner", "read").kwarg("context", json!({}));
        assert_eq!(context_of(empty, &Context::new()), None);
    }

    #[test]
    fn a_context_that_is_no_mapping_is_left_to_odoo() {
        let call = Call::new("res.partner", "read").kwarg("context", 5);
        assert_eq!(
            context_of(call, &Context::new().lang("fr_FR")),
            Some(json!(5))
        );
    }

    #[test]
    fn debug_shows_no_argument() {
        let call = Call::new("res.users", "write")
            .ids([2])
            .kwarg("vals", json!({"password": "hunter2"}));
        assert_eq!(format!("{call:?}"), "Call(res.users.write, 2 arguments)");
    }

    const NINETEEN: Series = Series::new(19, 0);

    fn arguments<'a>(named: &Named<'a>) -> Vec<(&'a str, &'a Value)> {
        named.arguments().collect()
    }

    #[test]
    fn the_records_are_the_first_positional_argument_or_stand_beside_named_ones() {
        let read = Call::new("res.partner", "read")
            .ids([7])
            .arg(json!(["name"]));
        assert_eq!(json!(read.positional()), json!([[7], ["name"]]));
        let named = read.named(NINETEEN).unwrap();
        assert_eq!(named.records.as_deref(), Some(&json!([7])));
        assert_eq!(arguments(&named), [("fields", &json!(["name"]))]);
    }

    #[test]
    fn ids_that_were_given_as_the_first_argument_are_the_records_of_a_core_method() {
        let ids_first = Call::new("res.partner", "write")
            .arg(json!([7]))
            .arg(json!({}));
        let named = ids_first.named(NINETEEN).unwrap();
        assert_eq!(named.records.as_deref(), Some(&json!([7])));
        assert_eq!(arguments(&named), [("vals", &json!({}))]);
    }

    #[test]
    fn a_position_is_named_as_the_series_names_it() {
        let search = Call::new("res.partner", "search").arg(json!([]));
        let name = |series| arguments(&search.named(Series::new(series, 0)).unwrap())[0].0;
        assert_eq!((name(15), name(19)), ("args", "domain"));
        let by_name = Call::new("res.partner", "search").kwarg("domain", json!([]));
        assert_eq!(
            search.named(NINETEEN).unwrap(),
            by_name.named(NINETEEN).unwrap()
        );
    }

    #[test]
    fn positions_that_have_no_name_are_refused() {
        let unknown = Call::new("sale.order", "action_confirm").ids([1]).arg(5);
        let refused = unknown.named(NINETEEN).unwrap_err().to_string();
        assert!(
            refused.contains("sale.order.action_confirm") && refused.contains("kwarg"),
            "{refused}"
        );
        let too_many = Call::new("res.partner", "unlink").ids([1]).arg(5);
        assert!(too_many.named(NINETEEN).is_err());
        let with_a_name = Call::new("sale.order", "reset")
            .ids([1])
            .arg_named("hard", true);
        let named = with_a_name.named(NINETEEN).unwrap();
        assert_eq!(arguments(&named), [("hard", &json!(true))]);
        let none = Call::new("sale.order", "action_confirm").ids([1]);
        assert_eq!(arguments(&none.named(NINETEEN).unwrap()), []);
    }
}
