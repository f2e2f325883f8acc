//! `cargo bench -p odx-call-speed`
//!
//! Short rounds of both callers take turns, and each is compared with the one beside it: what else the machine does meanwhile
//! slows both alike. criterion times one after the other. The server is in the same thread: which core another one gets would
//! weigh more than the caller.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use odx_call_speed::{ROADS, plain, ratio::Ratio, server, typed};
use tokio::runtime::{Builder, Runtime};

/// How many calls are on their way at once.
const AT_ONCE: [usize; 2] = [1, 16];

/// How many pairs of rounds are compared, and how many come before.
const PAIRS: usize = 1_000;
const WARM_UP: usize = 100;

/// How many calls a round has: a few milliseconds of them.
const CALLS: usize = 64;

fn main() {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let url = runtime.block_on(async { server::start_here() });
    let url = url.expect("a free port");
    println!("| road | at once | odx, calls a second | reqwest | odx of reqwest | 95 % sure |");
    println!("|---|---|---|---|---|---|");
    for road in ROADS {
        let odoo = runtime.block_on(typed::session(road, &url));
        let odoo = odoo.expect("a session");
        let client = plain::Client::new(road, &url).expect("a client");
        for at_once in AT_ONCE {
            let by_odx = || {
                timed(&runtime, at_once, || async {
                    typed::count(&odoo).await.expect("a count")
                })
            };
            let by_loop = || {
                timed(&runtime, at_once, || async {
                    client.count().await.expect("a count")
                })
            };
            let pairs: Vec<_> = (0..WARM_UP + PAIRS)
                .map(|pair| one_pair(pair, by_odx, by_loop))
                .collect();
            let (odx, reqwest): (Vec<_>, Vec<_>) = pairs[WARM_UP..].iter().copied().unzip();
            let ratio = Ratio::of(
                pairs[WARM_UP..]
                    .iter()
                    .map(|(odx, reqwest)| reqwest.as_secs_f64() / odx.as_secs_f64()),
            );
            let (odx, reqwest) = (a_second(odx), a_second(reqwest));
            println!("| {road} | {at_once} | {odx:.0} | {reqwest:.0} | {ratio} |");
        }
    }
}

/// How long a round of odx takes, and one of the loop. Now one begins and now the other.
fn one_pair(
    pair: usize,
    odx: impl Fn() -> Duration,
    reqwest: impl Fn() -> Duration,
) -> (Duration, Duration) {
    if pair.is_multiple_of(2) {
        let odx = odx();
        return (odx, reqwest());
    }
    let reqwest = reqwest();
    (odx(), reqwest)
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
