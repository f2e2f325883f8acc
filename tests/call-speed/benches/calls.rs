//! `cargo bench -p odx-call-speed`
//!
//! Short rounds of the callers take turns, and each is compared with those beside it: what else the machine does meanwhile
//! slows all alike. criterion times one after the other. The server is in the same thread: which core another one gets would
//! weigh more than the caller. Many processes measure one road each: where the system puts the memory of one weighs more than
//! what is measured, too.

use std::env::{args, current_exe};
use std::error::Error;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use odx_call_speed::{
    ROADS, TIME_LIMIT, plain,
    ratio::{Ratio, median},
    server, typed,
};
use odx_runtime::transport::RoadName;
use tokio::runtime::{Builder, Runtime};

/// How many calls are on their way at once.
const AT_ONCE: [usize; 2] = [1, 16];

/// How many processes measure each road: an odd number has one in the middle.
const PROCESSES: usize = 25;

/// How many rounds of each caller are compared in a process, and how many come before.
const ROUNDS: usize = 100;
const WARM_UP: usize = 20;

/// How many calls a round has: a few milliseconds of them.
const CALLS: usize = 64;

/// How much of what a loop reaches odx has to.
const LEAST: f64 = 0.95;

/// What a process is told before the road that it measures.
const MEASURE: &str = "measure";

/// Calls a second by odx, and how many of those of the loop with a time limit and of the one without that are: the medians of the
/// rounds of a process.
type Medians = [f64; 3];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    if let [what, road] = arguments.as_slice()
        && what == MEASURE
    {
        let road = ROADS.into_iter().find(|known| known.as_str() == road);
        return measure(road.ok_or("no such road")?);
    }
    println!(
        "| road | at once | odx, calls a second | of reqwest with a time limit | 95 % sure | of reqwest without | 95 % sure |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut behind = Vec::new();
    for road in ROADS {
        let measured = (0..PROCESSES).map(|_| measured(road));
        let measured: Vec<[Medians; AT_ONCE.len()]> = measured.collect::<Result<_, _>>()?;
        for (place, at_once) in AT_ONCE.into_iter().enumerate() {
            let measured = &measured;
            let of = |figure: usize| measured.iter().map(move |medians| medians[place][figure]);
            let odx = median(of(0));
            let [in_time, without_limit] = [1, 2].map(|figure| Ratio::of(of(figure)));
            println!("| {road} | {at_once} | {odx:.0} | {in_time} | {without_limit} |");
            if in_time.median.min(without_limit.median) < LEAST {
                behind.push(format!("{road} with {at_once} at once"));
            }
        }
    }
    match behind.is_empty() {
        true => Ok(()),
        false => Err(format!("less than {LEAST} of a loop: {}", behind.join(", ")).into()),
    }
}

/// What another process measures, for each of [`AT_ONCE`].
fn measured(road: RoadName) -> Result<[Medians; AT_ONCE.len()], Box<dyn Error>> {
    let process = Command::new(current_exe()?)
        .args([MEASURE, road.as_str()])
        .stderr(Stdio::inherit())
        .output()?;
    if !process.status.success() {
        return Err(format!("a process ended with {}", process.status).into());
    }
    let lines = String::from_utf8(process.stdout)?;
    let mut figures = lines.split_whitespace();
    let mut medians = [Medians::default(); AT_ONCE.len()];
    for median in medians.as_flattened_mut() {
        let figure = figures.next().ok_or("a process measured too little")?;
        *median = figure.parse()?;
    }
    Ok(medians)
}

/// Measures here, and tells the medians line by line.
fn measure(road: RoadName) -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let url = runtime.block_on(async { server::start_here() })?;
    let odoo = runtime.block_on(typed::session(road, &url))?;
    let in_time = plain::Client::new(road, &url, Some(TIME_LIMIT))?;
    let without_limit = plain::Client::new(road, &url, None)?;
    for at_once in AT_ONCE {
        let by_odx = || {
            timed(&runtime, at_once, || async {
                typed::count(&odoo).await.expect("a count")
            })
        };
        let by_loop = |client: &plain::Client| {
            timed(&runtime, at_once, || async {
                client.count().await.expect("a count")
            })
        };
        let callers: [&dyn Fn() -> Duration; 3] =
            [&by_odx, &|| by_loop(&in_time), &|| by_loop(&without_limit)];
        let rounds = (0..WARM_UP + ROUNDS).map(|round| took(round, callers));
        let rounds: Vec<_> = rounds.skip(WARM_UP).collect();
        let of = |figure: fn([f64; 3]) -> f64| {
            let rounds = rounds.iter();
            median(rounds.map(|took| figure(took.map(|took| took.as_secs_f64()))))
        };
        println!(
            "{} {} {}",
            of(|[odx, ..]| CALLS as f64 / odx),
            of(|[odx, in_time, _]| in_time / odx),
            of(|[odx, _, without_limit]| without_limit / odx)
        );
    }
    Ok(())
}

/// How long a round of each caller takes. Each begins in turn.
fn took(round: usize, callers: [&dyn Fn() -> Duration; 3]) -> [Duration; 3] {
    let mut took = [Duration::ZERO; 3];
    for turn in 0..callers.len() {
        let caller = (round + turn) % callers.len();
        took[caller] = callers[caller]();
    }
    took
}

/// How long a round takes.
fn timed<F: Future<Output = u64>>(
    runtime: &Runtime,
    at_once: usize,
    call: impl Fn() -> F,
) -> Duration {
    runtime.block_on(async {
        let began = Instant::now();
        for _ in 0..CALLS / at_once {
            join_all((0..at_once).map(|_| call())).await;
        }
        began.elapsed()
    })
}
