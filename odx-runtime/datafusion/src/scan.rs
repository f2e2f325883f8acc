//! Reading a table: each partition a range of ids, page after page.

use std::fmt;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{
    Boundedness, EmissionType, ReplaceChildrenOptions,
};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SendableRecordBatchStream,
};
use futures_util::{StreamExt, stream};
use odx_runtime::Session;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::columns::{self, Column};
use crate::error::Error;
use crate::model::Model;
use crate::split;

/// What is asked of Odoo. It names no server and holds no secret.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Asked {
    pub(crate) model: Arc<Model>,
    pub(crate) domain: Vec<Json>,
    pub(crate) read: Read,
    pub(crate) limit: Option<usize>,
    /// The ids that the parts begin with, but for the first.
    pub(crate) parts: Vec<i64>,
    pub(crate) page_size: usize,
}

impl Asked {
    /// The same for each part alone.
    pub(crate) fn each_part(&self) -> impl Iterator<Item = Self> + '_ {
        (0..=self.parts.len()).map(|part| Self {
            domain: [self.domain.clone(), split::of_part(&self.parts, part)].concat(),
            parts: Vec::new(),
            ..self.clone()
        })
    }
}

/// What is wanted of the records.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Read {
    /// Their number.
    Count,
    /// These columns; without any, so many empty rows.
    Rows { columns: Vec<Column> },
}

/// The plan that reads a table.
#[derive(Clone)]
pub(crate) struct OdooScan {
    session: Session,
    pub(crate) asked: Arc<Asked>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl OdooScan {
    pub(crate) fn new(session: Session, asked: Asked, schema: SchemaRef) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(asked.parts.len() + 1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self {
            session,
            asked: Arc::new(asked),
            schema,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        }
    }

    fn count(&self) -> impl futures_util::Stream<Item = Result<RecordBatch>> + Send + use<> {
        let (session, asked, schema) = (
            self.session.clone(),
            Arc::clone(&self.asked),
            Arc::clone(&self.schema),
        );
        stream::once(async move {
            let count = split::count(&session, &asked.model.name, &asked.domain).await?;
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let rows = asked.limit.map_or(count, |limit| limit.min(count));
            let rows = RecordBatchOptions::new().with_row_count(Some(rows));
            Ok(RecordBatch::try_new_with_options(
                schema,
                Vec::new(),
                &rows,
            )?)
        })
    }

    fn rows(
        &self,
        columns: &[Column],
        part: usize,
    ) -> impl futures_util::Stream<Item = Result<RecordBatch>> + Send + use<> {
        let asked = &self.asked;
        let wire = columns::wire_columns(&asked.model, columns::fields(columns).into_iter());
        let mut batches = self
            .session
            .arrow(&asked.model.name, wire)
            .domain(asked.domain.iter().cloned())
            .domain(split::of_part(&asked.parts, part))
            .with_archived()
            .of_table(asked.model.has_table())
            .page_size(asked.page_size);
        if let Some(limit) = asked.limit {
            batches = batches.limit(limit);
        }
        let (columns, schema) = (columns.to_vec(), Arc::clone(&self.schema));
        let asked = Arc::clone(asked);
        batches.stream().map(move |batch| {
            let batch = batch.map_err(|source| {
                DataFusionError::from(Error::Odoo {
                    model: asked.model.name.clone(),
                    source,
                })
            })?;
            columns::laid_out(&batch, &columns, &schema)
        })
    }
}

impl fmt::Debug for OdooScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OdooScan").field(&self.asked).finish()
    }
}

/// What goes out, in Odoo's own words.
impl DisplayAs for OdooScan {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = &self.asked;
        let (separator, end) = match format {
            DisplayFormatType::TreeRender => ("\n", "\n"),
            _ => (", ", ""),
        };
        if !matches!(format, DisplayFormatType::TreeRender) {
            write!(f, "OdooScan: ")?;
        }
        let domain = Json::from(asked.domain.clone());
        write!(f, "model={}{separator}domain={domain}", asked.model.name)?;
        match &asked.read {
            Read::Count => write!(f, "{separator}count")?,
            Read::Rows { columns } => {
                let fields = columns::fields(columns).join(", ");
                write!(f, "{separator}fields=[{fields}]")?;
            }
        }
        if let Some(limit) = asked.limit {
            write!(f, "{separator}limit={limit}")?;
        }
        if !asked.parts.is_empty() {
            write!(f, "{separator}parts from id={:?}", asked.parts)?;
        }
        write!(f, "{end}")
    }
}

impl ExecutionPlan for OdooScan {
    fn name(&self) -> &str {
        "OdooScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let metrics = BaselineMetrics::new(&self.metrics, partition);
        let batches = match &self.asked.read {
            Read::Count => self.count().boxed(),
            Read::Rows { columns } => self.rows(columns, partition).boxed(),
        };
        let counted = batches.inspect(move |batch| {
            if let Ok(batch) = batch {
                metrics.record_output(batch.num_rows());
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            counted,
        )))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}
