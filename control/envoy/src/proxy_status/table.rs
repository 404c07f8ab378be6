//! A status for people: a line for each filter, and below it what is wrong.

use std::fmt::Write;

use document::report::style::{BAD, DIM, GOOD, HEADING};
use document::report::table::{Cell, Column, Table};
use document::report::text::{printable, put};

use super::{Cause, Filter, Refused, State, Status};

/// What the Envoy at `url` says.
#[must_use]
pub fn render(url: &str, status: &Status) -> String {
    let node = printable(&status.node);
    let mut text = format!("{HEADING}{}{HEADING:#}  {DIM}{node}{DIM:#}\n", printable(url));
    if status.filters.is_empty() {
        put(&mut text, &format!("  {BAD}no filter of a Release{BAD:#}"));
    } else {
        filters(&mut text, &status.filters);
    }
    for listener in &status.refused_listeners {
        let since = listener.since.as_deref().map(|since| format!(" of {since}"));
        let (name, since, details) = (&listener.name, since.unwrap_or_default(), &listener.details);
        let problem = format!("listener `{name}`: an update{since} was refused: {details}");
        put(&mut text, &format!("  {BAD}{}{BAD:#}", printable(&problem)));
    }
    text
}

fn filters(text: &mut String, filters: &[Filter]) {
    let heads = ["release", "state", "version", "routes", "decisions"];
    let mut table = Table::new(heads.map(Column::left)).indented(2);
    table.heads(DIM);
    for filter in filters {
        let is_good = filter.verdict.state == State::InForce;
        let unknown = || "-".to_owned();
        table.row([
            printable(&filter.release).into(),
            Cell::styled(if is_good { GOOD } else { BAD }, state(filter.verdict.state)),
            filter.verdict.version.as_deref().map_or_else(unknown, printable).into(),
            filter.switched.routes.to_string().into(),
            decisions(filter).into(),
        ]);
        for problem in problems(filter) {
            table.text(format!("    {}", printable(&problem)));
        }
    }
    text.push_str(&table.render());
}

fn state(state: State) -> &'static str {
    match state {
        State::InForce => "in force",
        State::Refused => "refused",
        State::StableOnly => "stable only",
        State::DeniesAll => "denies all",
    }
}

/// `insiders: v2 1; default: v1 5, v2 0`.
fn decisions(filter: &Filter) -> String {
    let mut text = String::new();
    let mut last = None;
    for decisions in &filter.decisions {
        let rule = decisions.rule.as_str();
        let between = match last {
            None => format!("{rule}: "),
            Some(last) if last == rule => ", ".to_owned(),
            Some(_) => format!("; {rule}: "),
        };
        last = Some(rule);
        // Writing to a String cannot fail.
        let _ = write!(text, "{between}{} {}", decisions.subset, decisions.requests);
    }
    printable(&text)
}

/// What keeps the filter from doing what it was told.
fn problems(filter: &Filter) -> Vec<String> {
    let mut problems = verdict(filter);
    let switched = &filter.switched;
    if switched.routes == 0 {
        problems.push("no route enables it and uses its decisions".to_owned());
    }
    for host in &switched.heedless {
        problems.push(format!("enabled in `{host}`, where no route uses its decisions"));
    }
    for host in &switched.unswitched {
        problems.push(format!("not enabled in `{host}`, whose routes lead to the service"));
    }
    if filter.restarts > 0 {
        let times =
            if filter.restarts == 1 { "once" } else { &format!("{} times", filter.restarts) };
        problems.push(format!("its module failed and was restarted, {times}"));
    }
    problems
}

fn verdict(filter: &Filter) -> Vec<String> {
    let verdict = &filter.verdict;
    let requests = match verdict.state {
        State::InForce => return Vec::new(),
        State::Refused => match &verdict.version {
            Some(version) => format!("version `{version}` stays in force"),
            None => "an earlier one stays in force".to_owned(),
        },
        State::StableOnly => "all requests go to stable".to_owned(),
        State::DeniesAll => "all requests are answered with 403".to_owned(),
    };
    match (verdict.cause, &verdict.refused) {
        (_, Some(refused)) => refusal(refused, &requests, &filter.listeners),
        (Some(Cause::NotFetched), _) => {
            let message = format!("istio-agent could not fetch the module: {requests}");
            vec![message, "the log of the container istio-proxy has the reason".to_owned()]
        }
        (Some(Cause::Awaited), _) => {
            vec!["no configuration arrived, and the listener is waiting for one".to_owned()]
        }
        _ => vec![format!("no configuration arrived: {requests}")],
    }
}

fn refusal(refused: &Refused, requests: &str, listeners: &[String]) -> Vec<String> {
    let Refused { version, since, problems } = refused;
    let mut lines = vec![format!("version `{version}` of {since} was refused: {requests}")];
    lines.extend(problems.iter().map(|problem| format!("  {problem}")));
    if problems.is_empty() {
        lines.push("  Envoy's log has the reason".to_owned());
    }
    let listeners: Vec<String> = listeners.iter().map(|name| format!("`{name}`")).collect();
    let listeners = listeners.join(", ");
    lines.push(format!(
        "  until a valid one arrives, Envoy also refuses every update of {listeners}"
    ));
    lines
}
