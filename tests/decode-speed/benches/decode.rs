//! `cargo bench -p odx-decode-speed`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use odx_decode_speed::pages;
use serde_json::Value;

fn decode(c: &mut Criterion) {
    for page in pages::all() {
        let mut group = c.benchmark_group(page.name);
        group.throughput(Throughput::Bytes(page.rows.len() as u64));
        group.bench_function("odx", |b| b.iter(|| (page.odx)(&page.rows)));
        group.bench_function("serde derive", |b| b.iter(|| (page.serde)(&page.rows)));
        group.bench_function("serde_json::Value", |b| {
            b.iter(|| serde_json::from_slice::<Value>(&page.rows).expect("a recorded page"));
        });
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
