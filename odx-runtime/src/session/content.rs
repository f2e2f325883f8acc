//! The content of binary values, which series that it has to be asked of may leave out.

use odx_facts::{CONTENT_IS_ASKED_FOR, INCLUDE_BINARY_CONTENT, SIZES_ALONE};

use super::{Call, Context, Session};

/// What a program may have said of the content of binary fields.
const KEYS: [&str; 2] = [INCLUDE_BINARY_CONTENT, SIZES_ALONE];

/// The call with the content asked for, unless the program said otherwise.
pub(crate) fn asked_for(mut call: Call, session: &Session) -> Call {
    let is_said = call
        .context_over(session.context())
        .is_none_or(|context| KEYS.iter().any(|key| context.get(key).is_some()));
    if !is_said {
        call.put_context_under(&Context::new().set(INCLUDE_BINARY_CONTENT, true));
    }
    call
}

/// Whether the server may be of a series that has to be asked. The others take no notice of what they are asked.
pub(crate) fn may_be_needed(session: &Session) -> bool {
    session
        .known_series()
        .is_none_or(|series| CONTENT_IS_ASKED_FOR.holds(series))
}

/// The same of a call that a program wrote by itself: of what gives the values of fields, whatever their types.
pub(super) fn asked_for_untyped(call: Call, session: &Session) -> Call {
    let gives_values = call.core_method().is_some_and(|method| method.gives_values);
    match gives_values && may_be_needed(session) {
        true => asked_for(call, session),
        false => call,
    }
}
