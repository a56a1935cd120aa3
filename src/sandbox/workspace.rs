//! Workspaces, which can only be named.

use super::reply::Refusal;
use super::state::Document;

/// Refuses a workspace that the project does not have; `param` is where it was named.
pub(super) fn known(document: &Document, name: &str, param: &str) -> Result<(), Refusal> {
    if document.workspaces.iter().any(|known| known == name) {
        Ok(())
    } else {
        Err(Refusal::missing("workspace", name, "workspace_not_found").about(param))
    }
}
