//! The operations that touch every byte of a response: `cargo bench` measures them, and `cargo test` checks that they
//! run.

use std::borrow::Cow;
use std::cell::Cell;
use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use xeroctl::api::agents::Agent;
use xeroctl::api::document::ListItem as _;
use xeroctl::error::Error;
use xeroctl::json::{self, Items, Outline};
use xeroctl::redact::KnownSecrets;
use xeroctl::sanitize;
use xeroctl::secret::Secret;
use xeroctl::time::TimeFormat;
use xeroctl::view::render::Sink;
use xeroctl::view::{Cell as ViewCell, ClockSkew, Column, Format, RenderOptions, Renderer};

fn main() {
    divan::main();
}

/// An array of agents of the documented form.
fn agents(count: usize) -> String {
    let agents: Vec<String> = (0..count)
        .map(|n| {
            format!(
                r#"{{"object":"agent","id":"agt_{n:010}","name":"gpu-worker-{n}","worker_id":"worker-{n}","status":"active","region":"us-east","max_concurrent_requests":8,"supported_tiers":["priority","default"],"description":"H100 node in rack {n}","last_heartbeat":"2026-07-01T09:30:00Z","public_key":"hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=","created_at":"2026-06-01T08:00:00Z"}}"#
            )
        })
        .collect();
    format!("[{}]", agents.join(","))
}

/// Takes output and drops it.
#[derive(Default)]
struct Nowhere(Cell<usize>);

impl Sink for Nowhere {
    fn print(&self, text: &str) -> Result<(), Error> {
        self.0.set(self.0.get() + text.len());
        Ok(())
    }

    fn note(&self, _: &str) {}

    fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        Cow::Borrowed(text)
    }

    fn with_change(&self, error: xeroctl::error::Error) -> xeroctl::error::Error {
        error
    }
}

const COLUMNS: &[Column<Agent>] = &[
    Column::id("ID", |agent| agent.id().into()),
    Column::text("NAME", |agent| agent.name().into()),
    Column::text("WORKER_ID", |agent| agent.worker_id().into()),
    Column::state("STATUS", |agent| agent.status().into()),
    Column::text("REGION", |agent| agent.region().into()),
    Column::text("LAST_HEARTBEAT", |agent| {
        ViewCell::from(agent.last_heartbeat())
    }),
];

fn options(format: Format, width: Option<usize>) -> RenderOptions {
    RenderOptions {
        format,
        filter: None,
        columns: None,
        width,
        color: width.is_some(),
        headers: true,
        time: TimeFormat::Utc,
        now: Timestamp::UNIX_EPOCH,
        skew: ClockSkew::default(),
        zone: TimeZone::UTC,
        ascii: false,
    }
}

#[divan::bench]
fn outline(bencher: Bencher<'_, '_>) {
    let text = agents(1000);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| Outline::of(black_box(&text)));
}

#[divan::bench]
fn items(bencher: Bencher<'_, '_>) {
    let text = agents(1000);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| Items::of(black_box(&text)).count());
}

#[divan::bench]
fn compact(bencher: Bencher<'_, '_>) {
    let text = agents(1000);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| json::compact(black_box(&text)));
}

#[divan::bench]
fn records(bencher: Bencher<'_, '_>) {
    let text = agents(1000);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        Items::of(black_box(&text))
            .filter_map(Agent::read)
            .filter(|agent| agent.id().is_some())
            .count()
    });
}

#[divan::bench(args = ["table", "wide", "json", "ndjson", "csv", "name"])]
fn render(bencher: Bencher<'_, '_>, format: &str) {
    rows(bencher, format, None);
}

#[divan::bench(args = ["table", "json"])]
fn render_on_a_terminal(bencher: Bencher<'_, '_>, format: &str) {
    rows(bencher, format, Some(120));
}

fn rows(bencher: Bencher<'_, '_>, format: &str, width: Option<usize>) {
    let text = agents(1000);
    let format = Format::read(format).expect("a format");
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let nowhere = Nowhere::default();
        let mut rows = Renderer::new(&nowhere, options(format, width)).rows(COLUMNS);
        rows.begin(["{\"data\":["]).expect("written");
        for item in Items::of(&text) {
            rows.row(item, || Ok(Agent::read(item).expect("an agent")))
                .expect("written");
        }
        rows.end(&["]}"]).expect("written");
        drop(rows);
        nowhere.0.get()
    });
}

#[divan::bench]
fn mask_known_secrets(bencher: Bencher<'_, '_>) {
    let text = agents(1000);
    let known = KnownSecrets::new([&Secret::from("xk_bench_0123456789".to_owned())]);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| known.redact_document(black_box(&text)).len());
}

#[divan::bench(args = ["ascii", "unicode", "hostile"])]
fn sanitize_cell(bencher: Bencher<'_, '_>, kind: &str) {
    let text = match kind {
        "ascii" => "gpu-worker-1234",
        "unicode" => "東京-worker-7",
        _ => "a\u{1b}[31mb",
    };
    bencher.bench_local(|| sanitize::cell(black_box(text)).len());
}
