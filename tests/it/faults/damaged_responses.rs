//! Changes whose response has a success status, but is damaged.

use crate::support::router::{Answer, Router};

#[test]
fn damaged_response_still_shows_acceptance() {
    let call = "exec invoke --no-validate --workspace w --tool t --args {}";
    for (body, stdout) in [
        (&b"{\"id\":\"inv_1\",\"x\":\"\xe9\"}"[..], "inv_1\n"),
        (b"{\"id\":\"inv_1\"} and more", "inv_1\n"),
        (b"{\"id\":\"inv_1\"}\0", "inv_1\n"),
        (b"{\"id\":\"inv_1\"}\n{\"id\":\"inv_2\"}", "inv_1\n"),
    ] {
        let router = Router::rules(move |_| Answer::json(201, body));
        let output = router.home().run(&format!("{call} -o name"));
        assert_eq!(
            (output.code, &*output.stdout),
            (0, stdout),
            "{}",
            output.whole()
        );
    }
    // What is not whole is not believed, but told.
    for answer in [
        Answer::json(201, r#"{"id":"inv_1","status":"que"#),
        Answer::json(
            201,
            r#"{"id":"inv_1","status":"queued","x":[1,2,3,4,5,6,7,8,9]}"#,
        )
        .cut(),
    ] {
        let is_whole = !format!("{answer:?}").contains("Broken");
        let router = Router::rules(move |_| answer.clone());
        let output = router.home().run(&format!("{call} -o json"));
        assert_eq!(
            (output.code, &*output.stdout),
            (17, ""),
            "{}",
            output.whole()
        );
        assert!(
            output.stderr.contains(r#""outcome":"unknown""#),
            "{}",
            output.whole()
        );
        assert!(
            output.stderr.contains("exec invocations"),
            "{}",
            output.whole()
        );
        let names = output.stderr.contains("names the ID inv_1");
        assert_eq!(names, is_whole, "{}", output.whole());
    }
    // Damage does not hide an error, nor that it is about another object.
    for (body, code) in [
        (
            &b"{\"error\":{\"message\":\"\xe9\",\"code\":\"odd\"}}"[..],
            17,
        ),
        (b"{\"error\":{\"message\":\"m\"}} and more", 17),
        (b"{\"id\":\"agt_2\"} and more", 17),
        (b"{\"id\":\"agt_1\"} and more", 0),
        (b"and {\"id\":\"agt_1\"}", 17),
    ] {
        let router = Router::rules(move |_| Answer::json(200, body));
        let output = router.home().run("agents pause-exec agt_1");
        assert_eq!(output.code, code, "{}", output.whole());
    }
}
