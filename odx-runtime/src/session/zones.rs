//! The time zones of a server. One that Odoo does not know is UTC to it, without a word (14.0 to 19.0; 18.0 tells its log).

use std::{collections::BTreeSet, sync::OnceLock};

use serde_json::{Value, json};

use super::{Call, Session};
use crate::{Error, error::Cause, model};

/// What every Odoo has.
const UTC: &str = "UTC";

/// What refuses the question for good.
const TELLS_NONE: [Cause; 2] = [Cause::Access, Cause::UnknownModel];

/// The names that the server has, asked once; none where it does not tell them.
#[derive(Debug, Default)]
pub(super) struct Zones(OnceLock<BTreeSet<String>>);

/// Refuses a call in a time zone that Odoo does not know.
pub(super) async fn check(session: &Session, call: &Call, zone: &str) -> Result<(), Error> {
    let zones = match session.zones.0.get() {
        Some(zones) => zones,
        None => {
            let zones = told(session).await?;
            session.zones.0.get_or_init(|| zones)
        }
    };
    if zones.is_empty() || zones.contains(zone) {
        return Ok(());
    }
    let instead = match like(zone, zones) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "its names are those of the IANA database, such as `Europe/Brussels`".to_owned(),
    };
    Err(Error::usage(format!(
        "{}.{} was not sent: this Odoo has no time zone `{zone}`, and would take UTC; {instead}",
        call.model(),
        call.method(),
    )))
}

/// The time zone of a call, unless every Odoo has it. The context stands in the call.
pub(super) fn zone_of(call: &Call) -> Option<&str> {
    let zone = call.kwargs().get(Call::CONTEXT)?.get("tz")?.as_str()?;
    (zone != UTC && !zone.is_empty()).then_some(zone)
}

/// The time zones that a user can have; none to whom may not see what fields users have, and of a stand-in without users.
async fn told(session: &Session) -> Result<BTreeSet<String>, Error> {
    let call = Call::new("res.users", "fields_get")
        .arg(json!(["tz"]))
        .arg(json!(["selection"]));
    let reply = match session.connection.execute(&call, &session.options).await {
        Ok(reply) => reply.on(session.protocol()),
        Err(Error::Odoo(error)) if TELLS_NONE.contains(&error.cause()) => {
            return Ok(BTreeSet::new());
        }
        Err(error) => return Err(error),
    };
    let fields: Value = reply.to()?;
    let choices = fields["tz"]["selection"].as_array().into_iter().flatten();
    let keys = choices.filter_map(|choice| choice[0].as_str());
    Ok(keys.map(|name| reply.shown(name)).collect())
}

/// The zone that was meant, if one is like it: `berlin` is in `Europe/Berlin`.
fn like<'a>(zone: &str, zones: &'a BTreeSet<String>) -> Option<&'a str> {
    let city = |name: &str| {
        let city = name.rsplit('/').next().unwrap_or(name);
        city.to_lowercase().replace(' ', "_")
    };
    let wanted = city(zone);
    let of_city = zones.iter().find(|name| city(name) == wanted);
    match of_city {
        Some(name) => Some(name),
        None => model::nearest(zone, zones.iter().map(String::as_str)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::session::{BoxFuture, CallOptions, Connection, Reply, ServerVersion};

    /// A server that tells some zones, or this instead of them.
    struct Server {
        answer: &'static str,
        asked: AtomicUsize,
    }

    impl Connection for Server {
        fn protocol(&self) -> &'static str {
            "recorded answers"
        }

        fn execute<'a>(&'a self, call: &'a Call, _: &'a CallOptions) -> BoxFuture<'a, Reply> {
            Box::pin(async move {
                if call.method() != "fields_get" {
                    return Ok(Reply::new(call, "[]"));
                }
                self.asked.fetch_add(1, Ordering::Relaxed);
                Ok(Reply::new(call, self.answer))
            })
        }

        fn version<'a>(&'a self, _: &'a CallOptions) -> BoxFuture<'a, ServerVersion> {
            Box::pin(async { Err(Error::usage("no version")) })
        }
    }

    fn session(answer: &'static str) -> (Session, Arc<Server>) {
        let server = Arc::new(Server {
            answer,
            asked: AtomicUsize::new(0),
        });
        (Session::new(server.clone()), server)
    }

    const TWO: &str =
        r#"{"tz": {"selection": [["Europe/Berlin", "Berlin"], ["America/New_York", "New York"]]}}"#;

    async fn read(odoo: &Session) -> Result<(), Error> {
        let call = Call::new("res.partner", "search_count");
        odoo.execute(call).await.map(drop)
    }

    #[tokio::test]
    async fn a_time_zone_that_odoo_would_take_for_utc_is_not_sent() {
        let (odoo, server) = session(TWO);
        for (zone, advice) in [
            ("Berlin", "did you mean `Europe/Berlin`?"),
            ("europe/berlin", "did you mean `Europe/Berlin`?"),
            ("Europe/Berln", "did you mean `Europe/Berlin`?"),
            ("New York", "did you mean `America/New_York`?"),
            ("+02:00", "such as `Europe/Brussels`"),
        ] {
            let error = read(&odoo.tz(zone)).await.expect_err("no such zone");
            let message = error.to_string();
            let begins = format!(
                "res.partner.search_count was not sent: this Odoo has no time zone `{zone}`"
            );
            assert!(
                message.starts_with(&begins) && message.ends_with(advice),
                "{message}"
            );
        }
        assert_eq!(server.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_time_zone_that_odoo_has_is_asked_about_once_and_utc_never() {
        let (odoo, server) = session(TWO);
        read(&odoo).await.expect("no zone");
        read(&odoo.tz("UTC")).await.expect("UTC");
        assert_eq!(server.asked.load(Ordering::Relaxed), 0);
        for zone in ["Europe/Berlin", "America/New_York", "Europe/Berlin"] {
            read(&odoo.tz(zone)).await.expect("a zone of Odoo");
        }
        assert_eq!(server.asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_server_that_does_not_tell_its_time_zones_is_sent_any() {
        for answer in ["{}", r#"{"tz": {}}"#, "false"] {
            let (odoo, _) = session(answer);
            read(&odoo.tz("Berlin")).await.expect("it is sent");
        }
    }
}
