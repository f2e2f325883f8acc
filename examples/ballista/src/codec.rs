//! What travels between the processes of the cluster: Odoo's tables and scans beside Ballista's own plans.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use odx_datafusion::{OdooTable, wire};
use odx_runtime::Session;

/// What stands before a scan of Odoo's: no message of Ballista's begins so.
const SCAN: &[u8] = b"\xffodx scan\n";

/// Reads and writes tables and scans, with this process's session.
#[derive(Clone)]
pub struct Codec {
    odoo: Session,
    /// Whether the scans that are taken on are told on standard output.
    tells: bool,
}

impl Codec {
    /// Of a process that plans or asks.
    pub fn new(odoo: &Session) -> Self {
        Self {
            odoo: odoo.clone(),
            tells: false,
        }
    }

    /// Of a process that reads, and says what.
    pub fn telling(odoo: &Session) -> Self {
        Self {
            tells: true,
            ..Self::new(odoo)
        }
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec").finish_non_exhaustive()
    }
}

impl LogicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[LogicalPlan],
        context: &TaskContext,
    ) -> Result<Extension> {
        BallistaLogicalExtensionCodec::default().try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        BallistaLogicalExtensionCodec::default().try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        _: &TableReference,
        _: SchemaRef,
        _: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        Ok(Arc::new(wire::decode_table(bytes, &self.odoo)?))
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        table: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        match (&*table as &dyn Any).downcast_ref::<OdooTable>() {
            Some(table) => bytes.extend(wire::encode_table(table)),
            None => BallistaLogicalExtensionCodec::default()
                .try_encode_table_provider(name, table, bytes)?,
        }
        Ok(())
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(scan) = bytes.strip_prefix(SCAN) else {
            let ballista = BallistaPhysicalExtensionCodec::default();
            return ballista.try_decode(bytes, inputs, context, converter);
        };
        let scan = wire::decode_scan(scan, &self.odoo)?;
        if self.tells {
            println!("takes {}", displayable(&*scan).one_line());
        }
        Ok(scan)
    }

    fn try_encode(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(scan) = wire::encode_scan(&*plan)? else {
            let ballista = BallistaPhysicalExtensionCodec::default();
            return ballista.try_encode(plan, bytes, converter);
        };
        bytes.extend(SCAN);
        bytes.extend(scan);
        Ok(())
    }
}
