//! `cargo bench -p odx-call-speed`
//!
//! Short rounds of both callers take turns, each first in every second pair, and the ratio is the median of the pairs' own:
//! what else the machine does meanwhile slows both of a pair alike. Beside it stands the range that the median of so many pairs
//! is in, at 95 %. criterion times one after the other.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use odx_call_speed::{ROADS, plain, server, typed};
use tokio::runtime::{Builder, Runtime};

/// How many calls are on their way at once.
const AT_ONCE: [usize; 2] = [1, 16];

/// How many rounds of each caller; the first are not counted.
const ROUNDS: usize = 440;
const WARM_UP: usize = 40;

/// How many calls a round has.
const CALLS: usize = 128;

fn main() {
    let url = server::start(|_| {}).expect("a free port");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    println!("| road | at once | odx, calls a second | reqwest | ratio | 95 % in |");
    println!("|---|---|---|---|---|---|");
    for road in ROADS {
        let odoo = runtime.block_on(typed::session(road, &url));
        let odoo = odoo.expect("a session");
        let client = plain::Client::new(road, &url).expect("a client");
        for at_once in AT_ONCE {
            let by_odx = || async { typed::count(&odoo).await.expect("a count") };
            let by_loop = || async { client.count().await.expect("a count") };
            let mut pairs: Vec<_> = (0..ROUNDS)
                .map(|round| match round % 2 {
                    0 => {
                        let odx = timed(&runtime, at_once, by_odx);
                        (odx, timed(&runtime, at_once, by_loop))
                    }
                    _ => {
                        let by_loop = timed(&runtime, at_once, by_loop);
                        (timed(&runtime, at_once, by_odx), by_loop)
                    }
                })
                .collect();
            let pairs = pairs.split_off(WARM_UP);
            let ratios = pairs
                .iter()
                .map(|(odx, by_loop)| by_loop.as_secs_f64() / odx.as_secs_f64());
            let ratios = sorted(ratios.collect());
            let (low, high) = around_median(&ratios);
            let (odx, by_loop): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let (odx, by_loop) = (a_second(odx), a_second(by_loop));
            let percent = |ratio: f64| (ratio * 1_000.0).floor() / 10.0;
            let (ratio, low, high) = (percent(median(&ratios)), percent(low), percent(high));
            println!(
                "| {road} | {at_once} | {odx:.0} | {by_loop:.0} | {ratio} % | {low} to {high} |"
            );
        }
    }
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

/// Where the median is, at 95 %: so many places to both sides of it, whatever the numbers are spread like.
fn around_median(sorted: &[f64]) -> (f64, f64) {
    let middle = sorted.len() / 2;
    let places = (0.98 * (sorted.len() as f64).sqrt()).ceil() as usize;
    (sorted[middle - places], sorted[middle + places])
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
fn a_second(rounds: Vec<Duration>) -> f64 {
    let seconds = rounds.iter().map(Duration::as_secs_f64).collect();
    CALLS as f64 / median(&sorted(seconds))
}
