//! `cargo bench -p odx-call-speed`
//!
//! Short rounds of both callers take turns, and the medians are compared: what else the machine does meanwhile slows both
//! alike. criterion times one after the other.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use odx_call_speed::{ROADS, plain, server, typed};
use tokio::runtime::{Builder, Runtime};

/// How many calls are on their way at once.
const AT_ONCE: [usize; 2] = [1, 16];

/// How many rounds of each caller; the first are not counted.
const ROUNDS: usize = 140;
const WARM_UP: usize = 40;

/// How many calls a round has.
const CALLS: usize = 512;

fn main() {
    let url = server::start(|_| {}).expect("a free port");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    println!("| road | at once | odx, calls a second | reqwest | ratio |");
    println!("|---|---|---|---|---|");
    for road in ROADS {
        let odoo = runtime.block_on(typed::session(road, &url));
        let odoo = odoo.expect("a session");
        let client = plain::Client::new(road, &url).expect("a client");
        for at_once in AT_ONCE {
            let by_odx = || async { typed::count(&odoo).await.expect("a count") };
            let by_loop = || async { client.count().await.expect("a count") };
            let mut rounds: Vec<_> = (0..ROUNDS)
                .map(|_| {
                    let odx = timed(&runtime, at_once, by_odx);
                    (odx, timed(&runtime, at_once, by_loop))
                })
                .collect();
            let (odx, reqwest): (Vec<_>, Vec<_>) = rounds.drain(WARM_UP..).unzip();
            let (odx, reqwest) = (a_second(odx), a_second(reqwest));
            let percent = (odx / reqwest * 100.0).floor();
            println!("| {road} | {at_once} | {odx:.0} | {reqwest:.0} | {percent} % |");
        }
    }
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

/// How many calls a second are made in the median round.
fn a_second(mut rounds: Vec<Duration>) -> f64 {
    rounds.sort();
    CALLS as f64 / rounds[rounds.len() / 2].as_secs_f64()
}
