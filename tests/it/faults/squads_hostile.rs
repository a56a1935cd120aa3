//! Long and hostile text from the squads API.

use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, home};

fn run(line: &str, answer: Answer) -> Output {
    let server = Router::script([answer]);
    home(&server).run(&line.replace("AGENT", CODER))
}

#[test]
fn accepts_very_long_titles() {
    let title = "long ".repeat(13_108);
    let body = format!(r#"[{{"id":"a","name":"n","title":"{title}"}}]"#);
    let wide = run("squads agents -o wide", Answer::json(200, body.clone()));
    assert!(
        wide.stdout.contains(title.trim()),
        "nothing is cut off a terminal"
    );
    let server = Router::script([Answer::json(200, body)]);
    let terminal = home(&server).run_on_terminal("", "squads agents -o wide");
    assert!(terminal.stdout.len() < 2000, "{}", terminal.stdout.len());
    // What goes the other way is not cut either.
    let server = Router::script([Answer::json(200, r#"{"ok":true}"#)]);
    let run = home(&server).run(&format!("squads update {CODER} --title '{title}'"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let sent: serde_json::Value = serde_json::from_str(&server.asked()[0].body).expect("JSON");
    assert_eq!(sent["title"], title);
}

#[test]
fn hostile_text_cannot_control_the_terminal() {
    let hostile = r"\u001b[2J\u202egnihton\u200b\u009b1m\t\nend\u2028";
    let agent = format!(
        r#"{{"id":"a{hostile}","name":"{hostile}","title":"{hostile}","role":"{hostile}","status":"{hostile}","path":"{hostile}",
        "chainOfCommand":[{{"name":"{hostile}"}}],"reason":"{hostile}","approvalId":"{hostile}","{hostile}":"{hostile}"}}"#
    );
    let hidden = |text: &str| {
        let text = text.replace(['\n', '\t'], "");
        text.chars().any(xeroctl::sanitize::is_hidden)
    };
    for line in [
        "squads show AGENT",
        "squads runtime AGENT",
        "squads pause AGENT",
        "squads update AGENT --title x --name y --status z",
        "squads instructions-path AGENT p",
        "squads hire --name n --role r --reason why",
        "squads create --name n --role r --adapter a --title t",
        "squads create-key AGENT --name n --ttl 1h",
        "squads health",
    ] {
        for format in ["table", "wide", "csv", "name"] {
            let answer = agent.clone();
            let server = Router::rules(move |_| Answer::json(200, &*answer));
            let line = format!("{} -o {format}", line.replace("AGENT", CODER));
            let off = home(&server).run(&line);
            let on = home(&server).run_on_terminal("", &format!("{line} --color never"));
            for text in [off.stdout, off.stderr, on.stdout, on.stderr] {
                assert!(!hidden(&text), "{line}: {text:?}");
            }
        }
    }
    let list = format!("[{agent}]");
    for line in [
        "squads agents",
        "squads inbox",
        "squads keys AGENT",
        "squads pause Nobody",
    ] {
        let answer = list.clone();
        let server = Router::rules(move |_| Answer::json(200, &*answer));
        let run = home(&server).run_on_terminal(
            "",
            &format!("{} --color never", line.replace("AGENT", CODER)),
        );
        assert!(
            !hidden(&run.stdout) && !hidden(&run.stderr),
            "{line}: {}{}",
            run.stdout,
            run.stderr
        );
    }
    // Errors too, and IDs of agents that share a name.
    let fault = format!(
        r#"{{"error":"{hostile}","code":"{hostile}","details":[{{"path":["{hostile}"],"message":"{hostile}"}}]}}"#
    );
    let run = run("squads pause AGENT", Answer::json(400, fault));
    assert!(!hidden(&run.stderr), "{:?}", run.stderr);
    let twice = format!(
        r#"[{{"id":"a{hostile}","name":"N","title":"{hostile}"}},{{"id":"b","name":"N"}}]"#
    );
    let server = Router::rules(move |_| Answer::json(200, &*twice));
    let run = home(&server).run("squads pause N");
    assert!(run.code == 2 && !hidden(&run.stderr), "{:?}", run.stderr);
}
