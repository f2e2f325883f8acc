//! SQL over Odoo on a [Ballista](https://datafusion.apache.org/ballista) cluster: the parts that its processes are made of.
//!
//! Each process has a session of its own, which it opens by what its environment names. Plans name models, fields, domains and
//! ranges of ids; no key travels.

mod codec;

use std::net::SocketAddr;
use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use odx_datafusion::Tables;
use odx_runtime::Session;

use codec::Codec;

/// What stopped a process of the cluster.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many parts of a table are read side by side.
const PARTS: usize = 4;

/// Plans queries, and hands their parts to executors, until it is ended.
///
/// # Errors
/// Where the address cannot be listened on.
pub async fn scheduler(odoo: &Session, port: u16) -> Result<(), Failure> {
    let codec = Codec::new(odoo);
    let config = SchedulerConfig {
        bind_port: port,
        override_logical_codec: Some(Arc::new(codec.clone())),
        override_physical_codec: Some(Arc::new(codec)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    Ok(start_server(cluster, address, Arc::new(config)).await?)
}

/// Reads the parts that the scheduler hands to it, one at a time, until it is ended.
///
/// It takes two ports: one for what it read, and the next for the scheduler's orders.
///
/// # Errors
/// Where there is no scheduler, or an address cannot be listened on.
pub async fn executor(odoo: &Session, port: u16, scheduler_port: u16) -> Result<(), Failure> {
    let codec = Codec::telling(odoo);
    let folder = tempfile::tempdir()?;
    let config = ExecutorProcessConfig {
        port,
        grpc_port: port + 1,
        scheduler_port,
        scheduler_connect_timeout_seconds: 30,
        vcores: 1,
        work_dir: Some(folder.path().display().to_string()),
        override_logical_codec: Some(Arc::new(codec.clone())),
        override_physical_codec: Some(Arc::new(codec)),
        ..ExecutorProcessConfig::default()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}

/// An engine whose queries the cluster answers, over these tables of this Odoo.
///
/// # Errors
/// Where the scheduler's address is none.
pub async fn client(
    odoo: &Session,
    tables: Tables,
    scheduler_port: u16,
) -> Result<SessionContext, Failure> {
    let codec = Arc::new(Codec::new(odoo));
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(PARTS)
        // With it, each table is read in one part.
        .with_ballista_adaptive_query_planner(false)
        .with_ballista_logical_extension_codec(codec.clone())
        .with_ballista_physical_extension_codec(codec);
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .build();
    let address = format!("df://127.0.0.1:{scheduler_port}");
    let engine = SessionContext::remote_with_state(&address, state).await?;
    let catalog = engine.catalog("datafusion").ok_or("there is no catalog")?;
    catalog.register_schema("public", Arc::new(tables))?;
    Ok(engine)
}
