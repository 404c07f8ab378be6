//! The program alone: deciding, compiling, and reading cookies.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use harness::workload::{self, Rules};
use policy::Scratch;
use policy::cookie::for_each_piece;
use serde_json::{Value, json};

use crate::COUNTS;
use crate::fixture::{Fixed, Headers, checked, requests};

pub(crate) fn bench(criterion: &mut Criterion) -> anyhow::Result<()> {
    for (name, rules) in Rules::ALL {
        for count in COUNTS {
            let release = workload::release(rules, count);
            for (request, headers) in requests(rules, count) {
                let id = BenchmarkId::new(format!("{name}, {request}"), count);
                decide(criterion, id, &release, &headers)?;
            }
        }
    }
    for (ways, split) in
        [(2, json!({"v2": 10})), (5, json!({"v2": 10, "v3": 10, "v4": 10, "v5": 10}))]
    {
        let mut release = workload::release_of(&[]);
        release["spec"]["split"] = split;
        decide(criterion, BenchmarkId::new("split", ways), &release, &workload::stays())?;
    }
    for (name, rules) in Rules::ALL {
        for count in COUNTS {
            compile(criterion, BenchmarkId::new(name, count), &workload::release(rules, count))?;
        }
    }
    cookies(criterion);
    Ok(())
}

fn decide(
    criterion: &mut Criterion,
    id: BenchmarkId,
    release: &Value,
    headers: &Headers,
) -> anyhow::Result<()> {
    let program = checked(release)?.program;
    let mut scratch = Scratch::default();
    criterion.benchmark_group("decide").bench_function(id, |bencher| {
        bencher.iter(|| program.decide(&mut Fixed(black_box(headers)), &mut scratch));
    });
    Ok(())
}

/// From the document to the program.
fn compile(criterion: &mut Criterion, id: BenchmarkId, release: &Value) -> anyhow::Result<()> {
    checked(release)?;
    let mut group = criterion.benchmark_group("compile");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.bench_function(id, |bencher| bencher.iter(|| checked(black_box(release))));
    Ok(())
}

/// Splitting a header and looking at each name and value.
fn cookies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cookies");
    let short = workload::cookie_header("version=v2");
    // What analytics and consent banners leave, some dozens of cookies.
    let mut long = String::new();
    while long.len() < 4096 {
        long = format!(
            "{long}_ga_{:04}=GS1.1.1763728001.12.1.1763728144.60.0.0; {short}; ",
            long.len()
        );
    }
    long.truncate(4096);
    for header in [short, long] {
        let header = header.as_bytes();
        group.throughput(Throughput::Bytes(header.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(header.len()), |bencher| {
            bencher.iter(|| {
                let mut bytes = 0;
                for_each_piece(black_box(header), |piece| {
                    let (name, value) = piece.cookie().unwrap_or_default();
                    bytes += name.len() + value.len();
                });
                bytes
            });
        });
    }
}
