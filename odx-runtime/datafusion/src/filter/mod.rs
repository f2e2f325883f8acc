//! Conditions of SQL as domains.
//!
//! What is sent must find every record that SQL wants, whatever the series: SQL looks at what is read, Odoo at what its
//! database holds. A domain that finds these records and no others is exact. One that may find more is checked again by the
//! engine. What cannot be said so is not sent. Three facts make most of the work:
//!
//! - SQL's comparisons with null are neither true nor false; a domain is one or the other. So a condition has two domains,
//!   for where it is true and for where it is false, and `not` changes one for the other.
//! - A number that was never set is read as 0, and is null in the database.
//! - Since Odoo 18 an empty text is found as an unset one, and is read as what it is.

mod domain;
mod leaf;
mod literal;
mod pattern;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::{
    Between, BinaryExpr, Cast, Expr, Like, Operator as SqlOperator, TryCast,
};
use odx_facts::Series;

pub(crate) use domain::Domain;
use leaf::{Comparison, Leaf, Test};
use literal::Literal;

use crate::columns::Column;
use crate::model::Model;

/// What is sent in place of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) domain: Domain,
    /// Whether it finds what the condition is true of, and no more.
    pub(crate) exact: bool,
}

impl Said {
    pub(crate) fn exactly(domain: Domain) -> Self {
        Self {
            domain,
            exact: true,
        }
    }

    pub(crate) fn at_least(domain: Domain) -> Self {
        Self {
            domain,
            exact: false,
        }
    }

    fn checked_again(self) -> Self {
        Self::at_least(self.domain)
    }
}

/// The table that conditions are about.
#[derive(Clone, Copy)]
pub(crate) struct Conditions<'t> {
    pub(crate) model: &'t Model,
    pub(crate) columns: &'t [Column],
    /// The Arrow types of the columns.
    pub(crate) schema: &'t datafusion::arrow::datatypes::Schema,
    pub(crate) series: Series,
}

impl Conditions<'_> {
    /// What finds at least the rows that the condition is true of; `None` if only all of them do.
    pub(crate) fn said(&self, expr: &Expr) -> Option<Said> {
        self.when(expr, true)
    }

    /// What finds at least the rows that the condition is true, or false, of. It is neither of the others.
    fn when(&self, expr: &Expr, is_true: bool) -> Option<Said> {
        match expr {
            Expr::Not(inner) => self.when(inner, !is_true),
            Expr::BinaryExpr(binary) => self.binary(binary, is_true),
            Expr::Literal(..) => Some(Said::exactly(match Literal::of(expr)? {
                Literal::Boolean(value) if value == is_true => Domain::EVERY,
                Literal::Boolean(_) | Literal::Null => Domain::NONE,
                _ => return None,
            })),
            Expr::Column(_) => {
                let test = Test::Compare(Comparison::Eq, Literal::Boolean(true));
                self.leaf(expr)?.said(test, is_true)
            }
            Expr::IsNull(inner) => self.leaf(inner)?.said(Test::Unset, is_true),
            Expr::IsNotNull(inner) => self.leaf(inner)?.said(Test::Unset, !is_true),
            // Where it is true, the inner one is, and is never null.
            Expr::IsTrue(inner) if is_true => self.when(inner, true),
            Expr::IsFalse(inner) if is_true => self.when(inner, false),
            Expr::Between(Between {
                expr,
                negated,
                low,
                high,
            }) => {
                let is_true = is_true != *negated;
                let leaf = self.leaf(expr)?;
                let low = Test::Compare(Comparison::Ge, Literal::of(low)?);
                let high = Test::Compare(Comparison::Le, Literal::of(high)?);
                joined(is_true, leaf.said(low, is_true), leaf.said(high, is_true))
            }
            Expr::InList(list) => {
                let leaf = self.leaf(&list.expr)?;
                let values = list.list.iter().map(Literal::of);
                let values = values.collect::<Option<Vec<_>>>()?;
                leaf.said(Test::In(values), is_true != list.negated)
            }
            Expr::Like(Like {
                negated,
                expr,
                pattern,
                escape_char: None | Some('\\'),
                case_insensitive,
            }) if *negated != is_true => {
                let Literal::Text(pattern) = Literal::of(pattern)? else {
                    return None;
                };
                self.leaf(expr)?.like(&pattern, *case_insensitive)
            }
            _ => None,
        }
    }

    fn binary(&self, binary: &BinaryExpr, is_true: bool) -> Option<Said> {
        let BinaryExpr { left, op, right } = binary;
        let parts = || (self.when(left, is_true), self.when(right, is_true));
        match op {
            SqlOperator::And => {
                let (left, right) = parts();
                joined(is_true, left, right)
            }
            SqlOperator::Or => {
                let (left, right) = parts();
                joined(!is_true, left, right)
            }
            op => {
                let comparison = Comparison::of(*op)?;
                let (column, comparison, value) = match Literal::of(right) {
                    Some(value) => (left, comparison, value),
                    None => (right, comparison.turned(), Literal::of(left)?),
                };
                let test = Test::Compare(comparison, value);
                self.leaf(column)?.said(test, is_true)
            }
        }
    }

    /// The field of a column, whose values may be in another type that holds all of them.
    fn leaf(&self, expr: &Expr) -> Option<Leaf<'_>> {
        let (name, target) = match expr {
            Expr::Column(column) => (column.name(), None),
            Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) => {
                match &**expr {
                    Expr::Column(column) => (column.name(), Some(field.data_type())),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let (index, _) = self.schema.column_with_name(name)?;
        let own = self.schema.field(index).data_type();
        if target.is_some_and(|target| !keeps_values(own, target)) {
            return None;
        }
        let column = &self.columns[index];
        let field = self.model.fields.get(&column.field)?;
        Leaf::new(
            &self.model.name,
            &column.field,
            field,
            column.part,
            self.series,
        )
    }
}

/// Both conditions, or one of them: without one of the two, both is at least the other.
fn joined(both: bool, left: Option<Said>, right: Option<Said>) -> Option<Said> {
    if !both {
        let (left, right) = (left?, right?);
        return Some(Said {
            domain: Domain::any([left.domain, right.domain]),
            exact: left.exact && right.exact,
        });
    }
    match (left, right) {
        (Some(left), Some(right)) => Some(Said {
            domain: Domain::all([left.domain, right.domain]),
            exact: left.exact && right.exact,
        }),
        (one, other) => one.or(other).map(Said::checked_again),
    }
}

/// Whether each value stays what it is, and all compare as before.
fn keeps_values(own: &DataType, target: &DataType) -> bool {
    use DataType::{Date32, Date64, Float64, Int64, LargeUtf8, Timestamp, Utf8, Utf8View};
    match (own, target) {
        (own, target) if own == target => true,
        (Utf8, LargeUtf8 | Utf8View) => true,
        // Odoo's integers are of 32 bits.
        (Int64, Float64) => true,
        // Midnight of another zone is another moment.
        (Date32, Date64 | Timestamp(_, None)) => true,
        (Timestamp(own, _), Timestamp(target, _)) => per_second(own) <= per_second(target),
        _ => false,
    }
}

fn per_second(unit: &TimeUnit) -> u32 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}
