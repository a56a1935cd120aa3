//! `exec raw` as a process: any number of any bytes in little memory, and the state after a signal.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::support::Home;
use crate::support::exec::Routes;
use crate::support::live::Live;
use crate::support::process::{
    LIMIT, Running, SIGINT, SIGNALS, command, gone_reader, run, run_into,
};
use crate::support::router::{Answer, Router};

const RAW: &str = "GET /exec/executions/ex_1/raw";

fn giving(answer: Answer) -> Router {
    Routes::new().on(RAW, [answer]).start()
}

/// Every byte, and sequences that are not UTF-8, NUL in front.
fn bytes() -> Vec<u8> {
    let every = (0..=255).collect::<Vec<u8>>();
    [&every[..], b"\xc3\x28\xf0\x9f\r\n\x1b[31m\0", &every].concat()
}

#[test]
fn bytes_are_unchanged_on_standard_output_and_in_files() {
    for kind in [
        "application/octet-stream",
        "text/plain; charset=latin1",
        "application/json",
    ] {
        let router = giving(Answer::new(200, kind, bytes()));
        let home = router.home();
        let piped = home.path().join("piped");
        let file = File::create(&piped).expect("a file");
        run_into(&home, "exec raw ex_1 -o json", file)
            .exits(0)
            .says_nothing();
        assert_eq!(std::fs::read(&piped).expect("it"), bytes(), "{kind}");
        let ended = run(&home, "exec raw ex_1 --output-file raw.bin").exits(0);
        assert_eq!(ended.stdout, "");
        let written = std::fs::read(home.path().join("raw.bin"));
        assert_eq!(written.expect("it"), bytes(), "{kind}");
    }
}

#[test]
fn closed_pipe_is_silent_and_full_disk_is_not() {
    let router = giving(Answer::new(200, "text/plain", bytes()));
    let home = router.home();
    run_into(&home, "exec raw ex_1", gone_reader())
        .exits(0)
        .says_nothing();
    #[cfg(target_os = "linux")]
    {
        let full = File::options().write(true).open("/dev/full").expect("it");
        run_into(&home, "exec raw ex_1", full)
            .exits(1)
            .says("could not be written");
    }
}

/// The most memory that a process ever held, in KiB.
#[cfg(target_os = "linux")]
fn peak(running: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.pid()));
    let status = status.expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.expect("VmHWM").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn large_output_needs_no_more_memory_than_small() {
    const MIB: usize = 1 << 20;
    for line in ["exec raw ex_1", "exec raw ex_1 --output-file raw.bin"] {
        let (live, answer) = Live::of("application/octet-stream");
        let router = giving(answer);
        let home = router.home();
        let piped = home.path().join("raw.bin");
        let running = if line.contains("--output-file") {
            Running::start(&mut command(&home, line))
        } else {
            let file = File::create(&piped).expect("a file");
            Running::start_into(&mut command(&home, line), file)
        };
        live.repeats(vec![b'x'; MIB], 100).is_taken();
        let peak = peak(&running);
        live.ends();
        running.end().exits(0);
        let length = std::fs::metadata(&piped).expect("the file").len();
        assert_eq!(length, 100 * MIB as u64, "{line}");
        assert!(peak < 60 * 1024, "{line}: {peak} KiB");
    }
}

/// Waits until this folder holds a file that is not empty.
fn wait_for_half(folder: &Path) -> PathBuf {
    let began = Instant::now();
    loop {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        let half = entries
            .filter(|entry| entry.metadata().is_ok_and(|meta| meta.len() > 0))
            .map(|entry| entry.path());
        if let Some(half) = half.min() {
            return half;
        }
        assert!(began.elapsed() < LIMIT, "no file is begun");
        // Nothing tells of a file that grows.
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn signal_keeps_the_old_file() {
    for (signal, number) in SIGNALS {
        for old in [None, Some("old")] {
            let (live, answer) = Live::of("text/plain");
            live.sends("half of it");
            let router = giving(answer);
            let home = router.home();
            let folder = home.path().join("out");
            std::fs::create_dir(&folder).expect("a folder");
            let file = folder.join("raw.bin");
            let line = "exec raw ex_1 --output-file out/raw.bin --force";
            if old.is_some() {
                // Empty, until the half has come.
                File::create(&file).expect("a file");
            }
            let running = Running::start(&mut command(&home, line));
            assert_ne!(
                wait_for_half(&folder),
                file,
                "it is written beside its place"
            );
            if let Some(old) = old {
                std::fs::write(&file, old).expect("a file");
            }
            running.end_by(signal).dies_by(number);
            let left: Vec<_> = std::fs::read_dir(&folder).expect("it").flatten().collect();
            assert_eq!(left.len(), usize::from(old.is_some()), "{left:?}");
            if let Some(old) = old {
                assert_eq!(std::fs::read_to_string(&file).expect("it"), old);
            }
            live.breaks();
        }
    }
}

#[test]
fn signal_ends_a_download_immediately() {
    let (live, answer) = Live::of("text/plain");
    live.sends("half");
    let router = giving(answer);
    let home: Home = router.home();
    let running = Running::start(&mut command(&home, "exec raw ex_1"));
    running.wait_for_output("half");
    running.end_by("INT").dies_by(SIGINT);
    live.breaks();
}
