//! What is printed about the requests.

use std::collections::BTreeMap;

use anyhow::Context;
use document::load::Source;
use document::report::{Console, Data, Format, text};
use inspect::explain::answer::Answer;
use inspect::explain::har::Entry;
use inspect::explain::users::Drawn;
use inspect::explain::{Explainer, Explanation, lines, report, text as for_people};
use policy::Checked;
use serde_json::{Value, json};

use super::Args;
use super::input::Input;
use crate::exit::Exit;

/// How much is gathered before it is printed, in bytes.
const BATCH: usize = 64 * 1024;

pub(super) fn print(
    args: &Args,
    release: &Checked,
    input: &Input,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let mut explainer = Explainer::new(release, args.caller.iter().cloned().collect());
    match input {
        Input::One(request) => one(args, &explainer.explain(request), console),
        Input::Har(entries) => match (args.entry, entries.as_slice()) {
            (Some(_), [Entry { request: Ok(request), .. }]) => {
                one(args, &explainer.explain(request), console)
            }
            (Some(_), [Entry { request: Err(reason), .. }]) => {
                console.note(&text::failure(&reason.0, None));
                Ok(Exit::PROBLEMS)
            }
            _ => har(args, entries, explainer, console),
        },
        Input::Lines(source) => answers(source, release, explainer, console),
        Input::Users(users) => {
            let drawn = Drawn::new(&release.policy, *users);
            put(
                console,
                &match args.output.format {
                    Format::Text => drawn.text(),
                    Format::Data(data) => data.document(&drawn.json())?,
                },
            )?;
            Ok(Exit::OK)
        }
    }
}

fn one(args: &Args, explanation: &Explanation<'_>, console: &mut Console) -> anyhow::Result<Exit> {
    put(
        console,
        &match args.output.format {
            Format::Text => for_people::render(explanation),
            Format::Data(data) => data.document(&report::report(explanation))?,
        },
    )?;
    Ok(Exit::OK)
}

/// A line for each entry, and what they come to.
fn har(
    args: &Args,
    entries: &[Entry],
    mut explainer: Explainer<'_>,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let mut requests = for_people::requests();
    let mut list = Vec::new();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for Entry { number, request } in entries {
        match request {
            Ok(request) => {
                let explanation = explainer.explain(request);
                let (rule, subset) =
                    (explanation.rule().to_owned(), explanation.subset().to_owned());
                *counts.entry((rule, subset)).or_default() += 1;
                for_people::add_request(&mut requests, *number, &explanation);
                list.push(entry(*number, &explanation)?);
            }
            Err(reason) => {
                for_people::add_passed_over(&mut requests, *number, &reason.0);
                list.push(json!({ "entry": number, "error": reason.0 }));
            }
        }
    }
    let passed_over = entries.iter().filter(|entry| entry.request.is_err()).count();
    let total = for_people::total(entries.len() - passed_over, passed_over);
    let text = requests.render() + &total + &for_people::counted(&counts);
    put(
        console,
        &match args.output.format {
            Format::Text => text,
            Format::Data(data) => data.document(&list)?,
        },
    )?;
    Ok(Exit::OK)
}

fn entry(number: usize, explanation: &Explanation<'_>) -> serde_json::Result<Value> {
    let part = |name| explanation.request.shown(name);
    let url = format!("{}://{}{}", part(":scheme"), part(":authority"), part(":path"));
    let mut value = json!({ "entry": number, "method": part(":method"), "url": url });
    if let (Value::Object(value), Value::Object(answer)) =
        (&mut value, serde_json::to_value(Answer::new(explanation))?)
    {
        value.extend(answer);
    }
    Ok(value)
}

/// A line for each line.
fn answers(
    source: &Source,
    release: &Checked,
    mut explainer: Explainer<'_>,
    console: &mut Console,
) -> anyhow::Result<Exit> {
    let host = release.policy.host().written();
    let mut exit = Exit::OK;
    let mut text = String::new();
    for (index, line) in source.text().lines().enumerate() {
        match lines::read(line, host) {
            Ok(request) => {
                let answer = Answer::new(&explainer.explain(&request));
                text.push_str(&Data::Json.one_of_many(&answer)?);
            }
            Err(error) => {
                exit = Exit::PROBLEMS;
                let error = json!({ "line": index + 1, "error": error });
                text.push_str(&Data::Json.one_of_many(&error)?);
            }
        }
        if text.len() > BATCH {
            put(console, &text)?;
            text.clear();
        }
    }
    put(console, &text)?;
    Ok(exit)
}

fn put(console: &mut Console, text: &str) -> anyhow::Result<()> {
    console.print(text).context("cannot write to standard output")
}
