//! A condition on one field.

use datafusion::logical_expr::Operator as SqlOperator;
use odx_facts::{
    EMPTY_IS_UNSET, FieldType, Operator, SEARCHED_OTHERWISE, Series, TRANSLATED_IS_ORDINARY,
};
use serde_json::Value as Json;

use super::literal::{DAY, Literal, SECOND};
use super::{Domain, Said, pattern};
use crate::columns::Part;
use crate::model::Field;

/// A list with more values than so is said by its smallest and its largest, or not at all.
const LONGEST_LIST: usize = 1_000;

/// The integers that every road carries: those of XML-RPC, and of Odoo's columns.
const NUMBERS: std::ops::RangeInclusive<i128> = i32::MIN as i128..=i32::MAX as i128;

/// A comparison of SQL.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Comparison {
    pub(super) fn of(operator: SqlOperator) -> Option<Self> {
        Some(match operator {
            SqlOperator::Eq => Self::Eq,
            SqlOperator::NotEq => Self::Ne,
            SqlOperator::Lt => Self::Lt,
            SqlOperator::LtEq => Self::Le,
            SqlOperator::Gt => Self::Gt,
            SqlOperator::GtEq => Self::Ge,
            _ => return None,
        })
    }

    /// With the sides changed.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same => same,
        }
    }

    /// What is true where this is false.
    fn opposite(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }

    fn operator(self) -> Operator {
        match self {
            Self::Eq => Operator::Eq,
            Self::Ne => Operator::Ne,
            Self::Lt => Operator::Lt,
            Self::Le => Operator::Le,
            Self::Gt => Operator::Gt,
            Self::Ge => Operator::Ge,
        }
    }

    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Eq => left == right,
            Self::Ne => left != right,
            Self::Lt => left < right,
            Self::Le => left <= right,
            Self::Gt => left > right,
            Self::Ge => left >= right,
        }
    }
}

/// What a field is asked.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Compare(Comparison, Literal),
    In(Vec<Literal>),
    Unset,
}

/// A field that Odoo searches by what its database holds of it.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'a> {
    name: &'a str,
    field: &'a Field,
    series: Series,
}

impl<'a> Leaf<'a> {
    /// `None` of what Odoo may search otherwise than it reads it: what is not stored, what each company has a value of its own
    /// of, names of records, and a few others.
    pub(super) fn new(
        model: &str,
        name: &'a str,
        field: &'a Field,
        part: Part,
        series: Series,
    ) -> Option<Self> {
        if SEARCHED_OTHERWISE.contains(&(model, name)) {
            return None;
        }
        let is_searched = field.searchable && field.store && !field.company_dependent;
        let is_ordinary = !field.translate
            || (TRANSLATED_IS_ORDINARY.holds(series) && field.field_type() != FieldType::Html);
        (is_searched && is_ordinary && part != Part::Name).then_some(Self {
            name,
            field,
            series,
        })
    }

    /// What finds at least the rows that the test is true of, or false of.
    pub(super) fn said(&self, test: Test, is_true: bool) -> Option<Said> {
        let said = match test {
            Test::Unset => self.unset(is_true)?,
            // Neither true nor false.
            Test::Compare(_, Literal::Null) => Said::exactly(Domain::NONE),
            Test::Compare(comparison, value) => {
                let comparison = match is_true {
                    true => comparison,
                    false => comparison.opposite(),
                };
                self.compared(comparison, &value)?
            }
            Test::In(values) => self.listed(values, is_true)?,
        };
        // An addon may search what it computes by a method of its own.
        Some(match self.field.computed {
            true => said.checked_again(),
            false => said,
        })
    }

    pub(super) fn like(&self, pattern: &str, is_insensitive: bool) -> Option<Said> {
        let is_text = matches!(self.kind(), FieldType::Char | FieldType::Text);
        // A pattern is cut as a value is.
        if !is_text || self.field.is_cut {
            return None;
        }
        let operator = match is_insensitive {
            true => Operator::EqIlike,
            false => Operator::EqLike,
        };
        let pattern = pattern::wider(pattern, is_insensitive)?;
        Some(Said::at_least(self.is(operator, pattern)))
    }

    fn compared(&self, comparison: Comparison, value: &Literal) -> Option<Said> {
        match (self.kind(), value) {
            (FieldType::Boolean, Literal::Boolean(value)) => match comparison {
                Comparison::Eq => Some(self.boolean(*value)),
                Comparison::Ne => Some(self.boolean(!value)),
                _ => None,
            },
            (FieldType::Integer, Literal::Integer(value)) => self.integer(comparison, *value),
            (FieldType::Integer, Literal::Float(value)) => {
                self.integer_and_float(comparison, *value)
            }
            (FieldType::Float | FieldType::Monetary, Literal::Float(value)) => {
                self.float(comparison, *value)
            }
            (FieldType::Float | FieldType::Monetary, Literal::Integer(value)) => {
                self.float(comparison, *value as f64)
            }
            (FieldType::Date, Literal::Moment(moment)) => self.moment(comparison, *moment, DAY),
            (FieldType::Datetime, Literal::Moment(moment)) => {
                self.moment(comparison, *moment, SECOND)
            }
            (FieldType::Many2one, Literal::Integer(id)) => match comparison {
                Comparison::Eq => Some(self.among(vec![*id])),
                Comparison::Ne => Some(self.among_others(vec![*id])),
                _ => None,
            },
            (FieldType::Many2oneReference, Literal::Integer(id))
                if comparison == Comparison::Eq =>
            {
                Some(self.among(vec![*id]).checked_again())
            }
            (_, Literal::Text(text)) => match comparison {
                Comparison::Eq => self.one_of_texts(vec![text.clone()]),
                Comparison::Ne => self.none_of_texts(vec![text.clone()]),
                // PostgreSQL sorts texts by a language's rules, and the engine by their bytes.
                _ => None,
            },
            _ => None,
        }
    }

    fn listed(&self, values: Vec<Literal>, is_in: bool) -> Option<Said> {
        let has_null = values.contains(&Literal::Null);
        // What is not among the others may be the unknown one.
        if has_null && !is_in {
            return Some(Said::exactly(Domain::NONE));
        }
        let values = values.into_iter().filter(|value| *value != Literal::Null);
        let values: Vec<Literal> = values.collect();
        if values.is_empty() {
            return match is_in {
                true => Some(Said::exactly(Domain::NONE)),
                false => None,
            };
        }
        match self.kind() {
            FieldType::Integer => self.integers(&values, is_in),
            FieldType::Many2one => {
                let ids = integers(&values)?;
                (ids.len() <= LONGEST_LIST).then(|| match is_in {
                    true => self.among(ids),
                    false => self.among_others(ids),
                })
            }
            FieldType::Many2oneReference if is_in && values.len() <= LONGEST_LIST => {
                Some(self.among(integers(&values)?).checked_again())
            }
            kind if kind.is_text()
                || matches!(kind, FieldType::Selection | FieldType::Reference) =>
            {
                let texts = values.into_iter().map(|value| match value {
                    Literal::Text(text) => Some(text),
                    _ => None,
                });
                let texts = texts.collect::<Option<Vec<_>>>()?;
                if texts.len() > LONGEST_LIST {
                    return None;
                }
                match is_in {
                    true => self.one_of_texts(texts),
                    false => self.none_of_texts(texts),
                }
            }
            _ => self.one_by_one(values, is_in),
        }
    }

    /// A list as comparisons, one for each value.
    fn one_by_one(&self, values: Vec<Literal>, is_in: bool) -> Option<Said> {
        const LONGEST: usize = 20;
        if values.len() > LONGEST {
            return None;
        }
        let comparison = match is_in {
            true => Comparison::Eq,
            false => Comparison::Ne,
        };
        let said = values.iter().map(|value| self.compared(comparison, value));
        let said = said.collect::<Option<Vec<_>>>()?;
        let exact = said.iter().all(|said| said.exact);
        let domains = said.into_iter().map(|said| said.domain);
        let domain = match is_in {
            true => Domain::any(domains),
            false => Domain::all(domains),
        };
        Some(Said { domain, exact })
    }

    /// Is null, or is not. Numbers and lists never are: they are read as 0 and as empty.
    fn unset(&self, is_unset: bool) -> Option<Said> {
        match self.kind() {
            FieldType::Many2one | FieldType::Date | FieldType::Datetime | FieldType::Selection => {
                Some(Said::exactly(match is_unset {
                    true => self.is(Operator::Eq, false),
                    false => self.is(Operator::Ne, false),
                }))
            }
            kind if kind.is_text() && !self.field.translate => self.unset_text(is_unset),
            _ => None,
        }
    }

    /// Where Odoo takes an empty text for an unset one, `=like "%"` is what an empty one matches and an unset one does not.
    fn unset_text(&self, is_unset: bool) -> Option<Said> {
        let as_empty = EMPTY_IS_UNSET.holds(self.series);
        match is_unset {
            true => Some(Said::at_least(self.is(Operator::Eq, false))),
            false if !as_empty => Some(Said::at_least(self.is(Operator::Ne, false))),
            false if self.kind() == FieldType::Html => None,
            false => Some(Said::at_least(self.is(Operator::EqLike, "%"))),
        }
    }

    fn boolean(&self, value: bool) -> Said {
        Said::exactly(self.is(Operator::Eq, value))
    }

    /// Beyond what every road carries nothing is said: the ids of a view may be.
    fn integer(&self, comparison: Comparison, value: i128) -> Option<Said> {
        if !NUMBERS.contains(&value) {
            return None;
        }
        let condition = self.is(comparison.operator(), value as i64);
        // An id is never unset.
        if self.name == "id" {
            return Some(Said::exactly(condition));
        }
        let is_zero = value == 0;
        let domain = match comparison {
            // Some series find what is unset by it, and some do not.
            Comparison::Ne if is_zero => Domain::all([condition, self.is(Operator::Ne, false)]),
            // All series find what is unset among the others.
            Comparison::Ne => condition,
            _ if comparison.holds(0, value) => {
                Domain::any([condition, self.is(Operator::Eq, false)])
            }
            _ => condition,
        };
        Some(Said::exactly(domain))
    }

    fn integer_and_float(&self, comparison: Comparison, value: f64) -> Option<Said> {
        // Beyond it floats leave out integers.
        const EXACT: f64 = 9e15;
        if !value.is_finite() || value.abs() > EXACT {
            return None;
        }
        if value.fract() == 0.0 {
            return self.integer(comparison, value as i128);
        }
        match comparison {
            Comparison::Eq => Some(Said::exactly(Domain::NONE)),
            Comparison::Ne => Some(Said::exactly(Domain::EVERY)),
            Comparison::Lt | Comparison::Le => self.integer(Comparison::Le, value.floor() as i128),
            Comparison::Gt | Comparison::Ge => self.integer(Comparison::Ge, value.ceil() as i128),
        }
    }

    fn integers(&self, values: &[Literal], is_in: bool) -> Option<Said> {
        let numbers: Vec<i128> = values
            .iter()
            .map(|value| match value {
                Literal::Integer(number) => Some(*number),
                Literal::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                    Some(*number as i128)
                }
                _ => None,
            })
            .collect::<Option<_>>()?;
        let (least, most) = (numbers.iter().min()?, numbers.iter().max()?);
        if !NUMBERS.contains(least) || !NUMBERS.contains(most) {
            return None;
        }
        if numbers.len() > LONGEST_LIST {
            let from = self.integer(Comparison::Ge, *least)?.domain;
            let to = self.integer(Comparison::Le, *most)?.domain;
            return is_in.then(|| Said::at_least(Domain::all([from, to])));
        }
        // Of a list that has 0, Odoo 14 and 15 find what is unset in its place.
        let others = numbers.iter().filter(|n| **n != 0);
        let others: Vec<i64> = others.map(|n| *n as i64).collect();
        let has_zero = others.len() < numbers.len();
        let list = (!others.is_empty()).then(|| {
            let operator = if is_in { Operator::In } else { Operator::NotIn };
            self.is(operator, others)
        });
        let comparison = if is_in {
            Comparison::Eq
        } else {
            Comparison::Ne
        };
        let zero = match has_zero {
            true => Some(self.integer(comparison, 0)?.domain),
            false => None,
        };
        let parts = list.into_iter().chain(zero);
        Some(Said::exactly(match is_in {
            true => Domain::any(parts),
            false => Domain::all(parts),
        }))
    }

    /// Odoo rounds what it compares some numbers with, and the database may hold digits that a float does not have: the
    /// bounds are set wider.
    fn float(&self, comparison: Comparison, value: f64) -> Option<Said> {
        const LARGEST: f64 = 1e15;
        if !value.is_finite() || value.abs() > LARGEST {
            return None;
        }
        let slack = match self.field.is_rounded {
            // By half of one at most, where there are no decimal places.
            true => 1.0 + value.abs() * 1e-9,
            false => value.abs() * 1e-9 + 1e-12,
        };
        let (low, high) = (value - slack, value + slack);
        let from = || self.is(Operator::Ge, low);
        let to = || self.is(Operator::Le, high);
        let (domain, has_zero) = match comparison {
            Comparison::Eq => (Domain::all([from(), to()]), low <= 0.0 && high >= 0.0),
            Comparison::Ne => return None,
            Comparison::Lt | Comparison::Le => (to(), high >= 0.0),
            Comparison::Gt | Comparison::Ge => (from(), low <= 0.0),
        };
        Some(Said::at_least(match has_zero {
            true => Domain::any([domain, self.is(Operator::Eq, false)]),
            false => domain,
        }))
    }

    /// Of a date, and of a datetime, which is read in whole seconds where the database keeps parts of them: both are units that
    /// begin at or after a moment, or before one. These two mean the same to all series.
    fn moment(&self, comparison: Comparison, moment: i128, unit: i128) -> Option<Said> {
        let is_whole = moment.rem_euclid(unit) == 0;
        let begun = moment.div_euclid(unit);
        // The first unit that is not before the moment, and the first one after it.
        let not_before = self.of_unit(if is_whole { begun } else { begun + 1 }, unit)?;
        let after = self.of_unit(begun + 1, unit)?;
        let since = |start: String| self.is(Operator::Ge, start);
        let until = |end: String| self.is(Operator::Lt, end);
        Some(Said::exactly(match comparison {
            Comparison::Lt => until(not_before),
            Comparison::Le => until(after),
            Comparison::Gt => since(after),
            Comparison::Ge => since(not_before),
            Comparison::Eq if is_whole => Domain::all([since(not_before), until(after)]),
            Comparison::Eq => Domain::NONE,
            Comparison::Ne if is_whole => Domain::any([until(not_before), since(after)]),
            Comparison::Ne => self.is(Operator::Ne, false),
        }))
    }

    /// A date or datetime as Odoo writes it, if it can.
    fn of_unit(&self, count: i128, unit: i128) -> Option<String> {
        let seconds = i64::try_from(count * unit / SECOND).ok()?;
        let moment = datafusion::arrow::temporal_conversions::timestamp_s_to_datetime(seconds)?;
        let text = match unit {
            DAY => moment.format("%Y-%m-%d"),
            _ => moment.format("%Y-%m-%d %H:%M:%S"),
        };
        // Years of four digits, and none at whose ends Odoo's own arithmetic stops.
        let year = moment.format("%Y").to_string().parse::<i32>().ok()?;
        (1000..9999).contains(&year).then(|| text.to_string())
    }

    /// Leads to one of these records.
    fn among(&self, ids: Vec<i128>) -> Said {
        let ids = possible(ids);
        Said::exactly(match ids.as_slice() {
            [] => Domain::NONE,
            [id] => self.is(Operator::Eq, *id),
            _ => self.is(Operator::In, ids),
        })
    }

    /// Leads to a record, and to none of these.
    fn among_others(&self, ids: Vec<i128>) -> Said {
        let ids = possible(ids);
        let set = self.is(Operator::Ne, false);
        Said::exactly(match ids.as_slice() {
            [] => set,
            [id] => Domain::all([self.is(Operator::Ne, *id), set]),
            _ => Domain::all([self.is(Operator::NotIn, ids), set]),
        })
    }

    fn one_of_texts(&self, texts: Vec<String>) -> Option<Said> {
        self.check_texts(&texts)?;
        // A list that has an empty text means other things to other series.
        let (empty, others): (Vec<String>, Vec<String>) =
            texts.into_iter().partition(String::is_empty);
        let found = match others.as_slice() {
            [] => None,
            [text] => Some(self.is(Operator::Eq, text.clone())),
            _ => Some(self.is(Operator::In, others)),
        };
        // Newer series find what is unset by it, too.
        let found_empty = (!empty.is_empty()).then(|| self.is(Operator::Eq, ""));
        let exact = found_empty.is_none() && self.are_texts_as_read();
        let domain = Domain::any(found.into_iter().chain(found_empty));
        Some(Said { domain, exact })
    }

    fn none_of_texts(&self, texts: Vec<String>) -> Option<Said> {
        self.check_texts(&texts)?;
        if self.field.is_cut || self.field.translate || self.kind() == FieldType::Reference {
            return None;
        }
        if texts.iter().any(String::is_empty) {
            return None;
        }
        let others = match texts.as_slice() {
            [text] => self.is(Operator::Ne, text.clone()),
            _ => self.is(Operator::NotIn, texts),
        };
        Some(match self.kind() {
            FieldType::Selection => {
                Said::exactly(Domain::all([others, self.is(Operator::Ne, false)]))
            }
            // What is unset is among them, too.
            _ => Said::at_least(others),
        })
    }

    /// Whether texts can be compared: HTML is made from what it is compared with.
    fn check_texts(&self, texts: &[String]) -> Option<()> {
        let is_known = matches!(
            self.kind(),
            FieldType::Char | FieldType::Text | FieldType::Selection | FieldType::Reference
        );
        // A control character does not pass XML unchanged, and 0 not the database.
        let is_plain = |text: &String| !text.chars().any(char::is_control);
        (is_known && texts.iter().all(is_plain)).then_some(())
    }

    /// Whether the database compares what is read.
    fn are_texts_as_read(&self) -> bool {
        !self.field.is_cut && !self.field.translate && self.kind() != FieldType::Reference
    }

    fn kind(&self) -> FieldType {
        self.field.field_type()
    }

    fn is(&self, operator: Operator, value: impl Into<Json>) -> Domain {
        Domain::condition(self.name, operator, value)
    }
}

/// The ids that a record can have.
fn possible(ids: Vec<i128>) -> Vec<i64> {
    let possible = ids.into_iter().filter(|id| *id > 0 && NUMBERS.contains(id));
    possible.map(|id| id as i64).collect()
}

fn integers(values: &[Literal]) -> Option<Vec<i128>> {
    let integers = values.iter().map(|value| match value {
        Literal::Integer(number) => Some(*number),
        _ => None,
    });
    integers.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(described: Json) -> Field {
        let mut all = json!({"store": true, "searchable": true});
        let described = described.as_object().expect("an object").clone();
        all.as_object_mut().expect("an object").extend(described);
        Field::of(&all)
    }

    fn said(described: Json, series: u16, comparison: Comparison, value: Literal) -> Option<Said> {
        let field = field(described);
        let leaf = Leaf::new(
            "res.partner",
            "f",
            &field,
            Part::Whole,
            Series::from(series),
        )?;
        leaf.said(Test::Compare(comparison, value), true)
    }

    fn domain(said: &Said) -> Json {
        said.domain.to_items().into()
    }

    #[test]
    fn a_number_that_was_never_set_is_found_as_the_zero_that_it_is_read_as() {
        let integer = || json!({"type": "integer"});
        let zero = said(integer(), 19, Comparison::Eq, Literal::Integer(0)).expect("said");
        assert_eq!(
            domain(&zero),
            json!(["|", ["f", "=", 0], ["f", "=", false]])
        );
        let below = said(integer(), 14, Comparison::Lt, Literal::Integer(5)).expect("said");
        assert_eq!(
            domain(&below),
            json!(["|", ["f", "<", 5], ["f", "=", false]])
        );
        let above = said(integer(), 14, Comparison::Gt, Literal::Integer(5)).expect("said");
        assert_eq!(domain(&above), json!([["f", ">", 5]]));
        let wide = said(
            integer(),
            19,
            Comparison::Lt,
            Literal::Integer(3_000_000_000),
        );
        assert_eq!(wide, None, "an id of a view may be beyond it");
    }

    #[test]
    fn an_amount_is_asked_for_within_what_odoo_may_round_it_to() {
        let amount = json!({"type": "monetary"});
        let above = said(amount, 19, Comparison::Gt, Literal::Float(500.0)).expect("said");
        let bound = above.domain.to_items()[0][2].as_f64().expect("a number");
        assert!(!above.exact && (498.9..=499.0).contains(&bound), "{bound}");
    }

    #[test]
    fn a_moment_is_asked_for_by_the_seconds_that_are_read() {
        let datetime = || json!({"type": "datetime"});
        let moment = Literal::Moment(1_709_249_400 * SECOND);
        let same = said(datetime(), 14, Comparison::Eq, moment.clone()).expect("said");
        let second = json!([
            ["f", ">=", "2024-02-29 23:30:00"],
            ["f", "<", "2024-02-29 23:30:01"]
        ]);
        assert_eq!(domain(&same), second);
        let after = said(datetime(), 14, Comparison::Gt, moment).expect("said");
        assert_eq!(domain(&after), json!([["f", ">=", "2024-02-29 23:30:01"]]));
    }

    #[test]
    fn what_odoo_may_search_otherwise_than_it_reads_it_is_not_sent() {
        let text = || Literal::Text("x".to_owned());
        for described in [
            json!({"type": "char", "company_dependent": true}),
            json!({"type": "char", "store": false}),
            json!({"type": "html"}),
        ] {
            assert_eq!(
                said(described.clone(), 19, Comparison::Eq, text()),
                None,
                "{described}"
            );
        }
        let translated = || json!({"type": "char", "translate": true});
        assert_eq!(said(translated(), 15, Comparison::Eq, text()), None);
        assert!(said(translated(), 16, Comparison::Eq, text()).is_some_and(|said| !said.exact));
        let order = said(json!({"type": "char"}), 19, Comparison::Lt, text());
        assert_eq!(order, None);
    }

    /// Without its spaces an account number is another text, and a pattern without its signs finds nothing.
    #[test]
    fn what_a_model_searches_in_a_form_of_its_own_is_not_sent() {
        let text = field(json!({"type": "char"}));
        let leaf = |model, name| Leaf::new(model, name, &text, Part::Whole, Series::from(18));
        assert!(leaf("res.partner.bank", "acc_number").is_none());
        assert!(leaf("mail.blacklist", "email").is_none());
        assert!(leaf("res.partner.bank", "acc_holder_name").is_some());
        assert!(leaf("res.partner", "email").is_some());
    }

    #[test]
    fn what_is_unset_is_not_among_what_differs() {
        let differs = said(
            json!({"type": "many2one"}),
            19,
            Comparison::Ne,
            Literal::Integer(7),
        );
        let differs = differs.expect("said");
        assert!(differs.exact);
        assert_eq!(
            domain(&differs),
            json!([["f", "!=", 7], ["f", "!=", false]])
        );
    }
}
