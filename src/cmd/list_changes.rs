//! What has changed between two readings of a list.

use std::collections::{HashMap, HashSet};

/// An item stays marked for so many readings.
const MARKED: u8 = 5;

/// An item of a list, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Its ID.
    pub(super) id: Option<String>,
    /// Its JSON.
    pub(super) document: String,
    /// What is compared, by column.
    pub(super) values: Vec<Option<String>>,
}

/// A difference between two readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// The item with this index was there from the start, or moved up from behind the end of a list that was cut.
    Listed(usize),
    /// The item with this index is new.
    Added(usize),
    /// A value of the item with this index has changed.
    Changed {
        index: usize,
        column: usize,
        from: Option<String>,
        to: Option<String>,
    },
    /// An item is no longer in the list.
    Removed(Item),
}

/// How an item is recognized: by its ID, and of several with the same ID by its number among them; without an ID by its
/// JSON.
type Key = (String, usize);

/// The last reading.
#[derive(Debug, Default)]
pub(super) struct Changes {
    items: Vec<Tracked>,
    is_cut: bool,
    is_begun: bool,
    /// The IDs of items that are gone, and for how long they are still shown.
    removed: Vec<(String, u8)>,
}

#[derive(Debug)]
struct Tracked {
    key: Key,
    item: Item,
    /// For how many readings each column is still marked.
    marks: Vec<u8>,
}

impl Changes {
    /// Takes a reading. `is_cut` is whether the list continues behind it.
    pub(super) fn take(&mut self, items: Vec<Item>, is_cut: bool) -> Vec<Difference> {
        let mut now = tracked(items);
        let was_begun = std::mem::replace(&mut self.is_begun, true);
        let was_cut = std::mem::replace(&mut self.is_cut, is_cut);
        let before = std::mem::take(&mut self.items);
        let mut differences = self.removals(&before, &now, is_cut);
        let old: HashMap<&Key, &Tracked> = before.iter().map(|it| (&it.key, it)).collect();
        // What comes last in a list that was cut was behind its end before.
        let is_new = |it: &Tracked| !old.contains_key(&it.key);
        let moved_up = if was_cut {
            now.iter().rev().take_while(|it| is_new(it)).count()
        } else {
            0
        };
        let last = now.len() - moved_up;
        for (index, it) in now.iter_mut().enumerate() {
            let Some(old) = old.get(&it.key) else {
                if !was_begun || index >= last {
                    differences.push(Difference::Listed(index));
                } else {
                    it.marks.fill(MARKED);
                    differences.push(Difference::Added(index));
                }
                continue;
            };
            let values = old.item.values.iter().zip(&it.item.values).enumerate();
            for (column, (from, to)) in values {
                it.marks[column] = old.marks[column].saturating_sub(1);
                if from != to {
                    it.marks[column] = MARKED;
                    differences.push(Difference::Changed {
                        index,
                        column,
                        from: from.clone(),
                        to: to.clone(),
                    });
                }
            }
        }
        self.items = now;
        differences
    }

    /// The items that are gone. Those at the end of a list that is cut may only have been moved behind it.
    fn removals(&mut self, before: &[Tracked], now: &[Tracked], is_cut: bool) -> Vec<Difference> {
        let here: HashSet<&Key> = now.iter().map(|it| &it.key).collect();
        let is_gone = |it: &&Tracked| !here.contains(&it.key);
        let moved_down = if is_cut {
            before.iter().rev().take_while(is_gone).count()
        } else {
            0
        };
        let candidates = &before[..before.len() - moved_down];
        let gone: Vec<&Tracked> = candidates.iter().filter(is_gone).collect();
        for (_, left) in &mut self.removed {
            *left -= 1;
        }
        self.removed.retain(|(_, left)| *left > 0);
        let ids = gone.iter().filter_map(|it| it.item.id.clone());
        self.removed.extend(ids.map(|id| (id, MARKED)));
        let removal = |it: &Tracked| Difference::Removed(it.item.clone());
        gone.into_iter().map(removal).collect()
    }

    /// An item of the last reading.
    pub(super) fn item(&self, index: usize) -> Option<&Item> {
        self.items.get(index).map(|it| &it.item)
    }

    /// Which columns of an item are marked as changed.
    pub(super) fn marks(&self, index: usize) -> Vec<bool> {
        let marks = self.items.get(index).map(|it| it.marks.iter());
        marks.into_iter().flatten().map(|left| *left > 0).collect()
    }

    /// The IDs of the items that were removed lately.
    pub(super) fn removed(&self) -> Vec<&str> {
        self.removed.iter().map(|(id, _)| id.as_str()).collect()
    }

    /// Whether the list continues behind the last reading.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether anything was read.
    pub(super) fn is_begun(&self) -> bool {
        self.is_begun
    }
}

fn tracked(items: Vec<Item>) -> Vec<Tracked> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let track = |item: Item| {
        let id = item.id.as_ref().unwrap_or(&item.document).clone();
        let count = counts.entry(id.clone()).or_default();
        *count += 1;
        Tracked {
            key: (id, *count),
            marks: vec![0; item.values.len()],
            item,
        }
    };
    items.into_iter().map(track).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items written as `id=value`, separated by spaces.
    fn items(text: &str) -> Vec<Item> {
        let item = |word: &str| {
            let (id, value) = word.split_once('=').expect("id=value");
            Item {
                id: Some(id.to_owned()),
                document: word.to_owned(),
                values: vec![Some(value.to_owned())],
            }
        };
        text.split_whitespace().map(item).collect()
    }

    /// What each reading differs in; a list that is cut ends with `…`.
    fn differences(readings: &[&str]) -> Vec<String> {
        let mut changes = Changes::default();
        let take = |reading: &&str| {
            let (text, is_cut) = match reading.strip_suffix('…') {
                Some(text) => (text, true),
                None => (*reading, false),
            };
            let differences = changes.take(items(text), is_cut);
            let id = |index: usize| changes.item(index).and_then(|item| item.id.clone());
            let shown = differences.iter().map(|difference| match difference {
                Difference::Listed(index) => format!("={}", id(*index).unwrap_or_default()),
                Difference::Added(index) => format!("+{}", id(*index).unwrap_or_default()),
                Difference::Removed(item) => format!("-{}", item.id.clone().unwrap_or_default()),
                Difference::Changed {
                    index, from, to, ..
                } => format!(
                    "{}:{}>{}",
                    id(*index).unwrap_or_default(),
                    from.clone().unwrap_or_default(),
                    to.clone().unwrap_or_default()
                ),
            });
            shown.collect::<Vec<_>>().join(" ")
        };
        readings.iter().map(take).collect()
    }

    #[test]
    fn reports_what_was_added_changed_and_removed() {
        assert_eq!(
            differences(&["a=1 b=1", "a=1 b=2", "c=1 b=2", ""]),
            ["=a =b", "b:1>2", "-a +c", "-c -b"]
        );
    }

    #[test]
    fn another_order_is_no_change() {
        assert_eq!(differences(&["a=1 b=1", "b=1 a=1"]), ["=a =b", ""]);
    }

    #[test]
    fn items_with_the_same_id_are_told_apart() {
        assert_eq!(
            differences(&["a=1 a=2", "a=1 a=3", "a=1"]),
            ["=a =a", "a:2>3", "-a"]
        );
    }

    #[test]
    fn nothing_is_removed_or_added_by_moving_over_the_end_of_a_cut_list() {
        assert_eq!(
            differences(&["a=1 b=1…", "n=1 a=1…", "a=1 b=1…", "b=1 c=1…"]),
            ["=a =b", "+n", "-n =b", "-a =c"]
        );
    }

    #[test]
    fn a_change_is_marked_for_some_readings() {
        let mut changes = Changes::default();
        changes.take(items("a=1"), false);
        assert_eq!(changes.marks(0), [false]);
        for _ in 0..MARKED {
            changes.take(items("a=2 b=1"), false);
            assert_eq!(
                (changes.marks(0), changes.marks(1)),
                (vec![true], vec![true])
            );
        }
        changes.take(items("a=2 b=1"), false);
        assert_eq!(changes.marks(0), [false]);
        changes.take(items("b=1"), false);
        assert_eq!(changes.removed(), ["a"]);
    }
}
