//! Eight writers, and a ninth that holds its transactions open.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use odx_runtime::{Error, Session};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::source::{MODEL, NAME, Source};

const WRITERS: usize = 8;

/// What is being written.
pub struct Writers {
    tasks: Vec<JoinHandle<Wrote>>,
    holder: Option<JoinHandle<Wrote>>,
    working: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
}

/// How many records were.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wrote {
    pub created: usize,
    pub written: usize,
    pub archived: usize,
    pub deleted: usize,
    /// Transactions that were held open.
    pub held: usize,
    /// Calls that Odoo refused, as another transaction was in the way.
    pub refused: usize,
}

impl fmt::Display for Wrote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            created,
            written,
            archived,
            deleted,
            held,
            refused,
        } = self;
        write!(
            f,
            "{created} created, {written} written, {archived} archived, {deleted} deleted, \
             {held} transactions held open, {refused} calls refused"
        )
    }
}

impl Wrote {
    fn and(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            written: self.written + other.written,
            archived: self.archived + other.archived,
            deleted: self.deleted + other.deleted,
            held: self.held + other.held,
            refused: self.refused + other.refused,
        }
    }
}

impl Writers {
    pub async fn start(source: &Source, turns: usize, created: usize, at_once: usize) -> Self {
        let working = Arc::new(AtomicUsize::new(WRITERS));
        let done = Arc::new(AtomicBool::new(false));
        let shared = create(&source.odoo, "shared", 200)
            .await
            .expect("they are created");
        let shared: Arc<[i64]> = shared.into();
        let tasks = (0..WRITERS).map(|number| {
            let writer = Writer {
                odoo: source.odoo.clone(),
                number,
                random: fastrand::Rng::with_seed(number as u64),
                shared: Arc::clone(&shared),
                own: Vec::new(),
                wrote: Wrote::default(),
            };
            // One of them has them all at once, in the middle.
            let at_once = (number == 0).then_some(at_once);
            let working = Arc::clone(&working);
            tokio::spawn(async move {
                let wrote = writer.work(turns, created, at_once).await;
                working.fetch_sub(1, Ordering::SeqCst);
                wrote
            })
        });
        let tasks = tasks.collect();
        let holder = match &source.postgres {
            Some(database) => {
                let own = create(&source.odoo, "held", 100)
                    .await
                    .expect("they are created");
                Some(tokio::spawn(hold(database.clone(), own, Arc::clone(&done))))
            }
            None => None,
        };
        Self {
            tasks,
            holder,
            working,
            done,
        }
    }

    pub fn are_done(&self) -> bool {
        self.working.load(Ordering::SeqCst) == 0
    }

    /// Waits for all of them.
    pub async fn finish(self) -> Wrote {
        let mut wrote = Wrote::default();
        for task in self.tasks {
            wrote = wrote.and(task.await.expect("a writer"));
        }
        self.done.store(true, Ordering::SeqCst);
        if let Some(holder) = self.holder {
            wrote = wrote.and(holder.await.expect("the one that holds"));
        }
        wrote
    }
}

struct Writer {
    odoo: Session,
    number: usize,
    random: fastrand::Rng,
    /// Records that all of them write.
    shared: Arc<[i64]>,
    own: Vec<i64>,
    wrote: Wrote,
}

impl Writer {
    async fn work(mut self, turns: usize, created: usize, at_once: Option<usize>) -> Wrote {
        for turn in 0..turns {
            let count = match at_once {
                Some(at_once) if turn == turns / 2 => at_once,
                _ => created,
            };
            let name = format!("{} {turn}", self.number);
            if let Some(ids) = self.carried_out(create(&self.odoo.clone(), &name, count).await) {
                self.wrote.created += ids.len();
                self.own.extend(ids);
            }
            // Twice in the same second, as often as not.
            let some = self.some(created / 2);
            let color = self.color();
            self.write(&some, color).await;
            let color = self.color();
            self.write(&some, color).await;
            let shared = self.shared[self.random.usize(0..self.shared.len())];
            let color = self.color();
            self.write(&[shared], color).await;
            let some = self.some(created / 5);
            self.write(&some, json!({"active": false})).await;
            self.wrote.archived += some.len();
            let some = self.some(created / 10);
            self.write(&some, json!({"active": true})).await;
            self.random.shuffle(&mut self.own);
            let left = self.own.len() - self.own.len().min(created / 4);
            let some = self.own.split_off(left);
            let deleted = self.odoo.call(MODEL, "unlink").ids(some.iter().copied());
            let deleted = deleted.send::<Value>().await;
            match self.carried_out(deleted) {
                Some(_) => self.wrote.deleted += some.len(),
                None => self.own.extend(some),
            }
        }
        self.wrote
    }

    fn color(&mut self) -> Value {
        json!({"color": self.random.u8(0..12)})
    }

    fn some(&mut self, count: usize) -> Vec<i64> {
        self.random.choose_multiple(self.own.iter().copied(), count)
    }

    async fn write(&mut self, ids: &[i64], values: Value) {
        if ids.is_empty() {
            return;
        }
        let call = self
            .odoo
            .call(MODEL, "write")
            .ids(ids.iter().copied())
            .arg(values);
        let done = call.send::<Value>().await;
        if self.carried_out(done).is_some() {
            self.wrote.written += ids.len();
        }
    }

    /// Two writers of one record may be in each other's way.
    fn carried_out<T>(&mut self, done: Result<T, Error>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) if error.odoo().is_some() => {
                self.wrote.refused += 1;
                None
            }
            Err(error) => panic!("a writer failed: {error}"),
        }
    }
}

async fn create(odoo: &Session, name: &str, count: usize) -> Result<Vec<i64>, Error> {
    let values: Vec<Value> = (0..count)
        .map(|index| json!({"name": format!("{NAME} {name} {index}")}))
        .collect();
    odoo.call(MODEL, "create").arg(values).send().await
}

/// Writes, creates and deletes by SQL as Odoo does, with the start of the transaction for `write_date`, and commits seconds
/// later.
async fn hold(database: String, mut own: Vec<i64>, done: Arc<AtomicBool>) -> Wrote {
    let (mut client, connection) = tokio_postgres::connect(&database, tokio_postgres::NoTls)
        .await
        .expect("the database of Odoo");
    tokio::spawn(connection);
    let mut random = fastrand::Rng::with_seed(9);
    let mut wrote = Wrote::default();
    while !done.load(Ordering::SeqCst) {
        let transaction = client.transaction().await.expect("a transaction");
        let some: Vec<i32> = random
            .choose_multiple(own.iter().copied(), 10)
            .into_iter()
            .map(|id| i32::try_from(id).expect("an id"))
            .collect();
        let written = transaction
            .execute(
                "UPDATE res_partner_category SET color = (color + 1) % 12, write_date = now() AT TIME ZONE 'UTC' WHERE id = ANY($1)",
                &[&some],
            )
            .await
            .expect("it is written");
        let created = transaction
            .query(
                "INSERT INTO res_partner_category (name, color, active, create_uid, write_uid, create_date, write_date) \
                 SELECT name, 3, true, 1, 1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC' FROM res_partner_category WHERE id = ANY($1) \
                 RETURNING id",
                &[&some],
            )
            .await
            .expect("it is created");
        let deleted: Vec<i32> = some.iter().copied().take(3).collect();
        transaction
            .execute(
                "DELETE FROM res_partner_category WHERE id = ANY($1)",
                &[&deleted],
            )
            .await
            .expect("it is deleted");
        tokio::time::sleep(Duration::from_millis(random.u64(1_000..8_000))).await;
        transaction.commit().await.expect("it is committed");
        own.retain(|id| !deleted.iter().any(|deleted| i64::from(*deleted) == *id));
        own.extend(created.iter().map(|row| i64::from(row.get::<_, i32>(0))));
        wrote.held += 1;
        wrote.written += written as usize;
        wrote.created += created.len();
        wrote.deleted += deleted.len();
    }
    wrote
}
