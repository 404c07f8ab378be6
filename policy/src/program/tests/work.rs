//! What is done for a kind of requests is told as it is done.

use super::*;

fn names<'p>(work: &Work<'p>) -> Vec<&'p str> {
    work.headers.iter().map(|header| header.name).collect()
}

fn of(program: &Program, rule: usize) -> Vec<Work<'_>> {
    program.works_of(|number| number == rule).map(|(_, work)| work).collect()
}

#[test]
fn what_is_told_to_be_read_is_read() {
    let program = compile(
        r#"[{"name": "a", "match": [{"cookies": {"version": {"exact": "v2"}}}], "split": {"v2": 100}},
            {"name": "b", "match": [{"headers": {"x": {"exact": "1"}}, "path": {"prefix": "/api/"}}], "split": {"v2": 50}}]"#,
    )
    .unwrap();
    let usual = program.usual_work();
    let absent =
        rule(&program, &[("cookie", "version=v1"), ("x", "2"), (":path", "/"), ("x-user", "u")]);
    assert_eq!((names(&usual), absent.0), (absent.1.iter().map(String::as_str).collect(), None));
    assert_eq!(usual.headers.len(), program.usual_headers());

    // The first rule needs no other header, and no identity.
    let first: Vec<Work<'_>> = of(&program, 0);
    assert_eq!(first.iter().map(names).collect::<Vec<_>>(), [["cookie"]]);
    let second: Vec<Work<'_>> = of(&program, 1);
    let taken = rule(&program, &[("x", "1"), (":path", "/api/"), ("x-user", "u")]);
    assert_eq!(taken.0, Some(1));
    assert_eq!(second.iter().map(names).collect::<Vec<_>>(), [taken.1]);
    assert!(of(&program, 2).is_empty());
}

#[cfg(feature = "regex")]
#[test]
fn regexes_run_where_nothing_keeps_them_from_it() {
    let program = compile(
        r#"[{"name": "a", "match": [{"cookies": {"v": {"regex": "[A-Za-z0-9]*[A-Z]"}}}], "split": {"v2": 100}},
            {"name": "b", "match": [{"cookies": {"v": {"regex": "x[0-9]+-build[a-z]*"}}}], "split": {"v2": 100}},
            {"name": "c", "match": [{"cookies": {"w": {"regex": "[A-Za-z0-9]+[A-Z]"}, "v": {"exact": "1"}}}], "split": {"v2": 100}}]"#,
    )
    .unwrap();
    let usual = program.usual_work();
    let scans = usual.headers[0].part;
    assert_eq!((scans.automata, scans.searches, usual.regexes_of.as_slice()), (1, 1, &[0][..]));
    let second = of(&program, 1).remove(0);
    assert_eq!((second.headers[0].part.automata, second.regexes_of), (2, vec![0, 1]));
    let third = of(&program, 2).remove(0);
    assert_eq!(third.regexes_of, [0, 2]);
}

/// What is read before a block grows with each: of thousands the first and the last ones are enough.
#[test]
fn of_thousands_of_blocks_the_ends_are_looked_at() {
    let blocks: Vec<String> = (0..3000)
        .map(|number| format!(r#"{{"headers": {{"x{number}": {{"exact": "a"}}}}}}"#))
        .collect();
    let rules =
        format!(r#"[{{"name": "a", "match": [{}], "split": {{"v2": 100}}}}]"#, blocks.join(","));
    let program = compile(&rules).unwrap();
    let works = of(&program, 0);
    assert_eq!(works.len(), 1000);
    let reads = |work: &Work<'_>| work.headers.len();
    assert_eq!((works.first().map(reads), works.last().map(reads)), (Some(1), Some(3000)));
}
