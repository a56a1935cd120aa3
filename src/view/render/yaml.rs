//! `-o yaml`: JSON documents as YAML.

use super::{Formatter, Output, Result};
use crate::json::Members;
use crate::yaml;

/// One document. Rows that stream are a document each.
#[derive(Default)]
pub(super) struct Yaml {
    /// The name of the member that holds the items, as JSON; none if the document is the list.
    list: Option<String>,
    count: usize,
}

impl Formatter for Yaml {
    fn begin(&mut self, out: &mut Output<'_>, head: &mut dyn Iterator<Item = &str>) -> Result {
        let head: String = head.collect();
        if head.starts_with('{') {
            let document = head + "]}";
            let mut members: Vec<_> = Members::of(&document).collect();
            self.list = members.pop().map(|(name, _)| name.to_owned());
            yaml::push_members(&mut out.text, members.into_iter());
        }
        Ok(())
    }

    fn item(&mut self, out: &mut Output<'_>, json: &str) -> Result<bool> {
        self.count += 1;
        if out.streams {
            if self.count > 1 {
                out.text.push_str("---\n");
            }
            yaml::push_document(&mut out.text, json);
            return Ok(true);
        }
        if let Some(list) = self.list.as_ref().filter(|_| self.count == 1) {
            yaml::push_list_key(&mut out.text, &crate::json::string(list));
        }
        yaml::push_item(&mut out.text, json);
        Ok(true)
    }

    fn end(&mut self, out: &mut Output<'_>, tail: &[&str]) -> Result {
        if out.streams {
            return Ok(());
        }
        match &self.list {
            _ if self.count > 0 => {}
            Some(list) => {
                yaml::push_members(&mut out.text, std::iter::once((list.as_str(), "[]")));
            }
            None => out.text.push_str("[]\n"),
        }
        let tail = tail.concat();
        if let Some(members) = tail.strip_prefix("],") {
            yaml::push_members(&mut out.text, Members::of(&format!("{{{members}")));
        }
        Ok(())
    }

    fn takes_document(&self) -> bool {
        true
    }

    fn document(&mut self, out: &mut Output<'_>, json: &str, _: Option<&str>) -> Result {
        yaml::push_document(&mut out.text, json);
        Ok(())
    }
}
