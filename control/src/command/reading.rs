//! The files of a command that takes any number of them: each read and reviewed, what else is in them counted.

use document::load::folder::{Input, Inputs, Origin};
use document::load::{Source, Unreadable};
use document::report::{Console, Diagnostic, text};
use import::review::{Review, Reviewer, Subject};

use super::passed_over::{Detail, PassedOver};

/// Files being read.
pub(super) struct Reading {
    reviewer: Reviewer,
    detail: Detail,
    /// What is passed over.
    pub(super) passed_over: PassedOver,
    /// That a file that was named has other objects only: wrong where this is so of all.
    pub(super) nothing: Vec<(Diagnostic, String)>,
    /// Whether a file that was named is a list without items.
    pub(super) has_empty_list: bool,
}

/// What came of a file.
pub(super) enum Read {
    /// It is to be looked at.
    Reviewed(Source, Box<Review>),
    /// It holds other objects only.
    PassedOver,
    /// It was named, and is a list without items; its name.
    EmptyList(String),
    /// It cannot be read.
    Unreadable(Unreadable),
}

impl Reading {
    /// Looks at these objects of files.
    pub(super) fn of(subject: Subject, detail: Detail) -> Self {
        Self {
            reviewer: Reviewer::of(subject),
            detail,
            passed_over: PassedOver::default(),
            nothing: Vec::new(),
            has_empty_list: false,
        }
    }

    /// Counts what is not read at all; the files that are.
    pub(super) fn files(
        &mut self,
        inputs: Inputs,
        console: &mut Console,
    ) -> Vec<Result<Input, Unreadable>> {
        self.passed_over.skipped(&inputs.skipped, self.detail, console);
        inputs.files
    }

    /// The same, in a cluster with this domain.
    pub(super) fn in_domain(self, domain: Option<String>) -> Self {
        Self { reviewer: self.reviewer.in_domain(domain), ..self }
    }

    /// The same, of services that get so many requests a second, where that is known.
    pub(super) fn at_rate(self, rate: Option<f64>) -> Self {
        Self { reviewer: self.reviewer.at_rate(rate), ..self }
    }

    /// Reads a file.
    pub(super) fn read(&mut self, input: Result<Input, Unreadable>, console: &mut Console) -> Read {
        self.look(open(input), console)
    }

    /// Reads files, and what each has for the others: those are reviewed later.
    pub(super) fn open(
        &mut self,
        inputs: Vec<Result<Input, Unreadable>>,
    ) -> Vec<Result<(Source, Origin), Unreadable>> {
        let read: Vec<_> = inputs.into_iter().map(open).collect();
        for (source, _) in read.iter().flatten() {
            self.reviewer.stands_beside(source);
        }
        read
    }

    /// Looks at a file that was read.
    pub(super) fn look(
        &mut self,
        read: Result<(Source, Origin), Unreadable>,
        console: &mut Console,
    ) -> Read {
        let (source, origin) = match read {
            Ok(read) => read,
            Err(unreadable) => return Read::Unreadable(unreadable),
        };
        let review = self.reviewer.review(&source, origin);
        if review.is_empty_list && origin == Origin::Named {
            self.has_empty_list = true;
            return Read::EmptyList(source.name().to_owned());
        }
        self.passed_over.review(source.name(), &review, self.detail, console);
        let Some(nothing) = review.nothing else { return Read::Reviewed(source, Box::new(review)) };
        if origin == Origin::Named {
            let rendered = text::render(&nothing, Some(&source));
            self.nothing.push((nothing, rendered));
        }
        Read::PassedOver
    }
}

fn open(input: Result<Input, Unreadable>) -> Result<(Source, Origin), Unreadable> {
    input.and_then(|input| Ok((input.read()?, input.origin)))
}
