//! Several processes at once with one configuration and one sandbox.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use crate::binary::sandbox;
use crate::support::Home;
use crate::support::process::{Running, Served, command, run};

/// Starts all these lines, then waits for all of them.
fn at_once(home: &Home, lines: impl IntoIterator<Item = String>) {
    let lines = lines.into_iter();
    let running: Vec<_> = lines
        .map(|line| Running::start(&mut command(home, &line)))
        .collect();
    for running in running {
        running.end().exits(0);
    }
}

#[test]
fn concurrent_config_add_loses_no_deployment() {
    let home = Home::new();
    let names: BTreeSet<String> = (0..20).map(|number| format!("lab{number}")).collect();
    let adds = names
        .iter()
        .map(|name| format!("config add {name} --base-url https://{name}.example/p/v1"));
    // Readers in between see a whole file each time.
    let lists = (0..10).map(|_| "config list".to_owned());
    at_once(
        &home,
        adds.zip(lists.cycle()).flat_map(|(add, list)| [add, list]),
    );
    let listed = run(&home, "config list -o name").exits(0).stdout;
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    let missing: Vec<_> = names.difference(&listed).collect();
    assert!(missing.is_empty(), "lost: {missing:?}");
    let directory = home.path().join(".config/xeroctl");
    let mode = |path| std::fs::metadata(path).expect("it is there").permissions();
    assert_eq!(mode(directory.join("config.toml")).mode() & 0o777, 0o600);
    assert_eq!(mode(directory).mode() & 0o777, 0o700);
}

#[test]
fn concurrent_commands_lose_no_sandbox_change() {
    let home = sandbox();
    let names: BTreeSet<String> = (0..12).map(|number| format!("pool-{number}")).collect();
    let create = "join-keys --create --region us-east --router-addr tcp://router:5555";
    at_once(
        &home,
        names.iter().map(|name| format!("{create} --name {name}")),
    );
    let keys = run(&home, "join-keys --all -o json").exits(0).json();
    let there: BTreeSet<String> = keys["data"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|key| key["name"].as_str().map(str::to_owned))
        .collect();
    let missing: Vec<_> = names.difference(&there).collect();
    assert!(missing.is_empty(), "lost: {missing:?}");
}

#[test]
fn served_and_embedded_sandbox_share_state() {
    let home = sandbox();
    let served = Served::start(&home, "");
    let client = served.home();
    run(&client, "agents agt_abc123 --update --name from-outside").exits(0);
    let seen = run(&home, "agents agt_abc123 -o json").exits(0).json();
    assert_eq!(seen["name"], "from-outside");
    run(&home, "agents agt_abc123 --delete --force").exits(0);
    run(&client, "agents agt_abc123").exits(5);
}

#[test]
fn sandbox_state_is_private() {
    let home = sandbox();
    run(&home, "agents").exits(0);
    let state = home.path().join(".local/state/xeroctl");
    let mode = |name: &str| {
        let meta = std::fs::metadata(state.join(name)).expect("it is there");
        meta.permissions().mode() & 0o777
    };
    assert_eq!(mode("sandbox"), 0o700);
    assert_eq!(mode("sandbox/state.json"), 0o600);
}
