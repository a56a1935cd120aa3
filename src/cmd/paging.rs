//! The options of every list.

use super::values;
use crate::api::page::ListParams;

/// The options of every list.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[group(skip)]
pub struct Paging {
    /// Maximum number of items
    #[arg(long, value_name = "N", value_parser = values::limit, help_heading = "Lists")]
    pub limit: Option<usize>,
    /// Start after this ID
    #[arg(long, value_name = "CURSOR", hide_short_help = true, allow_hyphen_values = true, value_parser = values::text, help_heading = "Lists")]
    pub after: Option<String>,
    /// Fetch all pages
    #[arg(long, conflicts_with = "limit", help_heading = "Lists")]
    pub all: bool,
}

impl From<Paging> for ListParams {
    fn from(paging: Paging) -> Self {
        Self {
            limit: paging.limit,
            all: paging.all,
            after: paging.after,
        }
    }
}
