//! `cargo run --release -p odx-decode-speed --example one_reader -- PAGE READER TIMES` reads one page so many times with
//! `odx`, `serde` or `value`, so that a profiler sees nothing else.

use std::env::args;
use std::hint::black_box;

use odx_decode_speed::pages;
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = args().skip(1).collect();
    let [name, reader, times] = arguments.as_slice() else {
        panic!("needs the name of a page, `odx`, `serde` or `value`, and how many times");
    };
    let pages = pages::all();
    let page = pages.iter().find(|page| page.name == name);
    let page = page.expect("no such page");
    let read: fn(&pages::Page) -> usize = match reader.as_str() {
        "odx" => |page| (page.odx)(&page.rows),
        "serde" => |page| (page.serde)(&page.rows),
        "value" => |page| {
            serde_json::from_slice::<Value>(&page.rows)
                .map_or(0, |rows| rows.as_array().map_or(0, Vec::len))
        },
        _ => panic!("no such reader"),
    };
    for _ in 0..times.parse().expect("a number of times") {
        black_box(read(black_box(page)));
    }
}
