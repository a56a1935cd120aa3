//! Tests: which responses are about the requested object.

use super::{ExpectedObject, Role, mismatched_id};

fn subject(role: Role, kind: &'static str, id: &str) -> ExpectedObject {
    let member = if kind == "tool" { "name" } else { "id" };
    ExpectedObject {
        role,
        kind,
        member,
        id: id.to_owned(),
    }
}

#[track_caller]
fn check(subjects: &[ExpectedObject], cases: &[(&str, Option<&str>)]) {
    for (document, other) in cases {
        assert_eq!(
            mismatched_id(subjects, document).as_deref(),
            *other,
            "{document}"
        );
    }
}

#[test]
fn accepts_requested_object() {
    let agent = [subject(Role::Result, "agent", "agt_1")];
    check(
        &agent,
        &[
            (r#"{"id":"agt_1"}"#, None),
            (r#"{"id":"agt_2"}"#, Some("agt_2")),
            (r#"{"id":"agt_1","id":"agt_2"}"#, Some("agt_2")),
            (r#"{"id":"AGT_1"}"#, Some("AGT_1")),
            (r#"{"id":7}"#, Some("7")),
            // An agent may have other identifiers besides its own.
            (r#"{"id":"agt_1","agent_id":"mesh-7"}"#, None),
            (r#"{"agent_id":"agt_2"}"#, Some("agt_2")),
            (r#"{"agent":{"id":"agt_2"}}"#, Some("agt_2")),
            (r#"{"data":{"id":"agt_2"}}"#, Some("agt_2")),
            (r#"{"agent":{"id":"agt_1"}}"#, None),
            (r#"{"id":null,"name":"x"}"#, None),
            (r#"{"id":""}"#, None),
            ("{}", None),
            ("[]", None),
            ("\"agt_2\"", None),
        ],
    );
    check(
        &[subject(Role::Result, "agent", "7")],
        &[(r#"{"id":7}"#, None), (r#"{"id":"8"}"#, Some("8"))],
    );
    check(
        &[subject(Role::Result, "tool", "a/b")],
        &[
            (r#"{"name":"a/b","id":"x"}"#, None),
            (r#"{"name":"b"}"#, Some("b")),
        ],
    );
}

#[test]
fn compares_uuids_without_case() {
    let lower = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";
    let document = format!("{{\"id\":\"{}\"}}", lower.to_uppercase());
    let agent = [subject(Role::Result, "agent", lower)];
    assert_eq!(mismatched_id(&agent, &document), None);
    let other = document.replace("3FCB", "4FCB");
    assert!(mismatched_id(&agent, &other).is_some());
}

#[test]
fn accepts_execution_requested_by_invocation() {
    check(
        &[subject(Role::Result, "execution", "inv_1")],
        &[
            (r#"{"id":"ex_1","invocation_id":"inv_1"}"#, None),
            (r#"{"id":"ex_1","invocation_id":"inv_2"}"#, Some("ex_1")),
        ],
    );
}

#[test]
fn action_may_return_object_of_another_type() {
    let candidate = [
        subject(Role::ActedOn, "candidate", "cand_1"),
        subject(Role::Parent, "agent", "agt_1"),
    ];
    check(
        &candidate,
        &[
            ("{}", None),
            (r#"{"ok":true}"#, None),
            (r#"{"id":"cand_1","agent_id":"agt_1"}"#, None),
            (r#"{"id":"cand_2"}"#, Some("cand_2")),
            (r#"{"id":"cand_1","agent_id":"agt_2"}"#, Some("agt_2")),
            (r#"{"id":"agt_1"}"#, None),
            (r#"{"id":"op_1","candidate_id":"cand_1"}"#, None),
            (r#"{"id":"op_1","candidate_id":"cand_2"}"#, Some("cand_2")),
            (r#"{"object":"operation","id":"op_1"}"#, None),
            (
                r#"{"object":"operation","id":"op_1","candidate_id":"cand_2"}"#,
                Some("cand_2"),
            ),
            (
                r#"{"object":"agent.candidate","id":"cand_2"}"#,
                Some("cand_2"),
            ),
            (r#"{"candidate":{"id":"cand_2"}}"#, Some("cand_2")),
        ],
    );
}

#[test]
fn opens_envelopes_of_any_name() {
    let named = [
        "data", "result", "results", "response", "item", "payload", "agent", "agents", "record",
    ];
    let result = [subject(Role::Result, "agent", "agt_1")];
    let target = [subject(Role::ActedOn, "agent", "agt_1")];
    for name in named {
        for (inner, other) in [
            (r#"{"id":"agt_2"}"#, Some("agt_2")),
            (r#"[{"id":"agt_2"}]"#, Some("agt_2")),
            (r#"{"agent_id":"agt_2"}"#, Some("agt_2")),
            (r#"{"agent":{"id":"agt_2"}}"#, Some("agt_2")),
            (r#"[{"id":"agt_2"},{"id":"agt_3"}]"#, Some("agt_2")),
            (r#"[{"id":"agt_2"},{"id":"agt_1"}]"#, None),
            (r#"{"id":"agt_1"}"#, None),
            (r#"[{"id":"agt_1"}]"#, None),
            (r#"{"name":"n"}"#, None),
            ("[]", None),
            ("\"agt_2\"", None),
            ("null", None),
        ] {
            let document = format!("{{\"ok\":true,\"{name}\":{inner}}}");
            check(&result, &[(&document, other)]);
            check(&target, &[(&document, other)]);
        }
    }
}

#[test]
fn ignores_objects_inside_other_objects() {
    check(
        &[subject(Role::Result, "approval", "apr_1")],
        &[
            (r#"{"status":"pending","args":{"id":"node-7"}}"#, None),
            (r#"{"tool_name":"t","result":{"id":"x"}}"#, None),
            (r#"{"approval":{"id":"apr_2"},"status":"x"}"#, Some("apr_2")),
        ],
    );
    check(
        &[
            subject(Role::ActedOn, "candidate", "cand_1"),
            subject(Role::Parent, "agent", "agt_1"),
        ],
        &[
            (r#"{"agent":{"id":"agt_1"}}"#, None),
            (r#"{"agent":{"id":"agt_2"}}"#, Some("agt_2")),
            (r#"{"operation":{"id":"op_1"}}"#, None),
            (
                r#"{"operation":{"id":"op_1","candidate_id":"cand_2"}}"#,
                Some("cand_2"),
            ),
            (r#"{"data":{"object":"operation","id":"op_1"}}"#, None),
            (
                r#"{"data":{"id":"cand_1","agent_id":"agt_2"}}"#,
                Some("agt_2"),
            ),
        ],
    );
    check(
        &[subject(Role::Parent, "agent", "agt_1")],
        &[
            (r#"{"manifest":{"agent_id":"agt_2"}}"#, Some("agt_2")),
            (r#"{"rotation":{"id":"rot_1","agent_id":"agt_1"}}"#, None),
            (r#"{"tools":[{"id":"x"}],"version":1}"#, None),
        ],
    );
}
