//! Facts in the router's responses that must reach the screen.

use crate::support::Home;
use crate::support::router::{Answer, Asked, Router};

const CREATE: &str = "agents join-keys --create --name n --region us-east --router-addr tcp://r:1";

#[test]
fn finds_token_under_every_name_and_one_level_deep() {
    for body in [
        r#"{"id":"jk_1","token":"TOKEN"}"#,
        r#"{"id":"jk_1","key":"TOKEN"}"#,
        r#"{"id":"jk_1","join_key":"TOKEN"}"#,
        r#"{"id":"jk_1","join_token":"TOKEN"}"#,
        r#"{"join_key":{"id":"jk_1","name":"n"},"token":"TOKEN"}"#,
        r#"{"data":{"id":"jk_1","join_token":"TOKEN"}}"#,
    ] {
        let router = Router::script([Answer::json(201, body)]);
        let run = router.home().run(CREATE);
        assert_eq!(run.code, 0, "{body}: {}", run.stderr);
        assert!(run.stdout.starts_with("ID\tjk_1\n"), "{}", run.stdout);
        assert!(run.stdout.contains("TOKEN\tTOKEN\n"), "{}", run.stdout);
        assert_eq!(router.asked().len(), 1, "{body}: nothing is revoked");
    }
}

#[test]
fn revokes_the_key_and_not_the_request() {
    let router = Router::rules(|asked| match asked.method.as_str() {
        "POST" => Answer::json(201, r#"{"id":"req_1","join_key":{"id":"jk_1"}}"#),
        _ => Answer::empty(204),
    });
    let run = router.home().run(CREATE);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let asked = router.asked();
    let paths: Vec<_> = asked.iter().map(|asked| asked.target.as_str()).collect();
    assert!(paths[1].ends_with("/join-keys/jk_1"), "{paths:?}");
}

#[test]
fn token_in_a_file_appears_nowhere_else() {
    let body = r#"{"join_key":{"id":"jk_1","token":"TOKEN"}}"#;
    let router = Router::script([Answer::json(201, body)]);
    let home = router.home();
    let file = home.path().join("token");
    let run = home.run(&format!("{CREATE} --token-file {} -o json", file.display()));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        run.stdout,
        "{\"join_key\":{\"id\":\"jk_1\",\"token\":null}}\n"
    );
    assert_eq!(std::fs::read_to_string(file).expect("a file"), "TOKEN\n");
}

#[test]
fn variable_matches_the_role() {
    for (line, body, variable) in [
        (
            CREATE.to_owned(),
            r#"{"id":"jk_1","token":"T"}"#,
            "XEROTIER_AGENT_JOIN_KEY",
        ),
        (
            format!("{CREATE} --agent-role execution"),
            r#"{"id":"jk_1","token":"T"}"#,
            "XEM_JOIN_KEY",
        ),
        (
            CREATE.to_owned(),
            r#"{"id":"jk_1","token":"T","agent_role":"execution"}"#,
            "XEM_JOIN_KEY",
        ),
    ] {
        let run = Router::script([Answer::json(201, body)]).home().run(&line);
        let export =
            format!("export {variable}\nhint: list the enrolled workers: xeroctl agents\n");
        assert!(run.stderr.ends_with(&export), "{line}: {}", run.stderr);
    }
}

#[test]
fn finds_rotation_id_under_every_name() {
    for body in [
        r#"{"request_id":"rot_1"}"#,
        r#"{"rotation_request_id":"rot_1","id":"agt_1"}"#,
        r#"{"rotation_id":"rot_1"}"#,
        r#"{"id":"agt_1","rotation":{"rotation_id":"rot_1","status":"dispatched"}}"#,
        r#"{"id":"agt_1","rotation":{"id":"rot_1"}}"#,
    ] {
        let router = Router::script([Answer::json(202, body)]);
        let run = router.home().run("agents curve-rotate agt_1 -o name");
        assert_eq!(
            (run.code, &*run.stdout),
            (0, "rot_1\n"),
            "{body}: {}",
            run.stderr
        );
    }
}

#[test]
fn list_may_have_any_name() {
    for body in [
        r#"{"agents":[{"id":"agt_1"}],"has_more":false}"#,
        r#"{"object":"list","items":[{"id":"agt_1"}],"tags":["a"]}"#,
        r#"{"agents":[{"id":"agt_1"}],"warnings":[]}"#,
    ] {
        let router = Router::script([Answer::json(200, body)]);
        let run = router.home().run("agents -o name");
        assert_eq!(
            (run.code, &*run.stdout),
            (0, "agt_1\n"),
            "{body}: {}",
            run.stderr
        );
    }
    for body in [
        r#"{"a":[{"id":"1"}],"b":[{"id":"2"}]}"#,
        r#"{"id":"agt_1","tools":[{"id":"t"}]}"#,
        r#"{"tags":["a"]}"#,
    ] {
        let router = Router::script([Answer::json(200, body)]);
        assert_eq!(router.home().run("agents").code, 17, "{body}");
    }
}

#[test]
fn request_id_proves_that_the_router_responded() {
    let answer = Answer::empty(404).header("X-Request-ID", "req_1");
    let run = Router::script([answer]).home().run("agents");
    assert_eq!(run.code, 17);
    assert!(
        run.stderr.contains("responded, but it has no such route"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("no router responds"), "{}", run.stderr);
}

#[test]
fn conflict_names_the_command_that_shows_its_cause() {
    let fault = || {
        Answer::json(
            409,
            r#"{"error":{"message":"in the way","type":"conflict"}}"#,
        )
    };
    for (line, command) in [
        ("agents agt_1 --delete --force", "agents agt_1"),
        ("agents curve-rotate agt_1", "agents --events agt_1"),
        (
            "agents join-keys jk_1 --revoke --force",
            "agents join-keys --include-terminal --all",
        ),
        ("exec rerun ex_1", "exec show ex_1"),
        ("exec raw ex_1", "exec show ex_1"),
    ] {
        let run = Router::rules(move |_| fault()).home().run(line);
        assert_eq!(run.code, 6, "{line}: {}", run.stderr);
        let hint = format!(": xeroctl {command}\n");
        assert_eq!(
            run.stderr.matches("hint: ").count(),
            1,
            "{line}: {}",
            run.stderr
        );
        assert!(run.stderr.ends_with(&hint), "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("--dry-run"), "{line}: {}", run.stderr);
    }
}

#[test]
fn run_without_output_is_reported() {
    let run = Router::script([Answer::empty(200)])
        .home()
        .run("exec raw ex_1");
    assert_eq!((run.code, &*run.stdout), (0, ""));
    assert_eq!(run.stderr, "execution ex_1 has no output\n");
}

#[test]
fn execution_is_shown_without_its_invocation() {
    let router = Router::script([
        Answer::json(
            200,
            r#"{"id":"ex_1","invocation_id":"inv_1","status":"failed","error":{"message":"why"}}"#,
        ),
        Answer::fault(404, "invocation_not_found"),
    ]);
    let run = router.home().run("exec show ex_1");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("\nError\twhy\n"), "{}", run.stdout);
    assert!(
        run.stderr.contains("invocation inv_1 is not shown: "),
        "{}",
        run.stderr
    );
}

#[test]
fn resume_of_one_workspace_reports_the_remaining_pause() {
    let agent = r#"{"id":"agt_1","exec_paused":true,"exec_paused_workspaces":[]}"#;
    let router = Router::script([Answer::json(200, agent)]);
    let run = router
        .home()
        .run("agents resume-exec agt_1 --workspace ws_team_a");
    assert_eq!((run.code, &*run.stdout), (0, "agt_1\tresumed\n"));
    assert_eq!(
        run.stderr,
        "warning: agent agt_1: resumed in ws_team_a; still paused in all workspaces\n\
         hint: resume it everywhere: xeroctl agents resume-exec agt_1\n"
    );
}

#[test]
fn key_without_base_url_suggests_the_variable() {
    let run = crate::support::Home::new()
        .with("XEROCTL_API_KEY", "k")
        .run("agents");
    assert_eq!(run.code, 3);
    let hint = run.stderr.lines().find(|line| line.starts_with("hint: "));
    assert!(
        hint.is_some_and(|hint| hint.contains("XEROCTL_BASE_URL")),
        "{}",
        run.stderr
    );
}

#[test]
fn resume_reports_workspaces_that_stay_paused() {
    let answer = r#"{"id":"agt_1","exec_paused":false,"exec_paused_workspaces":["ws_a","ws_b"]}"#;
    for (options, warning) in [
        (
            "",
            "warning: agent agt_1: resumed in all workspaces; still paused in ws_a, ws_b\n\
             hint: resume it there: xeroctl agents resume-exec --workspace ws_a agt_1\n",
        ),
        (
            " --workspace ws_b",
            "warning: agent agt_1: resumed in ws_b; still paused in ws_b\n\
             hint: resume it everywhere: xeroctl agents resume-exec agt_1\n",
        ),
        (" --workspace ws_c", "hint: "),
    ] {
        let router = Router::rules(move |_| Answer::json(200, answer));
        let run = router
            .home()
            .run(&format!("agents resume-exec agt_1{options}"));
        assert_eq!(run.code, 0, "{options}: {}", run.stderr);
        assert!(run.stderr.starts_with(warning), "{options}: {}", run.stderr);
    }
}

#[test]
fn shown_invocation_is_read_once() {
    let router = Router::rules(|asked| {
        let times = r#""created_at":1700000000,"started_at":1700000000,"completed_at":1700000000"#;
        if asked.target.ends_with("/executions/ex_1") {
            Answer::json(
                200,
                format!(r#"{{"id":"ex_1","invocation_id":"inv_1","status":"completed",{times}}}"#),
            )
        } else if asked.target.ends_with("/invocations/inv_1") {
            Answer::json(
                200,
                r#"{"id":"inv_1","execution_id":"ex_1","status":"completed","risk":"read"}"#,
            )
        } else {
            Answer::fault(404, "invocation_not_found")
        }
    });
    let run = router.home().run("exec show inv_1");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Risk\tread\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("Duration\tunder 1s\n"),
        "{}",
        run.stdout
    );
    let asked: Vec<String> = router.asked().iter().map(Asked::line).collect();
    let reads = asked.iter().filter(|line| line.contains("/invocations/"));
    assert_eq!(reads.count(), 1, "{asked:#?}");
}

#[test]
fn lone_key_names_the_missing_base_url() {
    let bare = Home::new;
    for (home, line, key) in [
        (bare(), "--api-key k agents", "--api-key"),
        (bare(), "--api-key-file k agents", "--api-key-file"),
        (
            bare().with("XEROCTL_API_KEY", "k"),
            "agents",
            "XEROCTL_API_KEY",
        ),
        (
            bare().with("XEROCTL_API_KEY_FILE", "k"),
            "agents",
            "XEROCTL_API_KEY_FILE",
        ),
    ] {
        let run = home.run(line);
        let first = run.stderr.lines().next().unwrap_or_default();
        assert_eq!(
            first,
            format!("error: no router is configured: {key} is set, but XEROCTL_BASE_URL is not")
        );
    }
}
