//! A comparison for people: who moves first, then what else changed.

mod why;

use document::report::Portion;
use document::report::table::{Column, Table};
use document::report::text::printable;

use super::group::Group;
use super::movement::{Movement, Unit};
use super::note::Topic;
use super::reason::Reason;
use super::users::Users;
use super::{Coverage, Diff};

/// So many groups in which no users move are named.
const NAMED: usize = 8;

/// The comparison, as lines.
#[must_use]
pub fn render(diff: &Diff) -> String {
    let moving = diff.movements().filter(|(_, movement)| movement.moved > 0.0);
    let mut paragraphs: Vec<Vec<String>> =
        moving.map(|(group, movement)| self::moving(diff, group, movement)).collect();
    paragraphs.push(resting(diff).into_iter().chain(tried(diff).map(str::to_owned)).collect());
    let notes = diff.notes.iter().flat_map(|note| {
        let witness = note.witness.as_ref().map(|witness| format!("    {}", witness.shown()));
        std::iter::once(format!("  {}", note.message)).chain(witness)
    });
    if !diff.notes.is_empty() {
        paragraphs.push(std::iter::once("changed:".to_owned()).chain(notes).collect());
    }
    paragraphs.retain(|lines| !lines.is_empty());
    let text = |lines: &Vec<String>| -> String {
        lines.iter().map(|line| printable(line) + "\n").collect()
    };
    paragraphs.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// One kind of users of a group, some of whom move.
fn moving(diff: &Diff, group: &Group, movement: &Movement) -> Vec<String> {
    let unit = match movement.unit {
        Unit::Users => "users",
        Unit::Requests => "requests",
    };
    let whose = whose(group, movement);
    let share = Portion::of_one(movement.moved);
    let title = title(diff, group);
    let mut lines = vec![if movement.reasons.contains(&Reason::Random) {
        format!(
            "{title}: the share of requests{whose} changes; each is drawn anew, so users do not stay anyway"
        )
    } else if movement.moved > 1.0 - 1e-9 {
        format!("{title}: all {unit}{whose} move")
    } else {
        format!("{title}: {share} of the {unit}{whose} move")
    }];
    match &group.witness {
        Some(witness) if !group.is_same_rule => {
            lines.push(format!("  such as {}", witness.shown()));
        }
        None if group.new.is_some() => {
            lines.push("  (no request was found that this rule matches)".to_owned());
        }
        _ => {}
    }
    lines.extend(table(movement));
    lines.extend(why::lines(movement).into_iter().map(|why| format!("  {why}")));
    lines
}

/// Which of the users of a group are meant, where not all are.
fn whose(group: &Group, movement: &Movement) -> &'static str {
    let is_known_apart = group
        .movements
        .iter()
        .any(|other| matches!(other.users, Users::Another | Users::Gained | Users::Lost));
    match movement.users {
        Users::All => "",
        Users::Known if group.movements.len() == 1 => "",
        Users::Known if is_known_apart => " with the same identity as before",
        Users::Known => " with an identity",
        Users::Another => " with another identity than before",
        Users::Gained => " that had no identity and now have one",
        Users::Lost => " that had an identity and now have none",
        Users::Anonymous => " without an identity",
    }
}

/// Who goes where; where requests are drawn anew each, the shares.
fn table(movement: &Movement) -> Vec<String> {
    let columns = [Column::left(""), Column::right(""), Column::left("")];
    let mut table = Table::new(columns).indented(2);
    for transition in &movement.transitions {
        let part_of_from = Portion::of_one(transition.part_of_from);
        table.row([
            format!("{} -> {}", transition.from, transition.to),
            Portion::of_one(transition.part).to_string(),
            format!("{part_of_from} of those in {}", transition.from),
        ]);
    }
    let shares = movement.shares.iter().filter(|_| movement.transitions.is_empty());
    for share in shares {
        table.row([
            share.subset.clone(),
            Portion::of_one(share.before).to_string(),
            format!("-> {}", Portion::of_one(share.after)),
        ]);
    }
    table.render().lines().map(str::to_owned).collect()
}

/// What the requests of a group are called.
fn title(diff: &Diff, group: &Group) -> String {
    match (&group.old, &group.new) {
        (None, None) if diff.groups.len() == 1 => "all requests".to_owned(),
        (None, None) => "default split".to_owned(),
        (_, Some(new)) if group.is_same_rule => format!("rule `{new}`"),
        (Some(old), Some(new)) => format!("from rule `{old}` to rule `{new}`"),
        (Some(old), None) => format!("from rule `{old}` to the default split"),
        (None, Some(new)) => format!("from the default split to rule `{new}`"),
    }
}

/// Groups of which no users move.
fn resting(diff: &Diff) -> Option<String> {
    let (moving, resting): (Vec<_>, Vec<_>) =
        diff.movements().partition(|(_, movement)| movement.moved > 0.0);
    if !moving.is_empty() {
        let titles = resting.iter().take(NAMED);
        let mut titles: Vec<String> =
            titles.map(|(group, movement)| title(diff, group) + whose(group, movement)).collect();
        if resting.len() > NAMED {
            titles.push(format!("and {} others", resting.len() - NAMED));
        }
        return (!titles.is_empty()).then(|| format!("no users move: {}", titles.join(", ")));
    }
    let text = match diff.coverage {
        Coverage::Proven => "no users move",
        Coverage::Tried | Coverage::Cut => "no request was found whose user moves",
    };
    Some(if diff.notes.iter().any(|note| note.is_move) {
        format!(
            "{text} from one subset to another, of callers that have the filter before and after"
        )
    } else if diff.notes.iter().any(|note| note.topic == Topic::Labels) {
        format!("{text} to another subset, but a subset selects other pods")
    } else {
        text.to_owned()
    })
}

/// How sure that is.
fn tried(diff: &Diff) -> Option<&'static str> {
    match diff.coverage {
        Coverage::Proven => None,
        Coverage::Tried => Some(
            "rules changed: this was found with requests built from their conditions; there may be others",
        ),
        Coverage::Cut => Some(
            "rules changed: this was found with requests built from their conditions, but only with the first 100,000",
        ),
    }
}
