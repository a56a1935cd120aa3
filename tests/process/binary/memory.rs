//! Memory: a small multiple of the response, regardless of the number of chunks.

#![cfg(target_os = "linux")]

use crate::support::process::{Running, script};
use crate::support::router::{Answer, Router};

/// Kilobytes of address space for the process. Its code, its libraries and its stacks take a third of that.
const SPACE: u32 = 250_000;
/// How many items the response has; with some hundred bytes for each, they would not fit.
const ITEMS: usize = 600_000;

#[test]
fn many_small_chunks_need_little_memory() {
    let list = format!("{{\"data\":[{}]}}", vec!["{}"; ITEMS].join(","));
    let array = format!("[{}]", vec!["[]"; ITEMS].join(","));
    let envelope = format!("{{{},\"data\":[]}}", vec!["\"\":1"; ITEMS].join(","));
    for (line, body, lines) in [
        ("agents -o json", &list, 1),
        ("agents -o ndjson", &list, ITEMS),
        ("agents", &list, ITEMS + 1),
        ("exec list --status failed -o csv", &list, 1),
        ("api GET /x", &array, 1),
        ("agents --all -o json", &envelope, 1),
        ("agents agt_1", &envelope, 19),
        ("api GET /x -o table", &envelope, 1),
    ] {
        let router = Router::script([Answer::json(200, body.as_str())]);
        let text = format!("ulimit -v {SPACE}; \"$X\" {line}");
        let ended = Running::start(&mut script(&router.home(), &text)).end();
        let ended = ended.exits(0);
        assert_eq!(ended.stdout.lines().count(), lines, "{line}");
    }
}
