//! What is uploaded.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncRead, ReadBuf};

use super::{FileError, digest::Digest, disk::apart};
use crate::{
    Error,
    session::{BoxFuture, BoxStream, Outgoing, Source},
};

/// How much is read at once.
const PIECE: usize = 64 << 10;

/// A file to upload: its name, its size, and where its bytes come from.
///
/// The bytes are read when they are sent, in pieces. Content of a path or of bytes can be sent again where a login ended
/// meanwhile; that of a stream or a reader is read once.
pub struct Content {
    pub(super) name: String,
    from: From,
}

enum From {
    File(PathBuf),
    Bytes(Bytes),
    Pieces {
        size: u64,
        pieces: Option<BoxStream<Bytes>>,
    },
}

impl Content {
    /// The file at a path, under its own name.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy());
        Self {
            name: name.unwrap_or_default().into_owned(),
            from: From::File(path),
        }
    }

    /// Bytes that are in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            name: name.into(),
            from: From::Bytes(bytes.into()),
        }
    }

    /// The pieces of a stream, which are of `size` bytes together: a request says its length before its content.
    pub fn stream<E>(
        name: impl Into<String>,
        size: u64,
        stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let name = name.into();
        let pieces = stream.map(|piece| piece.map_err(io::Error::other));
        let pieces = Some(named(name.clone(), pieces));
        Self {
            name,
            from: From::Pieces { size, pieces },
        }
    }

    /// `size` bytes of an async reader.
    pub fn async_reader(
        name: impl Into<String>,
        size: u64,
        reader: impl AsyncRead + Send + 'static,
    ) -> Self {
        let pieces = stream::try_unfold(Box::pin(reader), |mut reader| async move {
            let piece = read_async(reader.as_mut()).await?;
            Ok::<_, io::Error>((!piece.is_empty()).then_some((piece, reader)))
        });
        Self::stream(name, size, pieces)
    }

    /// `size` bytes of a reader that blocks. It is read on a thread for such work.
    pub fn reader(name: impl Into<String>, size: u64, reader: impl Read + Send + 'static) -> Self {
        Self::stream(name, size, read_apart(reader))
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The pieces, whose errors name the file.
fn named(
    file: String,
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> BoxStream<Bytes> {
    Box::pin(pieces.map(move |piece| {
        piece.map_err(|source| {
            let file = file.clone();
            FileError::Read { file, source }.into()
        })
    }))
}

async fn read_async(mut reader: Pin<&mut (dyn AsyncRead + Send)>) -> io::Result<Bytes> {
    let mut piece = vec![0; PIECE];
    let length = std::future::poll_fn(|cx| {
        let mut buffer = ReadBuf::new(&mut piece);
        match reader.as_mut().poll_read(cx, &mut buffer) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(buffer.filled().len())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    })
    .await?;
    piece.truncate(length);
    Ok(piece.into())
}

/// The pieces of a reader, each read where it holds up nobody.
fn read_apart(
    reader: impl Read + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold(reader, |mut reader| async move {
        let read = apart(move || {
            let mut piece = vec![0; PIECE];
            let length = loop {
                match reader.read(&mut piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    length => break length?,
                }
            };
            piece.truncate(length);
            Ok::<_, io::Error>((Bytes::from(piece), reader))
        });
        let (piece, reader) = read.await?;
        Ok((!piece.is_empty()).then_some((piece, reader)))
    })
}

/// Content that is hashed while it is sent.
pub(super) struct Hashed {
    content: Content,
    /// What was sent last.
    sent: Arc<Mutex<Digest>>,
}

impl Hashed {
    pub(super) fn new(content: Content) -> Self {
        Self {
            content,
            sent: Arc::default(),
        }
    }

    /// The size and the hash of what was sent.
    pub(super) fn sent(&self) -> Digest {
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.clone()
    }

    /// The size that the content is said to have.
    pub(super) fn size(&self) -> Result<u64, Error> {
        Ok(match &self.content.from {
            From::File(path) => {
                let metadata = std::fs::metadata(path);
                metadata.map_err(|error| self.unread(error))?.len()
            }
            From::Bytes(bytes) => bytes.len() as u64,
            From::Pieces { size, .. } => *size,
        })
    }

    fn unread(&self, source: io::Error) -> Error {
        FileError::Read {
            file: self.content.name.clone(),
            source,
        }
        .into()
    }
}

impl Source for Hashed {
    fn open(&mut self) -> Option<BoxFuture<'static, Outgoing>> {
        let name = self.content.name.clone();
        let sent = Arc::clone(&self.sent);
        let outgoing = move |size, pieces| Outgoing {
            size,
            pieces: Box::pin(hashed(sent, exactly(name, size, pieces))),
        };
        match &mut self.content.from {
            From::File(path) => {
                let (path, name) = (path.clone(), self.content.name.clone());
                Some(Box::pin(async move {
                    let read = |source| FileError::Read {
                        file: name.clone(),
                        source,
                    };
                    let opened = apart(move || {
                        let file = File::open(path)?;
                        let size = file.metadata()?.len();
                        Ok((file, size))
                    });
                    let (file, size) = opened.await.map_err(read)?;
                    let pieces = named(name.clone(), read_apart(file));
                    Ok(outgoing(size, pieces))
                }))
            }
            From::Bytes(bytes) => {
                let (size, bytes) = (bytes.len() as u64, bytes.clone());
                let pieces = stream::unfold(bytes, |mut rest: Bytes| async move {
                    let piece = rest.split_to(rest.len().min(PIECE));
                    (!piece.is_empty()).then_some((Ok(piece), rest))
                });
                Some(Box::pin(
                    async move { Ok(outgoing(size, Box::pin(pieces))) },
                ))
            }
            From::Pieces { size, pieces } => {
                let (size, pieces) = (*size, pieces.take()?);
                Some(Box::pin(async move { Ok(outgoing(size, pieces)) }))
            }
        }
    }
}

/// The pieces, which fail where they are not as many bytes as were announced. The last of them are not given before it is
/// known that none follow, so that a request never ends with content that goes on.
fn exactly(
    file: String,
    announced: u64,
    pieces: BoxStream<Bytes>,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    struct State {
        pieces: Option<BoxStream<Bytes>>,
        came: u64,
        held: Option<Bytes>,
    }
    let start = State {
        pieces: Some(pieces),
        came: 0,
        held: None,
    };
    stream::unfold((start, file), move |(mut state, file)| async move {
        let wrong = |came| -> Error {
            FileError::Size {
                file: file.clone(),
                announced,
                came,
            }
            .into()
        };
        loop {
            let pieces = state.pieces.as_mut()?;
            let given = match pieces.next().await {
                Some(Ok(piece)) if piece.is_empty() => continue,
                Some(Ok(piece)) => {
                    state.came = state.came.saturating_add(piece.len() as u64);
                    if state.came > announced {
                        state.pieces = None;
                        Err(wrong("more".to_owned()))
                    } else {
                        match state.held.replace(piece) {
                            Some(before) => Ok(before),
                            None => continue,
                        }
                    }
                }
                Some(Err(error)) => {
                    state.pieces = None;
                    Err(error)
                }
                None => {
                    state.pieces = None;
                    match state.came == announced {
                        true => Ok(state.held.take()?),
                        false => Err(wrong(state.came.to_string())),
                    }
                }
            };
            return Some((given, (state, file)));
        }
    })
}

/// The pieces, which are hashed as they go by, from the start.
fn hashed(
    sent: Arc<Mutex<Digest>>,
    pieces: impl Stream<Item = Result<Bytes, Error>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
    *sent.lock().unwrap_or_else(PoisonError::into_inner) = Digest::default();
    pieces.inspect(move |piece| {
        if let Ok(piece) = piece {
            sent.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .add(piece);
        }
    })
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    async fn read(content: Content) -> Result<(Vec<u8>, String), Error> {
        let mut hashed = Hashed::new(content);
        let opened = hashed.open().expect("content").await?;
        let pieces: Vec<Bytes> = opened.pieces.try_collect().await?;
        Ok((pieces.concat(), hashed.sent().sha1()))
    }

    const HELLO: &str = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d";

    #[tokio::test]
    async fn content_of_every_kind_is_read_and_hashed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("hello.txt");
        std::fs::write(&path, "hello").expect("a file");
        let pieces = stream::iter(["he", "", "llo"].map(|piece| Ok::<_, io::Error>(piece.into())));
        for content in [
            Content::file(path),
            Content::bytes("hello.txt", "hello"),
            Content::stream("hello.txt", 5, pieces),
            Content::reader("hello.txt", 5, &b"hello"[..]),
            Content::async_reader("hello.txt", 5, &b"hello"[..]),
        ] {
            assert_eq!(content.name, "hello.txt");
            let (came, sha1) = read(content).await.expect("content");
            assert_eq!((came.as_slice(), sha1.as_str()), (&b"hello"[..], HELLO));
        }
    }

    #[tokio::test]
    async fn content_of_another_size_than_was_said_is_never_given_whole() {
        for (size, came) in [(4, "more"), (6, "5"), (0, "more")] {
            let mut hashed = Hashed::new(Content::reader("x", size, &b"hello"[..]));
            let opened = hashed.open().expect("content").await.expect("it opens");
            let mut pieces = opened.pieces;
            let mut given = 0;
            let error = loop {
                match pieces.next().await.expect("an error at the end") {
                    Ok(piece) => given += piece.len() as u64,
                    Err(error) => break error,
                }
            };
            assert!(given < size.max(1), "{given} of {size}");
            let message = error.to_string();
            assert!(message.contains(&format!("has {came}")), "{message}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_named() {
        let error = read(Content::file("/nowhere/at-all.pdf")).await;
        let message = error.expect_err("no file").to_string();
        assert!(message.contains("at-all.pdf cannot be read"), "{message}");
    }
}
