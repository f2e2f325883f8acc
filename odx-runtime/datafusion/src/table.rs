//! A model as a table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session as Engine, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use odx_facts::{ADDED_CONDITIONS, LIMITED_BEFORE_ACCESS, Operator, Series};
use odx_runtime::Session;

use crate::columns::{self, Column};
use crate::filter::{Conditions, Domain, Said};
use crate::model::Model;
use crate::scan::{Asked, OdooScan, Read};
use crate::split::Splitting;

/// How tables are read.
#[derive(Clone, Copy, Debug, serde::Deserialize, serde::Serialize)]
pub(crate) struct Options {
    /// How many records a call asks for.
    pub(crate) page_size: usize,
    /// Whether columns that cost more than their database's are there, too.
    pub(crate) every_field: bool,
}

/// A model of Odoo as a table: its records that the session's user may see, archived ones too.
///
/// Made by [`Tables`](crate::Tables).
pub struct OdooTable {
    pub(crate) session: Session,
    pub(crate) model: Arc<Model>,
    pub(crate) series: Series,
    pub(crate) options: Options,
    /// Whether each part is a plan of its own.
    apart: bool,
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl std::fmt::Debug for OdooTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OdooTable")
            .field("model", &self.model.name)
            .finish_non_exhaustive()
    }
}

impl OdooTable {
    pub(crate) fn new(
        session: Session,
        model: Arc<Model>,
        series: Series,
        options: Options,
    ) -> Self {
        let (columns, schema) = columns::of(&model, options.every_field, &session);
        Self {
            session,
            model,
            series,
            options,
            apart: false,
            columns,
            schema,
        }
    }

    /// With each part as a plan of its own, so that a process can be given one and not the others.
    pub(crate) fn apart(self) -> Self {
        Self {
            apart: true,
            ..self
        }
    }

    fn conditions(&self) -> Conditions<'_> {
        Conditions {
            model: &self.model,
            columns: &self.columns,
            schema: &self.schema,
            series: self.series,
        }
    }

    /// The domain of all filters.
    fn said(&self, filters: &[Expr]) -> Said {
        let conditions = self.conditions();
        let parts = filters.iter().map(|filter| {
            let said = conditions.said(filter);
            said.unwrap_or(Said::at_least(Domain::EVERY))
        });
        let parts: Vec<Said> = parts.collect();
        let exact = parts.iter().all(|said| said.exact);
        let domain = Domain::all(parts.into_iter().map(|said| said.domain));
        Said { domain, exact }
    }

    /// What the model's search adds to a domain without some fields is kept away by a condition that all records meet, so that
    /// conditions on ids do not change what is found. Odoo 19 drops one that it sees through, such as `= False` or `!= False`.
    fn whole(&self, domain: Domain) -> Domain {
        const NO_FIELD: &str = "-";
        let added = ADDED_CONDITIONS
            .iter()
            .filter(|added| added.model == self.model.name);
        let any = added.map(|added| Domain::condition(added.unset, Operator::Ne, NO_FIELD));
        Domain::all(std::iter::once(domain).chain(any))
    }
}

/// Whether Ballista's adaptive planner is on, as it is by default: it gives every task of a union all of its branches, so that
/// each row would come as often as a table has parts (Ballista 55.0).
fn plans_adaptively(engine: &dyn Engine) -> bool {
    const SETTING: &str = "ballista.planner.adaptive.enabled";
    let mut settings = engine.config_options().entries().into_iter();
    settings.any(|setting| setting.key == SETTING && setting.value.as_deref() == Some("true"))
}

#[async_trait]
impl TableProvider for OdooTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        let conditions = self.conditions();
        let support = filters.iter().map(|filter| match conditions.said(filter) {
            Some(said) if said.exact => TableProviderFilterPushDown::Exact,
            Some(said) if said.domain != Domain::EVERY => TableProviderFilterPushDown::Inexact,
            _ => TableProviderFilterPushDown::Unsupported,
        });
        Ok(support.collect())
    }

    async fn scan(
        &self,
        engine: &dyn Engine,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (columns, schema) = match projection {
            Some(indices) => (
                indices
                    .iter()
                    .map(|index| self.columns[*index].clone())
                    .collect(),
                Arc::new(self.schema.project(indices)?),
            ),
            None => (self.columns.clone(), Arc::clone(&self.schema)),
        };
        let Said { domain, exact } = self.said(filters);
        if domain.is_none() {
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        // A limit counts what the engine keeps.
        let limit = limit.filter(|_| exact);
        let domain = self.whole(domain).to_items();
        // What the user may not see is taken away after the count.
        let may_count = exact && !LIMITED_BEFORE_ACCESS.contains(&self.model.name.as_str());
        let read = match columns.is_empty() && may_count {
            true => Read::Count,
            false => Read::Rows { columns },
        };
        let splitting = Splitting {
            session: &self.session,
            model: &self.model,
            domain: &domain,
            page_size: self.options.page_size,
            at_most: match self.apart && plans_adaptively(engine) {
                true => 1,
                false => engine.config().target_partitions(),
            },
        };
        let parts = match read {
            Read::Count => Vec::new(),
            Read::Rows { .. } => splitting.parts(limit).await?,
        };
        let asked = Asked {
            model: Arc::clone(&self.model),
            domain,
            read,
            limit,
            parts,
            page_size: self.options.page_size,
        };
        let scan = |asked| -> Arc<dyn ExecutionPlan> {
            Arc::new(OdooScan::new(
                self.session.clone(),
                asked,
                Arc::clone(&schema),
            ))
        };
        if self.apart {
            return UnionExec::try_new(asked.each_part().map(scan).collect());
        }
        Ok(scan(asked))
    }
}
