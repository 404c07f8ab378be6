//! What is shown while requests are sent: one line on standard error, on a terminal only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The line; it goes away when this is dropped.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    part: usize,
    parts: usize,
}

impl Progress {
    /// A line for so many parts; it is not drawn where standard error is no terminal.
    #[must_use]
    pub fn new(parts: usize) -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) =
            ProgressStyle::with_template("{prefix} {bar:20} {pos}/{len} requests {msg}")
        {
            bar.set_style(style.progress_chars("█▌░"));
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, part: 0, parts }
    }

    /// The next part begins, with something before its first request.
    pub fn begin(&mut self, name: &str, doing: &'static str) {
        self.part += 1;
        self.bar.set_prefix(match self.parts {
            1 => name.to_owned(),
            parts => format!("[{}/{parts}] {name}", self.part),
        });
        self.bar.set_position(0);
        self.bar.set_length(0);
        self.bar.set_message(doing);
    }

    /// So many requests are about to be sent.
    pub fn expect(&self, requests: u64) {
        self.bar.set_length(requests);
        self.bar.set_message("");
    }

    /// What counts answers, for those who get them.
    #[must_use]
    pub fn counter(&self) -> Counter {
        Counter(self.bar.clone())
    }

    /// What is going on.
    pub fn say(&self, message: String) {
        self.bar.set_message(message);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Counts answers.
#[derive(Clone, Debug)]
pub struct Counter(ProgressBar);

impl Counter {
    /// One more was answered.
    pub fn step(&self) {
        self.0.inc(1);
    }
}
