//! An import on its way: batches of rows of one depth and the same columns, each sent until every row of it is settled.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};

use super::{
    cell::Cell,
    column::{Column, Form, columns},
    given::{Given, Line},
    names, order,
    outcome::{Fault, Refused, Settled, Why},
    reference::Target,
    sent::{self, Answer, Message},
    strangers,
    typed::Settings,
};
use crate::{Error, OdooError, RecordId, Session, error::Cause};

/// How often rows are sent again where another transaction was in the way, or Odoo could not be reached.
const TRIES: u32 = 8;

/// How often a batch is sent again whose answer was lost, before it is sent in halves.
const LOST: u32 = 2;

/// What Odoo would say of every row.
const OF_ALL_ROWS: &[Cause] = &[
    Cause::Access,
    Cause::Login,
    Cause::Session,
    Cause::UnknownField,
    Cause::UnknownMethod,
    Cause::UnknownModel,
];

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The longest pause that a server can ask for.
const PATIENCE: Duration = Duration::from_secs(120);

/// Rows, and where they stand.
pub(super) struct Run {
    session: Session,
    model: &'static str,
    columns: Vec<Column>,
    /// The form of the values of a column that are unset: that of the others.
    forms: Vec<Form>,
    lines: Vec<Line>,
    /// The records that are there, by line, until all of the line is sent.
    made: Vec<Option<RecordId>>,
    warnings: Vec<Vec<Fault>>,
    /// The rows that were refused and have no record, by external id.
    refused: HashMap<String, usize>,
    batches: VecDeque<Batch>,
    settled: VecDeque<Settled>,
}

/// Lines that are sent in one call.
#[derive(Debug)]
struct Batch {
    lines: Vec<usize>,
    /// Whether it is of the values that were left for later.
    later: bool,
    tries: u32,
    /// An answer to these rows was lost: they may be there, or come there yet.
    is_lost: bool,
}

impl Batch {
    fn new(lines: Vec<usize>, later: bool) -> Self {
        Self {
            lines,
            later,
            tries: 0,
            is_lost: false,
        }
    }

    /// The same, of some of its lines.
    fn of(&self, lines: Vec<usize>) -> Self {
        Self {
            is_lost: self.is_lost,
            ..Self::new(lines, self.later)
        }
    }
}

impl Run {
    /// Looks at all rows, and sends none yet.
    pub(super) async fn begin(
        session: &Session,
        model: &'static str,
        given: Given,
        settings: Settings,
    ) -> Result<Self, Error> {
        let session = sent::session(session);
        let (columns, described) = columns(&session, model, &given).await?;
        let (mut lines, mut refused) = given.lines(&columns)?;
        let refused_before = take_out_settled(&mut lines, &mut refused, &settings.settled);
        names::resolve(&session, &columns, &mut lines, &mut refused).await?;
        strangers::take_out(&session, model, &mut lines, &mut refused).await?;
        // Why a value was not sent may name what the server said, such as the keys of a selection.
        let faults = refused.iter_mut().flat_map(|refused| &mut refused.faults);
        for fault in faults {
            if let Why::NotSent(why) = &mut fault.why {
                *why = described.shown(why);
            }
        }
        let depths = order::depths(model, &columns, &mut lines);
        let refused_now = refused.iter();
        let refused_now = refused_now.map(|refused| (refused.external_id.clone(), refused.row));
        let all_refused = refused_before.into_iter().chain(refused_now).collect();
        let settled = refused.into_iter().map(|refused| Settled {
            row: refused.row,
            external_id: refused.external_id.clone(),
            result: Err(refused),
            warnings: Vec::new(),
        });
        let mut run = Self {
            session,
            model,
            forms: forms(&columns, &lines),
            columns,
            made: vec![None; lines.len()],
            warnings: vec![Vec::new(); lines.len()],
            refused: all_refused,
            batches: VecDeque::new(),
            settled: settled.collect(),
            lines,
        };
        run.plan(&depths, settings.batch_size.max(1));
        Ok(run)
    }

    fn plan(&mut self, depths: &[usize], most: usize) {
        type Places = Vec<(usize, Option<Form>)>;
        let mut groups: BTreeMap<(usize, Places), Vec<usize>> = BTreeMap::new();
        let mut later: BTreeMap<Places, Vec<usize>> = BTreeMap::new();
        // A call says the records of a column in one way.
        let own_form =
            |place: usize, cell: &Cell| cell.form().filter(|form| *form != self.forms[place]);
        let places = |cells: &[(usize, Cell)]| -> Places {
            let places = cells.iter();
            places
                .map(|(place, cell)| (*place, own_form(*place, cell)))
                .collect()
        };
        for (index, line) in self.lines.iter().enumerate() {
            let group = groups.entry((depths[index], places(&line.cells)));
            group.or_default().push(index);
            if !line.later.is_empty() {
                later.entry(places(&line.later)).or_default().push(index);
            }
        }
        let chunks = |lines: Vec<usize>, is_later: bool| {
            let chunks: Vec<Batch> = lines
                .chunks(most)
                .map(|lines| Batch::new(lines.to_vec(), is_later))
                .collect();
            chunks
        };
        self.batches
            .extend(groups.into_values().flat_map(|lines| chunks(lines, false)));
        self.batches
            .extend(later.into_values().flat_map(|lines| chunks(lines, true)));
    }

    /// The next row that is settled; `None` when all are.
    pub(super) async fn next(&mut self) -> Result<Option<Settled>, Error> {
        loop {
            if let Some(settled) = self.settled.pop_front() {
                return Ok(Some(settled));
            }
            let Some(mut batch) = self.batches.pop_front() else {
                return Ok(None);
            };
            if batch.later {
                // What was refused is settled.
                batch.lines.retain(|line| self.made[*line].is_some());
            }
            if !batch.lines.is_empty() {
                self.send(batch).await?;
            }
        }
    }

    async fn send(&mut self, batch: Batch) -> Result<(), Error> {
        let (columns, rows) = self.table(&batch);
        match sent::load(&self.session, self.model, columns, rows).await {
            Ok(answer) => self.read(batch, answer).await,
            Err(error) => self.failed(batch, error).await,
        }
    }

    /// The columns and the rows of a batch.
    fn table(&self, batch: &Batch) -> (Vec<String>, Vec<Vec<String>>) {
        let cells = |line: &usize| match batch.later {
            true => &self.lines[*line].later,
            false => &self.lines[*line].cells,
        };
        let places = batch.lines.first().map(cells).into_iter().flatten();
        let form = |at: usize, place: usize| {
            let mut forms = batch
                .lines
                .iter()
                .filter_map(|line| cells(line)[at].1.form());
            forms.next().unwrap_or(self.forms[place])
        };
        let path =
            |(at, (place, _)): (usize, &(usize, Cell))| self.columns[*place].path(form(at, *place));
        let columns = std::iter::once("id".to_owned()).chain(places.enumerate().map(path));
        let rows = batch.lines.iter().map(|line| {
            let texts = cells(line).iter().map(|(_, cell)| cell.text());
            std::iter::once(self.lines[*line].external_id.clone())
                .chain(texts)
                .collect()
        });
        (columns.collect(), rows.collect())
    }

    /// Takes an answer.
    async fn read(&mut self, batch: Batch, answer: Answer) -> Result<(), Error> {
        let told: BTreeSet<usize> = answer
            .messages
            .iter()
            .filter(|message| {
                message.is_error || answer.ids.as_ref().map(Vec::len) != Some(batch.lines.len())
            })
            .filter_map(|message| message.row)
            .filter(|row| *row < batch.lines.len())
            .collect();
        match answer.ids {
            Some(ids) if ids.len() == batch.lines.len() => {
                self.warn(&batch, &answer.messages);
                for (line, id) in batch.lines.iter().zip(ids) {
                    self.keep(*line, id, batch.later);
                }
                Ok(())
            }
            _ if batch.lines.len() == 1 => self.refuse_or_wait(batch, &answer.messages).await,
            _ if told.is_empty() => {
                self.halve(batch);
                Ok(())
            }
            // The others are sent first: a row that is in the way of another may be kept with them. What Odoo told may be of
            // another row, or of one that is taken out: each is then asked about alone.
            _ => {
                let (mut alone, mut rest) = (Vec::new(), Vec::new());
                for (row, line) in batch.lines.iter().enumerate() {
                    match told.contains(&row) {
                        true => alone.push(*line),
                        false => rest.push(*line),
                    }
                }
                for line in alone.into_iter().rev() {
                    self.batches.push_front(batch.of(vec![line]));
                }
                if !rest.is_empty() {
                    self.batches.push_front(batch.of(rest));
                }
                Ok(())
            }
        }
    }

    /// One row that was refused. It is sent again where that says nothing of it.
    async fn refuse_or_wait(
        &mut self,
        mut batch: Batch,
        messages: &[Message],
    ) -> Result<(), Error> {
        let line = batch.lines[0];
        let is_conflict = messages.iter().any(|message| message.is_conflict);
        let most = if is_conflict { TRIES } else { LOST };
        if (is_conflict || batch.is_lost) && batch.tries < most {
            pause(batch.tries, None).await;
            batch.tries += 1;
            self.batches.push_front(batch);
            return Ok(());
        }
        let why = |text: String| match is_conflict {
            true => Why::Conflict(text),
            false => Why::Odoo(text),
        };
        let errors = messages.iter().filter(|message| message.is_error);
        let mut faults: Vec<Fault> = errors
            .map(|message| self.fault(line, message, &why))
            .collect();
        if faults.is_empty() {
            let texts: Vec<&str> = messages.iter().map(|message| &*message.text).collect();
            let text = match texts.is_empty() {
                true => "Odoo did not keep the row, and does not say why".to_owned(),
                false => texts.join("; "),
            };
            faults.push(Fault::of_row(why(text)));
        }
        self.refuse(line, faults);
        Ok(())
    }

    /// A call that was not answered, or that Odoo rejected as a whole.
    async fn failed(&mut self, mut batch: Batch, error: Error) -> Result<(), Error> {
        let is_one = batch.lines.len() == 1;
        if error.may_have_been_carried_out() {
            batch.is_lost = true;
            if batch.tries >= LOST && !is_one {
                self.halve(batch);
                return Ok(());
            }
        } else if !error.is_retryable() && error.retry_after().is_none() {
            return self.rejected(batch, error);
        }
        if batch.tries < TRIES {
            pause(batch.tries, error.retry_after()).await;
            batch.tries += 1;
            self.batches.push_front(batch);
            return Ok(());
        }
        let is_conflict = error.odoo().is_some_and(OdooError::is_conflict);
        match (is_conflict, is_one) {
            (true, true) => {
                let fault = Fault::of_row(Why::Conflict(error.to_string()));
                self.refuse(batch.lines[0], vec![fault]);
            }
            (true, false) => self.halve(batch),
            (false, _) => return Err(error),
        }
        Ok(())
    }

    /// An error of Odoo without a word of the row.
    fn rejected(&mut self, batch: Batch, error: Error) -> Result<(), Error> {
        match &error {
            Error::Odoo(refused) if !OF_ALL_ROWS.contains(&refused.cause()) => {
                match batch.lines.as_slice() {
                    [line] => {
                        let fault = Fault::of_row(Why::Odoo(refused.message.to_string()));
                        self.refuse(*line, vec![fault]);
                    }
                    _ => self.halve(batch),
                }
                Ok(())
            }
            _ => Err(error),
        }
    }

    fn halve(&mut self, batch: Batch) {
        let half = batch.lines.len().div_ceil(2);
        let (first, second) = batch.lines.split_at(half);
        for lines in [second, first] {
            if !lines.is_empty() {
                self.batches.push_front(batch.of(lines.to_vec()));
            }
        }
    }

    fn keep(&mut self, line: usize, id: RecordId, later: bool) {
        self.made[line] = Some(id);
        if !later && !self.lines[line].later.is_empty() {
            return;
        }
        self.settled.push_back(Settled {
            row: self.lines[line].row,
            external_id: self.lines[line].external_id.clone(),
            result: Ok(id),
            warnings: std::mem::take(&mut self.warnings[line]),
        });
    }

    fn refuse(&mut self, line: usize, mut faults: Vec<Fault>) {
        let Line {
            row,
            external_id,
            cells,
            later,
        } = &self.lines[line];
        let sent = if self.made[line].is_some() {
            later
        } else {
            cells
        };
        for fault in &mut faults {
            if fault.field.is_none() && matches!(fault.why, Why::Odoo(_)) {
                let sent = sent
                    .iter()
                    .map(|(place, _)| self.columns[*place].name.clone());
                fault.sent = sent.collect();
            }
        }
        if self.made[line].is_none() {
            self.refused.insert(external_id.clone(), *row);
        }
        self.settled.push_back(Settled {
            row: *row,
            external_id: external_id.clone(),
            result: Err(Refused {
                row: *row,
                external_id: external_id.clone(),
                id: self.made[line].take(),
                faults,
            }),
            warnings: std::mem::take(&mut self.warnings[line]),
        });
    }

    fn warn(&mut self, batch: &Batch, messages: &[Message]) {
        for message in messages {
            let Some(line) = message.row.and_then(|row| batch.lines.get(row)) else {
                continue;
            };
            let fault = self.fault(*line, message, &Why::Odoo);
            self.warnings[*line].push(fault);
        }
    }

    fn fault(&self, line: usize, message: &Message, why: &dyn Fn(String) -> Why) -> Fault {
        let field = message.field.clone();
        let line = &self.lines[line];
        let mut cells = line.cells.iter().chain(&line.later);
        let is_field = |place: usize| Some(&self.columns[place].name) == field.as_ref();
        let cell = cells.find(|(place, _)| is_field(*place));
        let cell = cell.map(|(_, cell)| cell);
        Fault {
            value: cell.map(Cell::text),
            field,
            sent: Vec::new(),
            why: self.explained(cell, why(message.text.clone())),
        }
    }

    /// What Odoo said of a reference, with the row that was to become the record.
    fn explained(&self, cell: Option<&Cell>, why: Why) -> Why {
        let (Some(Cell::Links(targets)), Why::Odoo(said)) = (cell, &why) else {
            return why;
        };
        let mut rows = targets.iter().filter_map(|target| match target {
            Target::External(id) => self.refused.get_key_value(id),
            _ => None,
        });
        match rows.next() {
            Some((external_id, row)) => Why::RowRefused {
                row: *row,
                external_id: external_id.clone(),
                said: said.clone(),
            },
            None => why,
        }
    }
}

/// Takes out the rows that are settled, and gives those of them that were refused.
fn take_out_settled(
    lines: &mut Vec<Line>,
    refused: &mut Vec<Refused>,
    settled: &BTreeMap<usize, bool>,
) -> Vec<(String, usize)> {
    let of_lines = lines.iter().map(|line| (&line.external_id, line.row));
    let of_refused = refused.iter().map(|row| (&row.external_id, row.row));
    let rows = of_lines.chain(of_refused);
    let rows = rows.filter(|(_, row)| settled.get(row) == Some(&true));
    let rows = rows.map(|(id, row)| (id.clone(), row)).collect();
    lines.retain(|line| !settled.contains_key(&line.row));
    refused.retain(|row| !settled.contains_key(&row.row));
    rows
}

/// The form of each column: that of its values, which may all be unset.
fn forms(columns: &[Column], lines: &[Line]) -> Vec<Form> {
    let mut forms: Vec<Form> = columns.iter().map(Column::empty_form).collect();
    for (place, cell) in lines
        .iter()
        .flat_map(|line| line.cells.iter().chain(&line.later))
    {
        if let Some(form) = cell.form() {
            forms[*place] = form;
        }
    }
    forms
}

/// Waits before rows are sent again: longer each time, and never as long as others that failed together.
async fn pause(tries: u32, wanted: Option<Duration>) {
    let delay = FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(tries))
        .min(LONGEST_PAUSE);
    let delay = delay.mul_f64(0.5 + fastrand::f64() / 2.0);
    tokio::time::sleep(delay.max(wanted.unwrap_or_default().min(PATIENCE))).await;
}
