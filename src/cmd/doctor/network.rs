//! Checks of the network: names, the proxy, and the clock.

use std::net::IpAddr;
use std::time::Duration;

use jiff::SignedDuration;

use crate::api::names;
use crate::cmd::checks::Report;
use crate::cmd::checks::connection::Connection;
use crate::time;

/// The time limit for a name.
const LIMIT: Duration = Duration::from_secs(2);

/// The clocks may differ so much: responses take time, and dates have whole seconds.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// So many addresses are shown.
const MOST_ADDRESSES: usize = 3;

/// Checks DNS, the proxy, and the router's clock.
pub(super) async fn check(report: &mut Report<'_>, connection: &Connection<'_>) {
    let proxy = connection.session.proxy();
    if let Some(base) = &connection.base {
        let host = &base.origin().host;
        if proxy.is_some() {
            report.ok("dns", format!("{host} is resolved by the proxy"));
        } else {
            dns(report, host).await;
        }
    }
    match proxy {
        Some(proxy) => report.ok("proxy", proxy),
        None => report.ok("proxy", "none for this router"),
    }
    let own = report.context.ui.now();
    let Some(date) = connection.date else {
        if connection.is_reached {
            report.warn("clock", "the router's response has no usable date", None);
        }
        return;
    };
    let ahead = own.duration_since(time::timestamp(date));
    let apart = time::show_duration(ahead.unsigned_abs());
    if ahead.abs() <= SKEW {
        report.ok("clock", "agrees with the router's clock");
    } else if ahead.is_positive() {
        report.warn(
            "clock",
            format!("{apart} ahead of the router's clock"),
            None,
        );
    } else {
        report.warn("clock", format!("{apart} behind the router's clock"), None);
    }
}

async fn dns(report: &mut Report<'_>, host: &str) {
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        report.ok("dns", format!("not needed: {host} is an address"));
        return;
    }
    match tokio::time::timeout(LIMIT, names::resolve(host)).await {
        Ok(Ok(found)) if !found.is_empty() => {
            let shown = found.iter().take(MOST_ADDRESSES).map(IpAddr::to_string);
            let shown: Vec<String> = shown.collect();
            report.ok("dns", format!("{host} is {}", shown.join(", ")));
        }
        // Whether the router is reached decides; the resolver may only be slow.
        Ok(Ok(_)) => report.warn("dns", format!("{host} has no address"), None),
        Ok(Err(why)) => report.warn("dns", format!("{host} could not be resolved: {why}"), None),
        Err(_) => {
            let limit = time::show_duration(LIMIT);
            report.warn(
                "dns",
                format!("{host} was not resolved within {limit}"),
                None,
            );
        }
    }
}
