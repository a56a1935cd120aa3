//! The sandbox's workspaces, and the error for an unknown one.

use super::response::ApiError;
use super::state::Document;

/// Returns an error for an unknown workspace; `param` is the parameter that named it.
pub(super) fn require_workspace(
    document: &Document,
    name: &str,
    param: &str,
) -> Result<(), ApiError> {
    if document.workspaces.iter().any(|known| known == name) {
        Ok(())
    } else {
        Err(ApiError::not_found("workspace", name, "workspace_not_found").with_param(param))
    }
}
