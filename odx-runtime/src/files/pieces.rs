//! Content that comes, checked against what Odoo says it has.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use super::{Checked, FileError, Received, Stored, digest::Digest};
use crate::{
    Error,
    session::{BoxFuture, Pieces},
};

/// What is known of content before it comes.
#[derive(Debug)]
pub(super) enum Expected {
    /// What Odoo has.
    Stored(Stored),
    /// A PDF.
    Pdf,
    /// Nothing.
    Unknown,
}

/// What the work that fetches content tells of it, before the first piece.
#[derive(Clone, Default)]
pub(super) struct Notice(Arc<OnceLock<Expected>>);

impl Notice {
    pub(super) fn give(&self, expected: Expected) {
        // It is given once.
        let _ = self.0.set(expected);
    }
}

/// The pieces of some content, as they come. It ends with an error where they are not what they should be.
pub(super) struct Coming {
    file: String,
    work: Option<BoxFuture<'static, ()>>,
    pieces: mpsc::Receiver<Bytes>,
    notice: Notice,
    digest: Digest,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    has_ended: bool,
}

impl Coming {
    /// What this work fetches.
    pub(super) fn by(
        file: String,
        work: impl FnOnce(Pieces, Notice) -> BoxFuture<'static, ()>,
    ) -> Self {
        let (sender, pieces) = mpsc::channel(2);
        let notice = Notice::default();
        Self {
            file,
            work: Some(work(sender, notice.clone())),
            pieces,
            notice,
            digest: Digest::default(),
            head: Vec::new(),
            tail: VecDeque::new(),
            has_ended: false,
        }
    }

    /// What came, once it has ended well.
    pub(super) fn received(&self) -> Received {
        Received {
            size: self.digest.size,
            sha1: self.digest.sha1(),
            checked: match self.notice.0.get() {
                Some(Expected::Stored(_)) => Checked::Sha1,
                Some(Expected::Pdf) => Checked::Pdf,
                Some(Expected::Unknown) | None => Checked::Nothing,
            },
        }
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            if let Poll::Ready(Some(piece)) = self.pieces.poll_recv(cx) {
                if piece.is_empty() {
                    continue;
                }
                return Poll::Ready(Some(self.took(piece)));
            }
            let Some(work) = &mut self.work else {
                return Poll::Ready(self.verdict().err().map(Err));
            };
            let done = ready!(work.as_mut().poll(cx));
            self.work = None;
            if let Err(error) = done {
                return Poll::Ready(Some(Err(error)));
            }
            // What it sent last may still wait.
        }
    }

    fn took(&mut self, piece: Bytes) -> Result<Bytes, Error> {
        self.digest.add(&piece);
        let missing = Self::MAGIC.len().saturating_sub(self.head.len());
        self.head.extend(piece.iter().take(missing));
        let end = &piece[piece.len().saturating_sub(Self::TAIL)..];
        self.tail.extend(end);
        let excess = self.tail.len().saturating_sub(Self::TAIL);
        self.tail.drain(..excess);
        match self.notice.0.get() {
            // Whatever else comes, it is not this file.
            Some(Expected::Stored(stored)) if self.digest.size > stored.size => self.verdict()?,
            _ => {}
        }
        Ok(piece)
    }

    fn verdict(&self) -> Result<(), Error> {
        let file = || self.file.clone();
        match self.notice.0.get() {
            Some(Expected::Stored(stored)) => {
                let came_sha1 = self.digest.sha1();
                if stored.size != self.digest.size || stored.sha1 != came_sha1 {
                    return Err(FileError::Differs {
                        file: file(),
                        came_size: self.digest.size,
                        came_sha1,
                        stored: stored.clone(),
                    }
                    .into());
                }
            }
            Some(Expected::Pdf) => {
                let lacks = |what| FileError::NoPdf { file: file(), what };
                if self.head != Self::MAGIC {
                    return Err(lacks("the beginning of a PDF (%PDF-)").into());
                }
                let tail: Vec<u8> = self.tail.iter().copied().collect();
                if !tail.windows(Self::END.len()).any(|part| part == Self::END) {
                    return Err(lacks("the end of a PDF (%%EOF)").into());
                }
            }
            Some(Expected::Unknown) | None => {}
        }
        Ok(())
    }

    /// How a PDF begins, and what stands near its end.
    const MAGIC: &[u8] = b"%PDF-";
    const END: &[u8] = b"%%EOF";
    const TAIL: usize = 1024;
}

impl Stream for Coming {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.has_ended {
            return Poll::Ready(None);
        }
        let next = ready!(this.poll_piece(cx));
        if !matches!(next, Some(Ok(_))) {
            this.has_ended = true;
            this.work = None;
        }
        Poll::Ready(next)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, TryStreamExt as _};

    use super::*;

    fn coming(pieces: &'static [&'static str], expected: Expected, end: Option<Error>) -> Coming {
        Coming::by("ir.attachment(7)".to_owned(), move |into, notice| {
            Box::pin(async move {
                notice.give(expected);
                for piece in pieces {
                    into.send((*piece).into()).await.expect("somebody reads");
                }
                end.map_or(Ok(()), Err)
            })
        })
    }

    fn hello(size: u64) -> Expected {
        Expected::Stored(Stored {
            size,
            sha1: "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d".to_owned(),
        })
    }

    #[tokio::test]
    async fn what_comes_as_it_is_stored_is_given_whole() {
        let mut coming = coming(&["he", "", "l", "l", "o"], hello(5), None);
        let mut came = Vec::new();
        while let Some(piece) = coming.try_next().await.expect("content") {
            came.extend_from_slice(&piece);
        }
        assert_eq!(came, b"hello");
        assert_eq!(coming.received().checked, Checked::Sha1);
        assert!(coming.next().await.is_none(), "it has ended");
    }

    #[tokio::test]
    async fn what_is_not_what_is_stored_ends_with_an_error() {
        let pdf = || Expected::Pdf;
        for (pieces, expected, message) in [
            (&["hell"][..], hello(5), "as 4 bytes"),
            (&["hellO"], hello(5), "with aaf4"),
            (&["hello", "!", "never"], hello(5), "as 6 bytes"),
            (&[], hello(5), "as 0 bytes"),
            (&["<html>", "%%EOF"], pdf(), "beginning of a PDF"),
            (&["%P", "DF-1.4 ..."], pdf(), "end of a PDF"),
        ] {
            let mut coming = coming(pieces, expected, None);
            let error = loop {
                match coming.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => break error.to_string(),
                    None => panic!("{pieces:?} ended well"),
                }
            };
            assert!(error.contains(message), "{error}");
            assert!(coming.next().await.is_none(), "nothing follows an error");
        }
    }

    #[tokio::test]
    async fn what_breaks_off_ends_with_the_error_of_the_road() {
        let coming = coming(&["hello"], hello(5), Some(Error::usage("broke off")));
        let error = coming.try_collect::<Vec<_>>().await.expect_err("it broke");
        assert_eq!(error.to_string(), "broke off");
    }
}
