//! A router with a fleet: lists agents, counts their rotations, and keeps their histories.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::router::{Answer, Asked, Router};

/// What is answered to a rotation of this agent, the n-th time; none for success.
pub type Rule = fn(&str, usize) -> Option<Answer>;

/// What the router knows.
#[derive(Default)]
struct State {
    agents: Vec<Value>,
    /// Requests to rotate, by agent.
    asked: BTreeMap<String, usize>,
    /// Rotations that were done, by agent.
    rotated: BTreeMap<String, usize>,
    events: BTreeMap<String, Vec<Value>>,
}

/// The router with its fleet.
pub struct Fleet {
    pub router: Router,
    state: Arc<Mutex<State>>,
    most_in_flight: Arc<AtomicUsize>,
}

/// `a001`.
pub fn id(number: usize) -> String {
    format!("a{number:03}")
}

/// An active execution agent.
pub fn agent(number: usize) -> Value {
    json!({
        "id": id(number),
        "name": format!("fleet-{number}"),
        "status": "active",
        "region": if number.is_multiple_of(2) { "us-east" } else { "eu-west" },
        "agent_role": "execution",
        "last_heartbeat": jiff::Timestamp::now().to_string(),
    })
}

impl Fleet {
    /// So many agents, whose rotations take `latency` and are answered by the rule.
    pub fn new(count: usize, latency: Duration, rule: Rule) -> Self {
        Self::of((1..=count).map(agent).collect(), latency, rule)
    }

    /// These agents.
    pub fn of(agents: Vec<Value>, latency: Duration, rule: Rule) -> Self {
        let state = Arc::new(Mutex::new(State {
            agents,
            ..State::default()
        }));
        let most_in_flight = Arc::new(AtomicUsize::new(0));
        let in_flight = AtomicUsize::new(0);
        let (shared, most) = (state.clone(), most_in_flight.clone());
        let router = Router::rules(move |asked| {
            let path = asked.target.split('?').next().unwrap_or_default();
            let parts: Vec<&str> = path.split('/').skip(5).collect();
            match (asked.method.as_str(), &parts[..]) {
                ("GET", []) => lock(&shared).list(asked),
                ("GET", [id]) => lock(&shared).get(id),
                ("GET", [id, "events"]) => lock(&shared).events(id),
                ("POST", [id, "curve-rotate"]) => {
                    let now = in_flight.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(latency);
                    let answer = lock(&shared).rotate(id, rule);
                    in_flight.fetch_sub(1, Ordering::SeqCst);
                    answer
                }
                _ => Answer::fault(404, "not_found"),
            }
        });
        Self {
            router,
            state,
            most_in_flight,
        }
    }

    /// How often each agent was asked to rotate.
    pub fn asked(&self) -> BTreeMap<String, usize> {
        lock(&self.state).asked.clone()
    }

    /// How often each agent was rotated.
    pub fn rotated(&self) -> BTreeMap<String, usize> {
        lock(&self.state).rotated.clone()
    }

    /// How many requests to rotate were sent in all.
    pub fn requests(&self) -> usize {
        lock(&self.state).asked.values().sum()
    }

    /// The most rotations that were in flight at a time.
    pub fn most_in_flight(&self) -> usize {
        self.most_in_flight.load(Ordering::SeqCst)
    }

    /// Adds an event to an agent's history.
    pub fn add_event(&self, id: &str, kind: &str, details: &Value) {
        lock(&self.state).add_event(id, kind, details);
    }

    /// Changes a member of an agent.
    pub fn set(&self, number: usize, name: &str, value: &str) {
        lock(&self.state).agents[number - 1][name] = value.into();
    }
}

impl State {
    fn list(&self, asked: &Asked) -> Answer {
        let after = asked.target.split("after=").nth(1);
        let after = after.map(|rest| rest.split('&').next().unwrap_or_default());
        let start = after.map_or(0, |after| {
            let found = self.agents.iter().position(|agent| agent["id"] == after);
            found.map_or(0, |found| found + 1)
        });
        let page: Vec<&Value> = self.agents.iter().skip(start).take(100).collect();
        let has_more = start + page.len() < self.agents.len();
        let last = page.last().map(|agent| agent["id"].clone());
        ok(
            200,
            &json!({ "data": page, "last_id": last, "has_more": has_more }),
        )
    }

    fn get(&self, id: &str) -> Answer {
        let found = self.agents.iter().find(|agent| agent["id"] == id);
        found.map_or_else(|| Answer::fault(404, "agent_not_found"), |it| ok(200, it))
    }

    fn events(&self, id: &str) -> Answer {
        let events = self.events.get(id).cloned().unwrap_or_default();
        ok(200, &json!({ "data": events, "has_more": false }))
    }

    fn add_event(&mut self, id: &str, kind: &str, details: &Value) {
        let events = self.events.entry(id.to_owned()).or_default();
        let event = json!({
            "id": format!("evt_{id}_{}", events.len()),
            "event_type": kind,
            "details": details,
            "created_at": jiff::Timestamp::now().to_string(),
        });
        events.insert(0, event);
    }

    fn rotate(&mut self, id: &str, rule: Rule) -> Answer {
        let asked = self.asked.entry(id.to_owned()).or_default();
        *asked += 1;
        if let Some(answer) = rule(id, *asked) {
            return answer;
        }
        let rotated = self.rotated.entry(id.to_owned()).or_default();
        *rotated += 1;
        let request = format!("rot_{id}_{rotated}");
        self.add_event(
            id,
            "curve.rotation_dispatched",
            &json!({ "request_id": request }),
        );
        let monitor = format!("https://router.example/{id}");
        ok(
            202,
            &json!({ "request_id": request, "status": "dispatched", "monitor_url": monitor }),
        )
    }
}

fn ok(status: u16, body: &Value) -> Answer {
    Answer::json(status, body.to_string()).header(
        "Date",
        &jiff::Timestamp::now()
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string(),
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
