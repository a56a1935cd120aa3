//! The documented examples as transcripts, one per file. The client must send the documented request, and the sandbox
//! must return the documented response. Both are compared with the transcript and never with each other, so that a
//! shared misunderstanding is found.

mod client;
mod sandbox;
mod shape;
mod stream;
mod transcript;

use std::collections::BTreeSet;

/// Two tests per transcript.
macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        mod client_sends {
            $(#[test] fn $name() { crate::contract::client::check(stringify!($name)); })*
        }

        mod sandbox_returns {
            $(#[test] fn $name() { crate::contract::sandbox::check(stringify!($name)); })*
        }
    };
}

transcripts! {
    agents_create,
    agents_create_full,
    agents_curve_rotate,
    agents_curve_rotate_reason,
    agents_delete,
    agents_events,
    agents_events_after,
    agents_events_limit,
    agents_get,
    agents_list,
    agents_list_after,
    agents_list_limit,
    agents_pause,
    agents_pause_workspace,
    agents_resume,
    agents_resume_workspace,
    agents_revoke,
    agents_revoke_workspace,
    agents_update_description,
    agents_update_max_concurrent,
    agents_update_name,
    agents_update_region,
    agents_update_status,
    agents_update_tiers,
    agents_update_worker,
    approvals_approve,
    approvals_approve_confirm,
    approvals_approve_note,
    approvals_list,
    approvals_list_risk,
    approvals_reject,
    approvals_reject_reason,
    approvals_show,
    candidates_approve,
    candidates_list,
    candidates_reject,
    context_set,
    context_show,
    error_agent_not_found,
    error_approval_not_found,
    error_approval_not_pending,
    error_authentication,
    error_candidate_not_found,
    error_exec_tool_not_found,
    error_exec_tool_not_found_target,
    error_internal,
    error_invocation_not_found,
    error_invocation_terminal,
    error_project_not_found,
    error_rate_limit,
    error_scope_insufficient,
    error_tool_executor_unavailable,
    error_workspace_not_found,
    exec_cancel,
    exec_connectivity,
    exec_environment,
    exec_invocations,
    exec_invoke,
    exec_invoke_pending,
    exec_invoke_wait,
    exec_list,
    exec_manifest,
    exec_raw,
    exec_rerun,
    exec_show,
    exec_show_invocation,
    exec_tool_show_kubectl_drain,
    exec_tool_show_openstack_server_stop,
    exec_tools,
    exec_watch_cancelled,
    exec_watch_completed,
    exec_watch_failed,
    exec_watch_rejected,
    exec_watch_timeout,
    join_keys_create,
    join_keys_create_full,
    join_keys_create_role,
    join_keys_create_worker,
    join_keys_id,
    join_keys_list,
    join_keys_list_limit,
    join_keys_list_terminal,
    join_keys_revoke,
    learnings_delete,
    learnings_list,
    learnings_show,
    squads_agents_page,
    squads_agents_server,
    squads_create_adapter_server,
    squads_create_full_page,
    squads_create_full_server,
    squads_create_key_expiring_page,
    squads_create_key_expiring_server,
    squads_create_key_page,
    squads_create_key_server,
    squads_create_page,
    squads_create_role_server,
    squads_create_server,
    squads_create_taken_page,
    squads_create_taken_server,
    squads_delete_page,
    squads_delete_server,
    squads_health_server,
    squads_hire_careful_server,
    squads_hire_page,
    squads_hire_server,
    squads_inbox_page,
    squads_inbox_server,
    squads_inbox_status_page,
    squads_instructions_path_page,
    squads_instructions_path_server,
    squads_keys_page,
    squads_keys_server,
    squads_me_operator_server,
    squads_me_page,
    squads_me_server,
    squads_not_found_page,
    squads_not_found_server,
    squads_pause_of_a_run_server,
    squads_pause_page,
    squads_pause_server,
    squads_permissions_one_server,
    squads_permissions_page,
    squads_permissions_server,
    squads_reset_session_page,
    squads_reset_session_server,
    squads_reset_session_task_server,
    squads_resume_page,
    squads_resume_server,
    squads_revoke_key_server,
    squads_runtime_page,
    squads_runtime_server,
    squads_show_page,
    squads_show_server,
    squads_terminate_page,
    squads_terminate_server,
    squads_update_name_page,
    squads_update_name_server,
    squads_update_prompt_page,
    squads_update_prompt_server,
    squads_update_status_page,
    squads_update_status_server,
    squads_update_title_page,
    squads_update_title_server,
}

#[test]
fn every_transcript_is_used_and_names_its_source() {
    let mut names: BTreeSet<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    // Compared in a way of its own.
    names.insert("exec_stream".to_owned());
    let files = std::fs::read_dir(transcript::directory()).expect("the transcripts");
    let files: BTreeSet<String> = files
        .filter_map(|file| {
            let name = file.expect("a file").file_name().into_string().ok()?;
            Some(name.strip_suffix(".json")?.to_owned())
        })
        .collect();
    assert_eq!(names, files);
    for name in &names {
        let told = transcript::Transcript::read(name);
        assert!(!told.source.is_empty(), "{name}");
        // What a document prints is not assumed.
        assert!(!told.answer.printed || told.assumed.is_none(), "{name}");
    }
}
