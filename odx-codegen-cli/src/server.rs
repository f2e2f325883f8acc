//! What the servers of `odx sandbox` and `odx proxy` share.

use std::pin::Pin;

use odx_sandbox::Server;

use crate::failure::Failure;
use crate::output;

/// The signal that ends a server. It is listened to from before the server is announced: who reads where it is may
/// end it at once.
pub(crate) struct End(Pin<Box<dyn Future<Output = ()>>>);

impl End {
    pub(crate) fn listen() -> Result<Self, Failure> {
        Ok(Self(Box::pin(told_to_end()?)))
    }

    /// Serves until the process is told to end, then waits for the calls in progress; told again, no longer.
    pub(crate) async fn serve(self, server: Server) -> Result<(), Failure> {
        self.0.await;
        let told_again = told_to_end()?;
        output::say("stopping");
        tokio::select! {
            () = server.stop() => {}
            () = told_again => {}
        }
        Ok(())
    }
}

/// Ctrl-C, or what a service manager sends. The signals are listened to from the call on.
#[cfg(unix)]
fn told_to_end() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn told_to_end() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        // Without a signal to listen to, the process can still be ended from outside.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// The lines that tell a shell how to reach an Odoo.
pub(crate) fn environment(variables: &[(&str, String)]) -> String {
    let line = |(name, value): &(&str, String)| format!("export {name}={}\n", shell_word(value));
    variables.iter().map(line).collect()
}

/// A word for a POSIX shell.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_every_value_as_it_is() {
        let variables = [
            ("A", "http://127.0.0.1:3000"),
            ("B", ""),
            ("C", "it's $HOME"),
        ]
        .map(|(name, value)| (name, value.to_owned()));
        assert_eq!(
            environment(&variables),
            "export A=http://127.0.0.1:3000\nexport B=''\nexport C='it'\\''s $HOME'\n"
        );
    }
}
