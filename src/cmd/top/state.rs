//! What the screen shows: the lists as they were last read, and what is selected in them.

use std::collections::HashMap;

use super::rows::{AgentRow, EventRow, Item};
use crate::api::agents;
use crate::api::approvals::Approval;
use crate::api::invocations::Invocation;
use crate::time::WireTime;
use crate::view::RenderOptions;

/// Events that are kept.
const MOST_EVENTS: usize = 200;

/// A part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// The agents.
    Agents,
    /// The invocations that have not ended.
    Runs,
    /// The pending approvals.
    Approvals,
    /// What happened since the start.
    Events,
}

impl Panel {
    /// All of them, from top to bottom.
    pub const ALL: [Self; 4] = [Self::Agents, Self::Runs, Self::Approvals, Self::Events];
}

/// Whether a list can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// It is being read for the first time.
    Loading,
    /// It was read.
    Ready,
    /// The last read failed, and is repeated.
    Failing(String),
    /// It can't be read with this key, or not from this router.
    Refused(String),
}

/// A list, and which of its items is selected.
pub struct List<T> {
    /// The items as they were last read.
    pub items: Vec<T>,
    /// Whether it can be read.
    pub access: Access,
    /// It was read at least once.
    pub is_read: bool,
    /// There are more items than were read.
    pub is_cut: bool,
    /// The ID of the selected item; its index counts if there is no such item.
    selected: Option<String>,
    index: usize,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            access: Access::Loading,
            is_read: false,
            is_cut: false,
            selected: None,
            index: 0,
        }
    }
}

impl<T: Item> List<T> {
    /// The items that match the filter, and the index of the selected one.
    pub fn visible(&self, filter: &str, options: &RenderOptions) -> (Vec<&T>, usize) {
        let items = self.items.iter();
        let items: Vec<&T> = items.filter(|item| item.matches(filter, options)).collect();
        let known = self.selected.as_deref();
        let at = known.and_then(|known| items.iter().position(|item| item.id() == Some(known)));
        let index = at.unwrap_or(self.index);
        let last = items.len().saturating_sub(1);
        (items, index.min(last))
    }

    /// The ID of the selected item.
    fn selected(&self, filter: &str, options: &RenderOptions) -> Option<String> {
        let (items, index) = self.visible(filter, options);
        let item = items.get(index)?;
        item.id().map(str::to_owned)
    }

    fn select(&mut self, index: usize, filter: &str, options: &RenderOptions) {
        let (items, _) = self.visible(filter, options);
        let index = index.min(items.len().saturating_sub(1));
        let id = items.get(index).and_then(|item| item.id());
        self.selected = id.map(str::to_owned);
        self.index = index;
    }

    /// Takes the result of a read.
    fn take(&mut self, read: Read<T>) {
        match read {
            Ok((items, is_cut)) => {
                self.items = items;
                self.is_cut = is_cut;
                self.is_read = true;
                self.access = Access::Ready;
            }
            Err(access) => {
                // What was read before is not what there is.
                if matches!(access, Access::Refused(_)) {
                    self.items.clear();
                    self.is_read = false;
                }
                self.access = access;
            }
        }
    }
}

/// The items of a list, and whether it has more; or why it could not be read.
pub type Read<T> = Result<(Vec<T>, bool), Access>;

/// What arrived from the router.
pub enum News {
    /// The agents were read.
    Agents(Read<AgentRow>),
    /// The invocations that have not ended were read.
    Runs(Read<Invocation>),
    /// The pending approvals were read.
    Approvals(Read<Approval>),
    /// An event arrived, or the stream can't be read.
    Event(Result<EventRow, Access>),
    /// The stream of events is connected.
    Connected,
    /// The text of an object that was opened.
    Detail(String, Vec<String>),
}

/// What keys do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They move, and start actions.
    Lists,
    /// They are typed into the filter.
    Filter,
    /// They close the help.
    Help,
    /// They scroll an object.
    Detail(Detail),
}

/// An object that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Where it was opened.
    pub panel: Panel,
    /// Its ID.
    pub id: String,
    /// Its text; empty until it was read.
    pub lines: Vec<String>,
    /// The first line that is shown.
    pub top: usize,
}

/// The state of the screen.
pub struct State {
    /// The router.
    pub place: String,
    /// The agents, those that need attention first.
    pub agents: List<AgentRow>,
    /// The invocations that have not ended.
    pub runs: List<Invocation>,
    /// The pending approvals, those that expire first on top.
    pub approvals: List<Approval>,
    /// What happened since the start, the latest first.
    pub events: List<EventRow>,
    /// The panel that keys apply to.
    pub focus: Panel,
    /// What keys do.
    pub mode: Mode,
    /// Only rows that contain this are shown.
    pub filter: String,
    /// A remark on the last key.
    pub remark: Option<String>,
    /// When a list was last read.
    pub updated: Option<WireTime>,
}

impl State {
    /// The state before anything was read.
    pub fn new(place: String) -> Self {
        Self {
            place,
            agents: List::default(),
            runs: List::default(),
            approvals: List::default(),
            events: List::default(),
            focus: Panel::Agents,
            mode: Mode::Lists,
            filter: String::new(),
            remark: None,
            updated: None,
        }
    }

    /// Takes what arrived at this time.
    pub fn take(&mut self, news: News, now: &WireTime) {
        match news {
            News::Agents(mut read) => {
                if let Ok((agents, _)) = &mut read {
                    self.note_changes(agents, now);
                    agents.sort_by(|one, other| order(one).cmp(&order(other)));
                    self.updated = Some(now.clone());
                }
                self.agents.take(read);
            }
            News::Runs(read) => self.runs.take(read),
            News::Approvals(mut read) => {
                if let Ok((approvals, _)) = &mut read {
                    let end = |approval: &Approval| approval.expires_at.as_ref()?.at();
                    approvals.sort_by_key(|approval| (end(approval).is_none(), end(approval)));
                }
                self.approvals.take(read);
            }
            News::Event(Ok(event)) => self.add(event),
            News::Event(Err(access)) => self.events.access = access,
            News::Connected => {
                self.events.access = Access::Ready;
                self.events.is_read = true;
            }
            News::Detail(of, text) => {
                if let Mode::Detail(detail) = &mut self.mode
                    && detail.id == of
                {
                    detail.lines = text;
                }
            }
        }
    }

    /// Changes of agents between two reads are events, too.
    fn note_changes(&mut self, agents: &[AgentRow], now: &WireTime) {
        if self.agents.access == Access::Loading {
            return;
        }
        let before = self.agents.items.iter();
        let before: HashMap<_, _> = before
            .map(|agent| (agent.id.clone(), &agent.status))
            .collect();
        let changed = agents.iter().filter_map(|agent| {
            let status = before.get(&agent.id).copied();
            (status != Some(&agent.status)).then(|| EventRow::of_agent(agent, now))
        });
        let changed: Vec<EventRow> = changed.collect();
        for event in changed {
            self.add(event);
        }
    }

    fn add(&mut self, event: EventRow) {
        self.events.items.insert(0, event);
        self.events.items.truncate(MOST_EVENTS);
    }

    /// The ID of the selected item of the panel that has the focus.
    pub fn selected(&self, options: &RenderOptions) -> Option<String> {
        let filter = &self.filter;
        match self.focus {
            Panel::Agents => self.agents.selected(filter, options),
            Panel::Runs => self.runs.selected(filter, options),
            Panel::Approvals => self.approvals.selected(filter, options),
            Panel::Events => {
                let (items, index) = self.events.visible(filter, options);
                items.get(index)?.invocation.clone()
            }
        }
    }

    /// Moves the selection of the panel that has the focus by so many rows.
    pub fn select(&mut self, by: isize, options: &RenderOptions) {
        fn moved<T: Item>(list: &mut List<T>, by: isize, filter: &str, options: &RenderOptions) {
            let (_, index) = list.visible(filter, options);
            list.select(index.saturating_add_signed(by), filter, options);
        }
        let filter = &self.filter;
        match self.focus {
            Panel::Agents => moved(&mut self.agents, by, filter, options),
            Panel::Runs => moved(&mut self.runs, by, filter, options),
            Panel::Approvals => moved(&mut self.approvals, by, filter, options),
            Panel::Events => moved(&mut self.events, by, filter, options),
        }
    }

    /// Why lists can't be read at the moment, if one can't.
    pub fn failure(&self) -> Option<&str> {
        let all = [
            &self.agents.access,
            &self.runs.access,
            &self.approvals.access,
        ];
        all.into_iter().find_map(|access| match access {
            Access::Failing(why) => Some(why.as_str()),
            _ => None,
        })
    }
}

/// Agents that need attention come first, and then by name.
fn order(agent: &AgentRow) -> (usize, &Option<String>, &Option<String>) {
    let status = agent.status.as_deref().unwrap_or_default();
    let known = agents::STATUSES.iter().rev();
    let known = known.filter(|word| **word != "active");
    let rank = known.clone().position(|word| *word == status);
    let last = usize::from(status == "active");
    (rank.unwrap_or(known.count() + last), &agent.name, &agent.id)
}
