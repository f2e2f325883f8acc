//! Bodies of requests that are made while they are sent.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use http_body::{Body, Frame, SizeHint};

use crate::{Error, session::BoxStream};

/// A body of known size, in pieces.
pub(super) struct Streamed {
    /// A body has to be `Sync`; nobody shares it.
    pieces: Mutex<BoxStream<Bytes>>,
    left: u64,
    pub(super) progress: Progress,
}

impl Streamed {
    /// What stands before some content, the content, and what stands behind it. The content gives `size` bytes or fails.
    pub(super) fn around(
        before: Bytes,
        content: BoxStream<Bytes>,
        size: u64,
        after: Bytes,
    ) -> Self {
        let length = |part: &Bytes| part.len() as u64;
        let left = size
            .saturating_add(length(&before))
            .saturating_add(length(&after));
        let part = |part: Bytes| stream::iter((!part.is_empty()).then_some(Ok(part)));
        let pieces = part(before).chain(content).chain(part(after));
        Self {
            pieces: Mutex::new(Box::pin(pieces)),
            left,
            progress: Progress::default(),
        }
    }

    /// What is still to be sent of it, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.left
    }

    /// The same, where the content goes as base64.
    pub(super) fn around_base64(
        before: Bytes,
        content: BoxStream<Bytes>,
        size: u64,
        after: Bytes,
    ) -> Self {
        let content = Box::pin(encoded(content));
        Self::around(before, content, size_in_base64(size), after)
    }
}

/// The length of so many bytes in base64.
pub(super) fn size_in_base64(size: u64) -> u64 {
    size.div_ceil(3).saturating_mul(4)
}

/// The content in base64, as one text.
fn encoded(content: BoxStream<Bytes>) -> impl Stream<Item = Result<Bytes, Error>> + Send {
    // Up to two bytes that wait for the next ones.
    let start = (Some(content), Vec::new());
    stream::unfold(start, |(content, mut held)| async move {
        let mut content = content?;
        loop {
            match content.next().await {
                Some(Ok(piece)) => {
                    held.extend_from_slice(&piece);
                    let whole = held.len() - held.len() % 3;
                    if whole == 0 {
                        continue;
                    }
                    let text = BASE64_STANDARD.encode(&held[..whole]);
                    held.drain(..whole);
                    return Some((Ok(text.into()), (Some(content), held)));
                }
                Some(Err(error)) => return Some((Err(error), (None, held))),
                None if held.is_empty() => return None,
                None => {
                    let text = BASE64_STANDARD.encode(&held);
                    return Some((Ok(text.into()), (None, Vec::new())));
                }
            }
        }
    })
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let pieces = self.pieces.get_mut();
        let pieces = pieces.unwrap_or_else(PoisonError::into_inner);
        let next = ready!(pieces.as_mut().poll_next(cx));
        self.progress.step();
        Poll::Ready(match next {
            Some(Ok(piece)) => {
                self.left = self.left.saturating_sub(piece.len() as u64);
                Some(Ok(Frame::data(piece)))
            }
            Some(Err(error)) => {
                self.progress.fail(error);
                Some(Err(io::Error::other("what is sent cannot be read")))
            }
            None => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// How far a body has come, as seen from the other side of the HTTP client.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Shared>);

#[derive(Default)]
struct Shared {
    steps: AtomicU64,
    failure: Mutex<Option<Error>>,
}

impl Progress {
    fn step(&self) {
        self.0.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// How many pieces were taken.
    pub(super) fn steps(&self) -> u64 {
        self.0.steps.load(Ordering::Relaxed)
    }

    fn fail(&self, error: Error) {
        let mut failure = self
            .0
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
    }

    /// Why the body broke off, if it did.
    pub(super) fn failure(&self) -> Option<Error> {
        let mut failure = self
            .0
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failure.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(pieces: &[&'static str]) -> (u64, Vec<u8>) {
        let size = pieces.iter().map(|piece| piece.len() as u64).sum();
        let content: Vec<Result<Bytes, Error>> =
            pieces.iter().map(|piece| Ok((*piece).into())).collect();
        let body = Streamed::around_base64(
            Bytes::from_static(b"<"),
            Box::pin(stream::iter(content)),
            size,
            Bytes::from_static(b">"),
        );
        let announced = body.size_hint().exact().expect("a size");
        let mut body = Box::pin(body);
        let mut sent = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            sent.extend_from_slice(&frame.expect("a piece").into_data().expect("data"));
        }
        (announced, sent)
    }

    #[tokio::test]
    async fn pieces_of_any_size_are_one_base64_text_of_the_announced_length() {
        for pieces in [
            &[][..],
            &[""],
            &["a"],
            &["ab", "c"],
            &["a", "b", "c", "d"],
            &["hello, ", "w", "orld"],
        ] {
            let (announced, sent) = sent(pieces).await;
            let text = format!("<{}>", BASE64_STANDARD.encode(pieces.concat()));
            assert_eq!(String::from_utf8(sent).expect("a text"), text);
            assert_eq!(announced, text.len() as u64);
        }
    }
}
