//! Time zones of windows: the language knows no names of them.

use jiff::tz::{TimeZone, db};
use policy::rollout::Plan;
use policy::spec::suggest;
use policy::{Code, Path, Problem};

/// The zones that there are none of.
pub(super) fn unknown(plan: &Plan) -> Vec<Problem> {
    let at = Path::root().key("spec").key("rollout").key("windows");
    let windows = plan.windows.iter().enumerate();
    let unknown = windows.filter(|(_, window)| TimeZone::get(&window.zone).is_err());
    let problem = |(index, window): (usize, &policy::rollout::Window)| {
        let zone = &window.zone;
        let message = format!("there is no time zone `{zone}`");
        let names: Vec<String> = db().available().map(|name| name.as_str().to_owned()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let help = match policy::spec::nearest(zone, &names) {
            Some(_) => suggest(zone, &names),
            None => "use a name of the IANA time zone database such as `Europe/Berlin`".to_owned(),
        };
        Problem::error(Code::InvalidName, &at.index(index).key("zone"), message).help(help)
    };
    unknown.map(problem).collect()
}
