//! The module in wasmtime, with the host's functions of the tests: a whole request, and a configuration.

use std::hint::black_box;

use anyhow::anyhow;
use criterion::{BenchmarkId, Criterion, SamplingMode};
use harness::wasm_host::Module;
use harness::workload::{self, Rules};

use crate::COUNTS;
use crate::fixture::{Headers, configuration, requests};

pub(crate) fn bench(criterion: &mut Criterion) -> anyhow::Result<()> {
    let module = Module::built().map_err(|unusable| anyhow!("{unusable}"))?;
    for (name, rules) in Rules::ALL {
        for count in COUNTS {
            let configuration = configuration(&workload::release(rules, count))?;
            for (request, headers) in requests(rules, count) {
                let id = BenchmarkId::new(format!("{name}, {request}"), count);
                serve(criterion, id, module, &configuration, &headers)?;
            }
            configure(criterion, BenchmarkId::new(name, count), module, &configuration);
        }
    }
    Ok(())
}

/// From a request's headers to its end.
fn serve(
    criterion: &mut Criterion,
    id: BenchmarkId,
    module: &Module,
    configuration: &[u8],
    headers: &Headers,
) -> anyhow::Result<()> {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let mut vm = module.configure(configuration)?;
    vm.request(&headers)?;
    criterion.benchmark_group("module request").bench_function(id, |bencher| {
        bencher.iter(|| vm.request(black_box(&headers)));
    });
    Ok(())
}

/// A VM, from its start until it takes requests.
fn configure(criterion: &mut Criterion, id: BenchmarkId, module: &Module, configuration: &[u8]) {
    let mut group = criterion.benchmark_group("module configure");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.bench_function(id, |bencher| {
        bencher.iter(|| module.configure(black_box(configuration)));
    });
}
