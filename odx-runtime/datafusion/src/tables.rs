//! The models of an Odoo as the tables of a schema.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, SchemaProvider, TableProvider};
use datafusion::error::Result;
use datafusion::execution::context::{SessionConfig, SessionContext};
use odx_facts::{Operator, Series};
use odx_runtime::{AnySession, Session};
use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::model::{Meta, Model, Recorded};
use crate::table::{OdooTable, Options};

/// How many parts of a table are read side by side unless told.
const PARTS: usize = 4;

/// How many records a call asks for unless told.
const PAGE: usize = 1_000;

/// The models of an Odoo as tables, under their names with underscores for dots, or their own in double quotes.
///
/// ```no_run
/// use odx_datafusion::Tables;
///
/// # async fn example(odoo: &odx_runtime::Session) -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Tables::of_snapshot(odoo, "odoo-schema").await?.engine();
/// let sales = engine.sql("select partner_id_name, sum(amount_total) from sale_order where state = 'sale' group by 1");
/// sales.await?.show().await?;
/// # Ok(())
/// # }
/// ```
pub struct Tables {
    session: Session,
    series: Series,
    source: Source,
    options: Options,
    parts: usize,
}

enum Source {
    Snapshot(BTreeMap<String, Arc<Model>>),
    /// Fields are asked for when a query names the table.
    Server,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Tables {
    /// The models of the snapshot that `odx pull` wrote, read over this session.
    ///
    /// # Errors
    /// [`Error::Snapshot`], and [`Error::Odoo`] where the server does not tell its version.
    pub async fn of_snapshot(odoo: &impl AnySession, dir: impl AsRef<Path>) -> Result<Self, Error> {
        let snapshot = odx_snapshot::read::<Meta, Recorded>(dir).map_err(Error::Snapshot)?;
        let models = snapshot.models.into_iter().map(|file| file.model);
        let models = models.filter(|model| !model.is_abstract).map(|model| {
            let read = Model::of(model.model.clone(), &model.fields);
            (model.model, Arc::new(read))
        });
        Self::of(odoo, Source::Snapshot(models.collect())).await
    }

    /// The models that the server has, whose fields are asked for when a query names them.
    ///
    /// # Errors
    /// [`Error::Odoo`] where the server does not tell its version.
    pub async fn of_server(odoo: &impl AnySession) -> Result<Self, Error> {
        Self::of(odoo, Source::Server).await
    }

    async fn of(odoo: &impl AnySession, source: Source) -> Result<Self, Error> {
        let session = odoo.session().clone();
        let series = match session.known_series() {
            Some(series) => series,
            None => {
                let version = session.version().await;
                let failed = |source| Error::Odoo {
                    model: "the version of the server".to_owned(),
                    source,
                };
                version.map_err(failed)?.series()
            }
        };
        Ok(Self {
            session,
            series,
            source,
            options: Options {
                page_size: PAGE,
                every_field: false,
            },
            parts: PARTS,
        })
    }

    /// How many records a call asks for, and a batch has; 1,000 unless told.
    #[must_use]
    pub fn page_size(mut self, records: usize) -> Self {
        self.options.page_size = records.max(1);
        self
    }

    /// How many parts of a table are read side by side; 4 unless told. The limits of the session's client hold for all of
    /// them.
    #[must_use]
    pub fn parts(mut self, parts: usize) -> Self {
        self.parts = parts.max(1);
        self
    }

    /// Columns for every field. Without it a table has what costs Odoo no more than its columns: what is stored and no file,
    /// `display_name`, and what is inherited over one relation. With it `select *` computes whatever the model computes.
    #[must_use]
    pub fn with_every_field(mut self) -> Self {
        self.options.every_field = true;
        self
    }

    /// An engine with these tables, which reads so many parts of each side by side as [`parts`](Self::parts) says.
    ///
    /// For an engine of one's own, these tables are a [`SchemaProvider`].
    pub fn engine(self) -> SessionContext {
        const CATALOG: &str = "odoo";
        const SCHEMA: &str = "public";
        let config = SessionConfig::new()
            .with_target_partitions(self.parts)
            .with_information_schema(true)
            .with_create_default_catalog_and_schema(false)
            .with_default_catalog_and_schema(CATALOG, SCHEMA);
        let engine = SessionContext::new_with_config(config);
        let catalog = MemoryCatalogProvider::new();
        catalog
            .register_schema(SCHEMA, Arc::new(self))
            .expect("BUG: a catalog in memory takes a schema");
        engine.register_catalog(CATALOG, Arc::new(catalog));
        engine
    }

    /// The model of a table, if there is one.
    async fn model(&self, table: &str) -> Result<Option<Arc<Model>>, Error> {
        let models = match &self.source {
            Source::Snapshot(models) => models,
            Source::Server => return self.model_of_server(table).await,
        };
        if let Some(model) = models.get(table) {
            return Ok(Some(Arc::clone(model)));
        }
        let name = one_of(table, models.keys().filter(|model| name(model) == table))?;
        Ok(name.map(|name| Arc::clone(&models[name])))
    }

    async fn model_of_server(&self, table: &str) -> Result<Option<Arc<Model>>, Error> {
        let failed = |model: &str| {
            let model = model.to_owned();
            move |source| Error::Odoo { model, source }
        };
        let Some(model) = self.name_on_server(table).await? else {
            return Ok(None);
        };
        let call = self
            .session
            .call(model.clone(), "fields_get")
            .arg(json!([]));
        let fields: Json = call.send().await.map_err(failed(&model))?;
        let fields = serde_json::from_value(fields).map_err(|source| Error::Fields {
            model: model.clone(),
            source,
        })?;
        Ok(Some(Arc::new(Model::of(model, &fields))))
    }

    /// The name of the model: `_` in a pattern is any character, so that a dot is found by it. Who may not read the list of
    /// models names the model itself.
    async fn name_on_server(&self, table: &str) -> Result<Option<String>, Error> {
        const MODELS: &str = "ir.model";
        if table.contains('.') {
            return Ok(Some(table.to_owned()));
        }
        let call = self.session.call(MODELS, "search_read");
        let call = call
            .arg(json!([["model", Operator::EqLike.as_str(), table]]))
            .kwarg("fields", json!(["model"]));
        let found: Vec<BTreeMap<String, Json>> = match call.send().await {
            Ok(found) => found,
            Err(error) if error.is_access_denied() => {
                return Ok(Some(table.replace('_', ".")));
            }
            Err(source) => {
                return Err(Error::Odoo {
                    model: MODELS.to_owned(),
                    source,
                });
            }
        };
        let found: Vec<String> = found
            .iter()
            .filter_map(|row| row.get("model")?.as_str().map(str::to_owned))
            .filter(|model| name(model) == table)
            .collect();
        if found.iter().any(|model| model == table) {
            return Ok(Some(table.to_owned()));
        }
        Ok(one_of(table, found.iter())?.cloned())
    }
}

/// The name of a model's table.
fn name(model: &str) -> String {
    model.replace('.', "_")
}

/// The only one, if there is one.
fn one_of<'m>(
    table: &str,
    mut models: impl Iterator<Item = &'m String>,
) -> Result<Option<&'m String>, Error> {
    let Some(one) = models.next() else {
        return Ok(None);
    };
    match models.next() {
        None => Ok(Some(one)),
        Some(other) => Err(Error::Ambiguous {
            table: table.to_owned(),
            one: one.clone(),
            other: other.clone(),
        }),
    }
}

#[async_trait]
impl SchemaProvider for Tables {
    /// Of a snapshot, its models; of a server none, which are found when they are named.
    fn table_names(&self) -> Vec<String> {
        match &self.source {
            Source::Snapshot(models) => models.keys().map(|model| name(model)).collect(),
            Source::Server => Vec::new(),
        }
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(model) = self.model(name).await? else {
            return Ok(None);
        };
        let table = OdooTable::new(self.session.clone(), model, self.series, self.options);
        Ok(Some(Arc::new(table)))
    }

    fn table_exist(&self, table: &str) -> bool {
        match &self.source {
            Source::Snapshot(models) => {
                models.contains_key(table) || models.keys().any(|model| name(model) == table)
            }
            Source::Server => true,
        }
    }
}
