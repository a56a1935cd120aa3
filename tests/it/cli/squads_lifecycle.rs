//! A complete lifecycle against the sandbox in each dialect.

use crate::cli::shown::{named, transcript};
use crate::support::squads::{CODER, Dialect, Served};
use crate::support::{Home, Output};

/// The columns of the issue, whatever the dialect.
#[test]
fn lists_in_each_dialect() {
    for dialect in Dialect::BOTH {
        let sandbox = Served::start(dialect);
        for (home, line, columns) in [
            (sandbox.home(), "agents", "ID\tNAME\tROLE\tSTATUS"),
            (
                sandbox.home(),
                "agents -o wide",
                "ID\tNAME\tROLE\tSTATUS\tTITLE\tADAPTER\tREPORTS_TO",
            ),
            (
                sandbox.home_of_agent(),
                "inbox",
                "ID\tIDENTIFIER\tTITLE\tSTATUS\tPRIORITY",
            ),
            (
                sandbox.home(),
                "keys Coder",
                "ID\tNAME\tCREATED\tEXPIRES\tREVOKED",
            ),
        ] {
            let run = home.run(&format!("squads {line}"));
            assert_eq!(run.code, 0, "{dialect:?} {line}: {}", run.stderr);
            let mut lines = run.stdout.lines();
            assert_eq!(lines.next(), Some(columns), "{dialect:?} {line}");
            let count = columns.split('\t').count();
            assert!(
                lines.clone().count() > 1 && lines.all(|line| line.split('\t').count() == count),
                "{dialect:?} {line}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn empty_lists_print_header_and_sentence() {
    for dialect in Dialect::BOTH {
        let sandbox = Served::start(dialect);
        for (home, line) in [
            (sandbox.home(), "squads keys Reviewer2"),
            (sandbox.home_of_agent(), "squads inbox --status backlog"),
        ] {
            sandbox
                .home()
                .run("squads create --name Reviewer2 --role qa --adapter process");
            let run = home.run(line);
            assert_eq!(run.code, 0, "{dialect:?} {line}: {}", run.stderr);
            assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
            assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
            let json = home.run(&format!("{line} -o json"));
            let empty = if json.stdout.starts_with('{') {
                ":[]}"
            } else {
                "[]"
            };
            assert!(json.stdout.trim().ends_with(empty), "{}", json.stdout);
        }
    }
}

/// Runs a command line that must end with this code.
#[track_caller]
fn step(home: &Home, code: i32, line: &str) -> Output {
    let run = home.run(line);
    assert_eq!(run.code, code, "{line}: {}{}", run.stdout, run.stderr);
    run
}

#[test]
fn complete_lifecycle() {
    for dialect in Dialect::BOTH {
        let sandbox = Served::start(dialect);
        let home = &sandbox.home();
        let id = step(
            home,
            0,
            "squads create --name Newcomer --role qa --adapter process --title T --reports-to Coder -o name",
        );
        let id = id.stdout.trim().to_owned();
        let field = |name: &str| {
            let shown = step(home, 0, "squads show Newcomer");
            let line = shown
                .stdout
                .lines()
                .find_map(|line| line.split_once('\t').filter(|(known, _)| *known == name));
            line.map(|(_, value)| value.to_owned()).unwrap_or_default()
        };
        assert_eq!((field("ID"), field("TITLE")), (id.clone(), "T".to_owned()));
        assert_eq!(field("REPORTS_TO"), CODER, "{dialect:?}");
        step(home, 0, "squads update Newcomer --title U");
        assert_eq!(field("TITLE"), "U");
        step(home, 0, "squads pause Newcomer");
        assert_eq!(field("STATUS"), "paused");
        step(home, 0, "squads resume Newcomer");
        assert!(
            ["active", "idle"].contains(&&*field("STATUS")),
            "{}",
            field("STATUS")
        );
        step(
            home,
            0,
            "squads permissions Newcomer --can-create-agents true --can-assign-tasks true",
        );
        step(
            home,
            0,
            "squads permissions Newcomer --can-create-agents false",
        );
        assert_eq!(
            (field("CAN_CREATE_AGENTS"), field("CAN_ASSIGN_TASKS")),
            ("false".to_owned(), "true".to_owned())
        );
        step(
            home,
            0,
            "squads create-key Newcomer --name one --token-file token",
        );
        let own = home.run("squads me --api-key-file token -o name");
        assert_eq!((own.code, own.stdout.trim()), (0, &*id), "{}", own.stderr);
        let key = step(home, 0, "squads keys Newcomer -o name")
            .stdout
            .trim()
            .to_owned();
        step(home, 0, "squads runtime Newcomer");
        step(home, 0, "squads reset-session Newcomer --task-key SLA-1");
        step(
            home,
            0,
            &format!("squads revoke-key Newcomer {key} --force"),
        );
        let keys = step(home, 0, "squads keys Newcomer --no-headers");
        assert!(
            !keys.stdout.trim().ends_with("\t-"),
            "revoked: {}",
            keys.stdout
        );
        step(home, 0, "squads terminate Newcomer --force");
        let gone = home.run(&format!("squads pause {id}"));
        assert_eq!(gone.code, 6, "{dialect:?}: {}", gone.stderr);
        step(home, 0, &format!("squads delete {id} --force"));
        step(home, 5, &format!("squads show {id}"));
        step(home, 5, &format!("squads delete {id} --force"));
        step(home, 5, "squads show Newcomer");
    }
}

#[test]
fn squad_with_approvals_creates_nothing_immediately() {
    for dialect in Dialect::BOTH {
        let sandbox = Served::start(dialect);
        let home = &sandbox.home();
        let squad = Served::careful_squad();
        let hire = "squads hire --name N --role qa --adapter process --reason why";
        let pending = step(home, 8, &format!("{hire} --squad {squad} -o name"));
        assert!(
            pending.stderr.contains(pending.stdout.trim()),
            "{}",
            pending.stderr
        );
        let at_once = home.run(hire);
        let create = home.run(&format!(
            "squads create --name M --role qa --adapter process --squad {squad}"
        ));
        // The page's dialect creates even there, and hires nobody without an approval.
        let (hired, created) = match dialect {
            Dialect::Page => (8, 0),
            Dialect::Server => (0, 6),
        };
        assert_eq!(at_once.code, hired, "{}", at_once.stderr);
        assert_eq!(create.code, created, "{}", create.stderr);
        if created == 6 {
            assert!(create.stderr.contains("squads hire"), "{}", create.stderr);
        }
    }
}

#[test]
fn taken_name_is_a_conflict_or_renamed() {
    let line = "squads create --name Coder --role engineer --adapter process";
    let page = Served::start(Dialect::Page).home().run(line);
    let server = Served::start(Dialect::Server).home().run(line);
    assert_eq!((page.code, server.code), (6, 0));
    assert!(
        server
            .stderr
            .contains("warning: the name is Coder 2, not Coder"),
        "{}",
        server.stderr
    );
    let names = &[
        (r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID"),
        (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME"),
    ];
    insta::assert_snapshot!(named(&transcript(&[page, server]), names));
}

#[test]
fn reports_the_wrong_kind_of_key() {
    let mut runs = Vec::new();
    for dialect in Dialect::BOTH {
        let sandbox = Served::start(dialect);
        runs.push(sandbox.home().run("squads me"));
        runs.push(sandbox.home().run("squads inbox"));
        runs.push(sandbox.home_of_agent().run("squads pause Coder"));
    }
    assert!(runs.iter().all(|run| run.code == 4));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn unknown_run_fails_although_the_change_is_kept() {
    let sandbox = Served::start(Dialect::Server);
    let home = sandbox
        .home()
        .with("SLAW_RUN_ID", "7d9f1a52-0c3e-4b8a-9d61-2f4e6a8c0b13");
    let run = home.run(&format!("squads pause {CODER}"));
    assert_eq!(run.code, 17, "{}", run.stderr);
    for wrong in ["nothing was", "not changed"] {
        assert!(!run.stderr.contains(wrong), "{}", run.stderr);
    }
    let shown = home.run(&format!("squads show {CODER}"));
    assert!(shown.stdout.contains("STATUS\tpaused"), "{}", shown.stdout);
    insta::assert_snapshot!(transcript(&[run]));
}
