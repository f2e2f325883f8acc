//! Files in pieces: beside calls of any road, and as pages of the web client where the road has its login.

use bytes::Bytes;
use reqwest::header;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{
    connection::{Attempt, Frame, HttpConnection},
    cut::{Cut, NoBase64},
    envelope::MOST_OF_AN_ERROR,
    fault,
    http::{Asked, Incoming},
    request::{Request, Response},
    road::Road,
    streamed::Streamed,
};
use crate::{
    Error, SecretString,
    error::{CallSite, NotAnEnvelope, RequestId},
    secret::Secrets,
    session::{
        BoxFuture, Call, CallOptions, Form, Outgoing, Page, Pieces, Refusal, Reply, Source,
        Transfers,
    },
};

/// The page that every user of the web client may see, and the one of those of 14 on that has a token for forms.
const CLIENT: &str = "/web";

impl<R: Road> HttpConnection<R> {
    /// Sends a request, and a body with it if there is one.
    async fn exchange<T>(
        &self,
        request: Request,
        body: Option<Streamed>,
        frame: &Frame<'_>,
        asked: Asked<'_>,
        read: impl AsyncFnOnce(Incoming) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // It lasts as long as the answer comes.
        let _turn = self.server.turn(frame.limit, asked.site).await?;
        let in_pieces = body.as_ref().map(Streamed::size);
        frame.span.sends(&request, in_pieces);
        let opened = self.http.open(request, body, frame.limit, asked).await?;
        frame.span.answered(opened.head.status);
        read(opened).await
    }

    async fn send_content(
        &self,
        call: &Call,
        mark: &str,
        content: &mut dyn Source,
        frame: &Frame<'_>,
    ) -> Result<Reply, Error> {
        let mut attempt = self.attempt(frame).await?;
        loop {
            let request = self.road.request(call, &attempt.login.login, frame.ask())?;
            let (before, after) = around(request.body(), mark)?;
            let Outgoing { pieces, size } = opened(content).await?;
            let body = Streamed::around_base64(before, pieces, size, after);
            let secrets = self.road.secrets_of(&attempt.login.login).clone();
            let asked = Asked {
                site: frame.site,
                secrets: &secrets,
            };
            let read = async |incoming: Incoming| incoming.whole(asked).await;
            let response = self
                .exchange(request, Some(body), frame, asked, read)
                .await?;
            self.move_on(&response, &mut attempt.login).await;
            if let Some(reply) = self.read(response, call, &attempt, frame.site)? {
                return Ok(reply);
            }
            self.renew(&mut attempt, frame).await?;
        }
    }

    async fn receive_content(
        &self,
        call: &Call,
        mark: &str,
        into: &Pieces,
        frame: &Frame<'_>,
    ) -> Result<Reply, Error> {
        let mut attempt = self.attempt(frame).await?;
        loop {
            let request = self.road.request(call, &attempt.login.login, frame.ask())?;
            let secrets = self.road.secrets_of(&attempt.login.login).clone();
            let asked = Asked {
                site: frame.site,
                secrets: &secrets,
            };
            let read = async |incoming: Incoming| match incoming.head.status {
                200 => cut_out(incoming, mark, into, asked).await,
                _ => incoming.whole(asked).await,
            };
            let response = self.exchange(request, None, frame, asked, read).await?;
            self.move_on(&response, &mut attempt.login).await;
            if let Some(reply) = self.read(response, call, &attempt, frame.site)? {
                return Ok(reply);
            }
            self.renew(&mut attempt, frame).await?;
        }
    }

    fn page_request(&self, page: &Page, login: &R::Login) -> Result<Request, Error> {
        let request = self.road.page(&page.path, &page.query, login);
        request.ok_or_else(|| Error::usage("BUG: this road has no pages"))
    }

    async fn take_page(
        &self,
        page: &Page,
        into: &Pieces,
        frame: &Frame<'_>,
    ) -> Result<Result<(), Refusal>, Error> {
        let mut attempt = self.attempt(frame).await?;
        loop {
            let request = self.page_request(page, &attempt.login.login)?;
            let secrets = self.road.secrets_of(&attempt.login.login).clone();
            let asked = Asked {
                site: frame.site,
                secrets: &secrets,
            };
            let read = async |mut incoming: Incoming| {
                if incoming.head.status != 200 {
                    return incoming.whole(asked).await.map(Err);
                }
                while let Some(piece) = incoming.piece(asked).await? {
                    give(into, piece).await?;
                }
                Ok(Ok(incoming.head))
            };
            let answer = self.exchange(request, None, frame, asked, read).await?;
            let (Ok(head) | Err(head)) = &answer;
            self.move_on(head, &mut attempt.login).await;
            match answer {
                Ok(_) => return Ok(Ok(())),
                Err(response) if is_sent_to_login(&response) && attempt.may_renew() => {
                    self.renew(&mut attempt, frame).await?;
                }
                Err(response) => return Ok(Err(refusal(&response, frame.site, &secrets))),
            }
        }
    }

    /// The token that a form has to bring, which belongs to the session. `None` where the user sees no page that has it.
    async fn form_token(
        &self,
        attempt: &mut Attempt<R::Login>,
        frame: &Frame<'_>,
    ) -> Result<Option<SecretString>, Error> {
        if let Some((of, token)) = &*self.form_token.lock().await
            && *of == attempt.login.number
        {
            return Ok(Some(token.clone()));
        }
        let page = Page {
            path: CLIENT.to_owned(),
            query: Vec::new(),
            model: String::new(),
            purpose: "",
        };
        loop {
            let request = self.page_request(&page, &attempt.login.login)?;
            let secrets = self.road.secrets_of(&attempt.login.login).clone();
            let asked = Asked {
                site: frame.site,
                secrets: &secrets,
            };
            let read = async |incoming: Incoming| incoming.whole(asked).await;
            let response = self.exchange(request, None, frame, asked, read).await?;
            self.move_on(&response, &mut attempt.login).await;
            if is_sent_to_login(&response) && attempt.may_renew() {
                self.renew(attempt, frame).await?;
                continue;
            }
            let token = token_in(&response).map(SecretString::from);
            if let Some(token) = &token {
                *self.form_token.lock().await = Some((attempt.login.number, token.clone()));
            }
            return Ok(token);
        }
    }

    async fn post_form(
        &self,
        page: &Page,
        form: &Form,
        content: &mut dyn Source,
        frame: &Frame<'_>,
    ) -> Result<Option<Result<Vec<u8>, Refusal>>, Error> {
        let mut attempt = self.attempt(frame).await?;
        let Some(token) = self.form_token(&mut attempt, frame).await? else {
            return Ok(None);
        };
        let boundary = Uuid::new_v4().simple().to_string();
        let (before, after) = form.written(&boundary, token.expose_secret());
        let Outgoing { pieces, size } = opened(content).await?;
        let request = self.page_request(page, &attempt.login.login)?;
        let kind = format!("multipart/form-data; boundary={boundary}");
        let kind = header::HeaderValue::try_from(kind);
        let kind = kind.expect("BUG: a boundary is letters and digits");
        let request = request.form(kind);
        let body = Streamed::around(before, pieces, size, after);
        let secrets = self.road.secrets_of(&attempt.login.login).clone();
        let asked = Asked {
            site: frame.site,
            secrets: &secrets,
        };
        let read = async |incoming: Incoming| incoming.whole(asked).await;
        let response = self
            .exchange(request, Some(body), frame, asked, read)
            .await?;
        self.move_on(&response, &mut attempt.login).await;
        Ok(Some(match response.status {
            200 => Ok(response.body),
            _ => {
                // Whatever is wrong with the token: the next form brings another one.
                *self.form_token.lock().await = None;
                Err(refusal(&response, frame.site, &secrets))
            }
        }))
    }
}

impl<R: Road> Transfers for HttpConnection<R> {
    fn send<'a>(
        &'a self,
        call: &'a Call,
        mark: &'a str,
        content: &'a mut dyn Source,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Reply> {
        Box::pin(self.framed_call(call, options, async move |frame| {
            self.send_content(call, mark, content, frame).await
        }))
    }

    fn receive<'a>(
        &'a self,
        call: &'a Call,
        mark: &'a str,
        into: &'a Pieces,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Reply> {
        Box::pin(self.framed_call(call, options, async move |frame| {
            self.receive_content(call, mark, into, frame).await
        }))
    }

    fn has_pages(&self) -> bool {
        self.road.has_pages()
    }

    fn page<'a>(
        &'a self,
        page: &'a Page,
        into: &'a Pieces,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        let site = self.road.site().clone();
        let site = site.with_page(page.model.clone(), page.purpose);
        let site = site.identified(RequestId::of(options));
        Box::pin(self.framed_page(site, options, async move |frame| {
            self.take_page(page, into, frame).await
        }))
    }

    fn post<'a>(
        &'a self,
        page: &'a Page,
        form: &'a Form,
        content: &'a mut dyn Source,
        options: &'a CallOptions,
    ) -> BoxFuture<'a, Option<Result<Vec<u8>, Refusal>>> {
        let site = self.road.site().clone();
        let site = site.with_call(page.model.clone(), page.purpose);
        let site = site.identified(RequestId::of(options));
        Box::pin(self.framed_page(site, options, async move |frame| {
            self.post_form(page, form, content, frame).await
        }))
    }
}

async fn opened(content: &mut dyn Source) -> Result<Outgoing, Error> {
    match content.open() {
        Some(opening) => opening.await,
        None => Err(Error::usage(
            "the login ended while the content was on its way, and content that is read from a stream cannot be sent again: \
             upload it once more, or give it as a file or as bytes",
        )),
    }
}

/// What stands before and behind the mark in a body.
fn around(body: &[u8], mark: &str) -> Result<(Bytes, Bytes), Error> {
    let place = body
        .windows(mark.len())
        .position(|part| part == mark.as_bytes());
    let place = place.ok_or_else(|| {
        Error::usage("this road does not say texts as they are, so that no content can be sent by it in pieces")
    })?;
    let (before, after) = (&body[..place], &body[place + mark.len()..]);
    Ok((
        Bytes::copy_from_slice(before),
        Bytes::copy_from_slice(after),
    ))
}

/// Whoever waits for the content may have gone, which ends the work.
async fn give(into: &Pieces, piece: Bytes) -> Result<(), Error> {
    let gone = |_| Error::usage("nobody reads the content any more");
    into.send(piece).await.map_err(gone)
}

/// The answer with the mark in the place of its content, which goes on its way.
async fn cut_out(
    mut incoming: Incoming,
    mark: &str,
    into: &Pieces,
    asked: Asked<'_>,
) -> Result<Response, Error> {
    let mut cut = Cut::new(mark);
    let broken = |NoBase64| -> Error {
        let what = "the content in the answer is no base64, or broke off";
        Error::UnexpectedResult(Box::new(crate::error::UnexpectedResult {
            expected: "a file's content".to_owned(),
            found: what.to_owned(),
            site: asked.site.clone(),
        }))
    };
    while let Some(piece) = incoming.piece(asked).await? {
        for piece in cut.take(&piece).map_err(broken)? {
            give(into, piece).await?;
        }
        if cut.rest.len() > incoming.most_in_memory() {
            return Err(incoming.too_large(asked));
        }
    }
    let body = cut.finish().map_err(broken)?;
    Ok(Response {
        body,
        ..incoming.head
    })
}

/// Whether a page answers as to somebody who is not logged in: it sends to the page where a browser logs in.
fn is_sent_to_login(response: &Response) -> bool {
    let location = response.header(&header::LOCATION).unwrap_or_default();
    matches!(response.status, 301..=308) && location.contains("/web/login")
}

/// The token in a page of the web client: `csrf_token: "..."` in its script.
fn token_in(response: &Response) -> Option<String> {
    const NAME: &str = "csrf_token: \"";
    if response.status != 200 {
        return None;
    }
    let page = String::from_utf8_lossy(&response.body);
    let (_, rest) = page.split_once(NAME)?;
    let (token, _) = rest.split_once('"')?;
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_token.then(|| token.to_owned())
}

fn refusal(response: &Response, site: &CallSite, secrets: &Secrets) -> Refusal {
    const SHOWN: usize = 512;
    let start = &response.body[..response.body.len().min(MOST_OF_AN_ERROR)];
    let text = text_of(&String::from_utf8_lossy(start));
    let error = NotAnEnvelope::of(response, site.clone(), secrets, fault::advice);
    Refusal {
        status: response.status,
        text: secrets.shown(&text, SHOWN),
        error: Error::NotAnEnvelope(error),
    }
}

/// The text of a page: without tags, scripts and styles, its blanks made one.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        rest = match name.as_str() {
            "script" | "style" | "head" => {
                let end = tag.find(&format!("</{name}"));
                end.map_or("", |end| &tag[end + 1..])
            }
            _ => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Form {
    /// What stands before the file, and behind it.
    fn written(&self, boundary: &str, token: &str) -> (Bytes, Bytes) {
        let mut before = String::new();
        let token = ("csrf_token", token.to_owned());
        for (name, value) in self.fields.iter().chain([&token]) {
            before.push_str(&format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        // Odoo's reader undoes backslashes, and a line end would end the header.
        let name: String = self
            .file_name
            .chars()
            .filter(|c| !c.is_control())
            .flat_map(|c| {
                matches!(c, '"' | '\\')
                    .then_some('\\')
                    .into_iter()
                    .chain([c])
            })
            .collect();
        before.push_str(&format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"ufile\"; filename=\"{name}\"\r\ncontent-type: \
             application/octet-stream\r\n\r\n"
        ));
        (before.into(), format!("\r\n--{boundary}--\r\n").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_page_is_what_a_reader_sees() {
        let page = "<html><head><title>x</title></head><body>\n<script>if (a < b) {}</script><h1>Not  Found</h1><p>no <b>file</b>\n</p>";
        assert_eq!(text_of(page), "Not Found no file");
        assert_eq!(text_of("plain & simple"), "plain & simple");
        assert_eq!(text_of("<script"), "");
    }

    #[test]
    fn a_file_name_stays_within_its_quotes() {
        let form = Form {
            fields: vec![("model", "res.partner".to_owned())],
            file_name: "a \"b\"\r\n\\c.txt".to_owned(),
        };
        let (before, after) = form.written("B", "t1o2");
        let before = String::from_utf8(before.to_vec()).expect("a text");
        assert_eq!(
            before,
            "--B\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nres.partner\r\n\
             --B\r\ncontent-disposition: form-data; name=\"csrf_token\"\r\n\r\nt1o2\r\n\
             --B\r\ncontent-disposition: form-data; name=\"ufile\"; filename=\"a \\\"b\\\"\\\\c.txt\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        assert_eq!(&after[..], b"\r\n--B--\r\n");
    }
}
