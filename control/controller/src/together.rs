//! A question that many ask at the same time is asked once for all of them.
//!
//! Of istiod each Release asks for all configuration that it has, which with a thousand Releases is megabytes.

use std::sync::atomic::{AtomicU64, Ordering};

use rollout::drive::cluster::{Answer, Error};
use tokio::sync::Mutex;

/// The answer to a question, and who asks it now.
#[derive(Debug)]
pub(crate) struct Together<T> {
    /// How often it was asked.
    begun: AtomicU64,
    last: Mutex<Last<T>>,
}

#[derive(Debug)]
struct Last<T> {
    /// Which time that was.
    number: u64,
    answer: Option<Result<T, Error>>,
}

impl<T> Default for Together<T> {
    fn default() -> Self {
        let last = Last { number: 0, answer: None };
        Self { begun: AtomicU64::new(0), last: Mutex::new(last) }
    }
}

impl<T: Clone> Together<T> {
    /// The answer to a question that was not asked before now: what was changed before is in it.
    pub(crate) async fn ask<'a>(
        &'a self,
        question: impl FnOnce() -> Answer<'a, T>,
    ) -> Result<T, Error> {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.number > before
            && let Some(answer) = &last.answer
        {
            return answer.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let answer = question().await;
        *last = Last { number, answer: Some(answer.clone()) };
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::oneshot;
    use tokio::task::yield_now;

    use super::*;

    /// All that can go on has gone on: these tests have one thread.
    async fn settle() {
        for _ in 0..100 {
            yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_come_meanwhile_are_answered_by_one_more_question() {
        let together = Arc::new(Together::default());
        let (go_on, waits) = oneshot::channel();
        let first = tokio::spawn({
            let together = Arc::clone(&together);
            async move {
                let answer: Answer<'_, u8> = Box::pin(async {
                    let _ = waits.await;
                    Ok(1)
                });
                together.ask(|| answer).await
            }
        });
        settle().await;
        let asked = Arc::new(AtomicU64::new(0));
        let ask = || {
            let (together, asked) = (Arc::clone(&together), Arc::clone(&asked));
            tokio::spawn(async move {
                let question = || -> Answer<'_, u8> {
                    Box::pin(async {
                        asked.fetch_add(1, Ordering::SeqCst);
                        Ok(2)
                    })
                };
                together.ask(question).await
            })
        };
        let others: Vec<_> = (0..10).map(|_| ask()).collect();
        settle().await;
        go_on.send(()).unwrap();
        // What was asked before they came is no answer for them.
        assert_eq!(first.await.unwrap(), Ok(1));
        for other in others {
            assert_eq!(other.await.unwrap(), Ok(2));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert_eq!(ask().await.unwrap(), Ok(2));
        assert_eq!(asked.load(Ordering::SeqCst), 2, "an old answer");
    }

    #[tokio::test]
    async fn one_who_goes_away_leaves_the_question_to_the_next() {
        let together = Arc::new(Together::<u8>::default());
        let gone = tokio::spawn({
            let together = Arc::clone(&together);
            async move { together.ask(|| Box::pin(std::future::pending())).await }
        });
        settle().await;
        gone.abort();
        assert_eq!(together.ask(|| Box::pin(async { Ok(1) })).await, Ok(1));
    }
}
