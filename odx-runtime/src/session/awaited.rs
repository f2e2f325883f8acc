//! Builders over an async session that are awaited as they are: who forgets the verb at the end means the usual one.

use std::future::IntoFuture;

use serde_json::Value as JsonValue;

use super::{BoxFuture, Session, UntypedCall};
use crate::{Error, model::Model, query::MethodCall};
#[cfg(feature = "client")]
use crate::{
    Id,
    files::Download,
    write::import::{Import, Imported, UntypedImport},
};

macro_rules! awaited {
    ($($(#[$attribute:meta])* [$($generics:tt)*] $builder:ty: $verb:ident -> $answer:ty;)*) => {
        $(
            #[doc = concat!("Awaited, it is what `", stringify!($verb), "` gives.")]
            $(#[$attribute])*
            impl<'a, $($generics)*> IntoFuture for $builder {
                type Output = Result<$answer, Error>;
                type IntoFuture = BoxFuture<'a, $answer>;

                fn into_future(self) -> Self::IntoFuture {
                    self.$verb()
                }
            }
        )*
    };
}

awaited! {
    [] UntypedCall<'a, Session>: send -> JsonValue;
    [M: Model] MethodCall<'a, Session, M>: send -> JsonValue;
    #[cfg(feature = "client")]
    [M: Model] Import<'a, Session, M>: send -> Imported<Id<M>>;
    #[cfg(feature = "client")]
    [] UntypedImport<'a, Session>: send -> Imported;
    #[cfg(feature = "client")]
    [] Download<'a, Session>: bytes -> Vec<u8>;
}
