//! `cargo run --release -p odx-call-speed --example one_caller -- ROAD CALLER TIMES` calls so many times, over one road, by
//! `odx`, by `reqwest` or by `reqwest-in-time`, which has a time limit, so that a profiler sees nothing else: the server is another process.

use std::env::{args, current_exe};
use std::error::Error;
use std::io::{BufRead as _, BufReader, read_to_string, stdin};
use std::process::{Command, Stdio};

use odx_call_speed::{ROADS, TIME_LIMIT, plain, server, typed};

const SERVE: &str = "serve";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    if arguments == [SERVE] {
        println!("{}", server::start(|_| {})?);
        // Until whoever started it is gone.
        read_to_string(stdin())?;
        return Ok(());
    }
    let [road, caller, times] = arguments.as_slice() else {
        return Err(
            "needs a road, one of `odx`, `reqwest` and `reqwest-in-time`, and how many times"
                .into(),
        );
    };
    let mut served = Command::new(current_exe()?)
        .arg(SERVE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    let told = served.stdout.take().ok_or("no output")?;
    BufReader::new(told).read_line(&mut url)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(call(road, caller, times.parse()?, url.trim()));
    drop(served.stdin.take());
    served.wait()?;
    ended
}

async fn call(road: &str, caller: &str, times: usize, url: &str) -> Result<(), Box<dyn Error>> {
    let road = ROADS.into_iter().find(|known| known.as_str() == road);
    let road = road.ok_or("no such road")?;
    match caller {
        "odx" => {
            let odoo = typed::session(road, url).await?;
            for _ in 0..times {
                typed::count(&odoo).await?;
            }
        }
        "reqwest" | "reqwest-in-time" => {
            let limit = (caller != "reqwest").then_some(TIME_LIMIT);
            let client = plain::Client::new(road, url, limit)?;
            for _ in 0..times {
                client.count().await?;
            }
        }
        _ => return Err("no such caller".into()),
    }
    Ok(())
}
