//! `cargo bench -p odx-call-speed`
//!
//! Short rounds of the callers take turns, and each is compared with those beside it: what else the machine does meanwhile
//! slows all alike. criterion times one after the other. The server is in the same thread: which core another one gets would
//! weigh more than the caller.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use odx_call_speed::{ROADS, TIME_LIMIT, plain, ratio::Ratio, server, typed};
use tokio::runtime::{Builder, Runtime};

/// How many calls are on their way at once.
const AT_ONCE: [usize; 2] = [1, 16];

/// How many rounds of each caller are compared, and how many come before.
const ROUNDS: usize = 1_000;
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
    println!(
        "| road | at once | odx, calls a second | of reqwest with a time limit | 95 % sure | of reqwest without | 95 % sure |"
    );
    println!("|---|---|---|---|---|---|---|");
    for road in ROADS {
        let odoo = runtime.block_on(typed::session(road, &url));
        let odoo = odoo.expect("a session");
        let loops = [Some(TIME_LIMIT), None].map(|limit| {
            let client = plain::Client::new(road, &url, limit);
            client.expect("a client")
        });
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
            let [in_time, without_limit] = &loops;
            let callers: [&dyn Fn() -> Duration; 3] =
                [&by_odx, &|| by_loop(in_time), &|| by_loop(without_limit)];
            let rounds = (0..WARM_UP + ROUNDS).map(|round| took(round, callers));
            let rounds: Vec<_> = rounds.skip(WARM_UP).collect();
            let of = |caller: usize| {
                Ratio::of(rounds.iter().map(|took| {
                    let [odx, other] = [took[0], took[caller]].map(|took| took.as_secs_f64());
                    other / odx
                }))
            };
            let odx = a_second(rounds.iter().map(|took| took[0]).collect());
            println!("| {road} | {at_once} | {odx:.0} | {} | {} |", of(1), of(2));
        }
    }
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

/// How many calls a second are made in the median round.
fn a_second(mut rounds: Vec<Duration>) -> f64 {
    rounds.sort();
    CALLS as f64 / rounds[rounds.len() / 2].as_secs_f64()
}
