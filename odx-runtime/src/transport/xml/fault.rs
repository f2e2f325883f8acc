//! What faults say.

use serde::Deserialize;
use serde_json::Value;

use super::super::{
    envelope::{MOST_OF_A_MESSAGE, MOST_OF_A_TRACEBACK},
    fault::ACCESS_DENIED,
};
use crate::{
    error::{CallSite, OdooError},
    secret::Secrets,
};

/// What a fault says.
#[derive(Debug)]
pub(super) enum Fault {
    /// The call was carried out, and its result is `None`.
    NoResult,
    /// The call was carried out, and XML-RPC cannot say its result, for this reason.
    Unsaid(String),
    /// The call was refused.
    Refused(Box<OdooError>),
}

impl Fault {
    /// Reads the value of a fault, as JSON; `None` if it is none.
    pub(super) fn read(json: &[u8], secrets: &Secrets, site: &CallSite) -> Option<Self> {
        let Told { code, text } = serde_json::from_slice(json).ok()?;
        // Codes other than this have no traceback as their text, and a message may be any.
        let has_traceback = code == APPLICATION_ERROR || code.is_string();
        if has_traceback && let Some(unsaid) = after_the_call(&text) {
            return Some(match unsaid {
                Unsaid::Nothing => Self::NoResult,
                Unsaid::Other(exception) => {
                    Self::Unsaid(format!("`{}`", secrets.shown(exception, 256)))
                }
            });
        }
        let (code, fault) = match &code {
            Value::Number(number) => {
                let code = number.as_i64()?;
                (code, of_code(code, &text))
            }
            Value::String(code) => (0, of_text(code, &text)),
            _ => return None,
        };
        let message = secrets.shown(fault.message, MOST_OF_A_MESSAGE);
        let class = match OdooError::is_known_class(&fault.class) {
            true => fault.class,
            false => secrets.shown(&fault.class, 256),
        };
        Some(Self::Refused(Box::new(OdooError {
            code,
            debug: fault
                .traceback
                .map(|traceback| secrets.shown(traceback, MOST_OF_A_TRACEBACK)),
            ..OdooError::new(class, message, site.clone())
        })))
    }
}

/// The code of faults whose text is a traceback.
const APPLICATION_ERROR: i64 = 1;

/// A fault as XML-RPC has it.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "faultCode")]
    code: Value,
    #[serde(rename = "faultString")]
    text: String,
}

/// The exception that a fault tells.
struct Exception<'t> {
    class: String,
    message: &'t str,
    traceback: Option<&'t str>,
}

const ACCESS_ERROR: &str = "odoo.exceptions.AccessError";
const MISSING_ERROR: &str = "odoo.exceptions.MissingError";
const REDIRECT_WARNING: &str = "odoo.exceptions.RedirectWarning";
const USER_ERROR: &str = "odoo.exceptions.UserError";
const VALIDATION_ERROR: &str = "odoo.exceptions.ValidationError";

/// How messages of code 2 begin, whose class is told by nothing else. In English only: in any other language, and with any
/// other message, the class is that of `UserError`, from which they all come.
const MESSAGES: &[(&str, &str)] = &[
    ("Record does not exist or has been deleted.", MISSING_ERROR),
    // 14 to 16.
    (
        "One of the documents you are trying to access has been deleted",
        MISSING_ERROR,
    ),
    (
        "One of the records you are trying to modify has already been deleted",
        MISSING_ERROR,
    ),
    ("The operation cannot be completed:", VALIDATION_ERROR),
];

/// The faults of `/xmlrpc/2`: 1 is any exception, as its traceback; the others have the message of exceptions of Odoo.
fn of_code(code: i64, text: &str) -> Exception<'_> {
    let class = match code {
        2 if is_tuple(text) => REDIRECT_WARNING,
        2 => MESSAGES
            .iter()
            .find(|(start, _)| text.starts_with(start))
            .map_or(USER_ERROR, |(_, class)| class),
        3 => ACCESS_DENIED,
        4 => ACCESS_ERROR,
        _ => return of_traceback(text),
    };
    Exception {
        class: class.to_owned(),
        message: text,
        traceback: None,
    }
}

/// Whether a message is a tuple as Python prints it: of these exceptions, only a `RedirectWarning` has more than a message.
fn is_tuple(message: &str) -> bool {
    (message.starts_with("('") || message.starts_with("(\"")) && message.ends_with(')')
}

/// The faults of `/xmlrpc/`, whose codes are texts: `warning -- CLASS\n\nMESSAGE`, `AccessDenied`, or a message whose
/// traceback is the text.
fn of_text<'t>(code: &'t str, text: &'t str) -> Exception<'t> {
    let of_odoo = |class: &str, message| Exception {
        class: format!("odoo.exceptions.{class}"),
        message,
        traceback: None,
    };
    if code == "AccessDenied" {
        return of_odoo(code, if text.is_empty() { code } else { text });
    }
    let warning = code
        .strip_prefix("warning -- ")
        .and_then(|warning| warning.split_once("\n\n"));
    match warning {
        // A `RedirectWarning`.
        Some(("Warning", message)) => of_odoo("RedirectWarning", message),
        Some((class, message)) => of_odoo(class, message),
        None => Exception {
            message: code,
            ..of_traceback(text)
        },
    }
}

/// A text that is the traceback of an exception, or only a message.
fn of_traceback(text: &str) -> Exception<'_> {
    let Some(block) = Block::outermost(text) else {
        return Exception {
            class: String::new(),
            message: text.trim_ascii_end(),
            traceback: None,
        };
    };
    let (class, message) = block.exception();
    Exception {
        class: match class.contains('.') {
            true => class.to_owned(),
            false => format!("builtins.{class}"),
        },
        message,
        traceback: Some(text),
    }
}

/// What of a result XML-RPC could not say.
#[derive(Debug, PartialEq)]
enum Unsaid<'t> {
    /// It was `None`.
    Nothing,
    /// Another value, or `None` within one: the exception that says so.
    Other(&'t str),
}

/// The methods of Odoo's controller, from where it takes the request to where it writes the answer. In between it calls
/// `dispatch_rpc`, which commits: what fails after it leaves its frame out.
const ENTRIES: [&str; 2] = ["xmlrpc_2", "xmlrpc_1"];
const CONTROLLER: &str = "_xmlrpc";
const WRITES: &str = "dumps";

/// Odoo writes its answer after the call was carried out and committed, and tells a result that it cannot write as any other
/// fault. Only a traceback whose frames say so counts: methods of Odoo may call other servers by XML-RPC, and messages may
/// hold the tracebacks of those.
fn after_the_call(text: &str) -> Option<Unsaid<'_>> {
    const NONE: &str = "TypeError: cannot marshal None unless allow_none is enabled";
    let mut block = Block::at_the_start(text)?;
    // Python looks a type up before it says that it cannot write it.
    const LOOKED_UP: &str = "KeyError: <class ";
    const THEN: &str =
        "\n\nDuring handling of the above exception, another exception occurred:\n\n";
    let is_looking_up = block.frames == ["__dump"] && block.rest.starts_with(LOOKED_UP);
    if is_looking_up
        && let Some((looked_up, then)) = block.rest.split_once(THEN)
        && !looked_up.contains('\n')
    {
        block = Block::at_the_start(then)?;
    }
    if !block.is_writing() {
        return None;
    }
    let exception = block.rest.trim_ascii_end();
    let is_within = |name: &&str| ["dump_array", "dump_struct"].contains(name);
    Some(match exception {
        NONE if !block.frames.iter().any(is_within) => Unsaid::Nothing,
        _ => Unsaid::Other(exception),
    })
}

/// One traceback of a text: the methods that ran, the outermost first, and what follows them: the exception.
struct Block<'t> {
    frames: Vec<&'t str>,
    rest: &'t str,
}

impl<'t> Block<'t> {
    const HEAD: &'static str = "Traceback (most recent call last):\n";

    /// The traceback that a text begins with.
    fn at_the_start(text: &'t str) -> Option<Self> {
        let mut rest = text.strip_prefix(Self::HEAD)?;
        let mut frames = Vec::new();
        while rest.starts_with("  ") {
            let (line, after) = rest.split_once('\n')?;
            if line.starts_with("  File \"") {
                frames.extend(line.rsplit_once(", in ").map(|(_, name)| name));
            }
            rest = after;
        }
        Some(Self { frames, rest })
    }

    /// The traceback that begins in Odoo's controller, which those of its causes may precede; else the last one.
    fn outermost(text: &'t str) -> Option<Self> {
        let starts = text.match_indices(Self::HEAD).map(|(at, _)| at);
        let mut last = None;
        for at in starts.filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n') {
            match Self::at_the_start(&text[at..]) {
                Some(block) if block.is_of_the_controller() => return Some(block),
                Some(block) => last = Some(block),
                None => {}
            }
        }
        last
    }

    fn is_of_the_controller(&self) -> bool {
        self.frames
            .first()
            .is_some_and(|first| ENTRIES.contains(first))
    }

    /// Whether the controller was writing its answer.
    fn is_writing(&self) -> bool {
        let mut inner = self.frames.iter().skip(1).peekable();
        let mut is_in_controller = false;
        while inner.next_if(|name| **name == CONTROLLER).is_some() {
            is_in_controller = true;
        }
        self.is_of_the_controller() && is_in_controller && inner.next() == Some(&WRITES)
    }

    /// The class and the message of `CLASS: MESSAGE`.
    fn exception(&self) -> (&'t str, &'t str) {
        let line_end = self.rest.find('\n').unwrap_or(self.rest.len());
        match self.rest.split_once(": ") {
            Some((class, message)) if class.len() < line_end => (class, message.trim_ascii_end()),
            _ => (self.rest[..line_end].trim_end_matches(':'), ""),
        }
    }
}
