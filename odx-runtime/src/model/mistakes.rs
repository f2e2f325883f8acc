//! What is there for the message of the compiler alone: mistakes that it would else explain without naming the way out.

use std::{
    cmp::Ordering,
    marker::PhantomData,
    ops::{Deref, Not},
};

use super::{Field, Model, Path, ToMany, ToOne};
use crate::{domain::Negated, error::OdooError};

/// Always, but the compiler only knows when it knows `T`: what says nothing of a type is evaluated where the library itself is
/// optimised, whether a program calls it or not.
const fn is_called_for<T>() -> bool {
    size_of::<T>() < usize::MAX
}

/// A far field that is named without a hop is one of the far model, so that what is made of it is refused where it is given,
/// with the hop in the message. A program that takes it for one of the far model is not built.
macro_rules! far_fields {
    ($($kind:ident)*) => {
        $(
            impl<M, T: Model, C> Deref for Field<M, $kind<T>, C> {
                type Target = T::Fields;

                fn deref(&self) -> &T::Fields {
                    const { assert!(!is_called_for::<T>(), "a field behind a relation is reached by a hop: `country_id.hop(|c| c.code)`") };
                    unreachable!("BUG: no program that calls this is built")
                }
            }

            impl<M, T: Model, C> Deref for Path<M, $kind<T>, C> {
                type Target = T::Fields;

                fn deref(&self) -> &T::Fields {
                    const { assert!(!is_called_for::<T>(), "a field behind a relation is reached by a hop: `country_id.hop(|c| c.code)`") };
                    unreachable!("BUG: no program that calls this is built")
                }
            }
        )*
    };
}

far_fields!(ToOne ToMany);

/// `==` and `<` are those of Rust, which give a `bool`: one in place of a domain is refused with what to write, and a
/// program that compares handles is not built.
macro_rules! comparisons {
    ($($handle:ident)*) => {
        $(
            impl<M, K, C, T> PartialEq<T> for $handle<M, K, C> {
                fn eq(&self, _: &T) -> bool {
                    const { assert!(!is_called_for::<T>(), "`==` compares in Rust, not in Odoo: write `.eq(value)`, or use `domain!`") };
                    unreachable!("BUG: no program that calls this is built")
                }
            }

            impl<M, K, C, T> PartialOrd<T> for $handle<M, K, C> {
                fn partial_cmp(&self, _: &T) -> Option<Ordering> {
                    const { assert!(!is_called_for::<T>(), "`<` and `>` compare in Rust, not in Odoo: write `.lt(value)`, `.gt(value)`, or use `domain!`") };
                    unreachable!("BUG: no program that calls this is built")
                }
            }

            /// In place of a domain it is refused with what to write.
            impl<M, K, C> Not for $handle<M, K, C> {
                type Output = Negated<M>;

                fn not(self) -> Negated<M> {
                    Negated::new()
                }
            }
        )*
    };
}

comparisons!(Field Path);

/// The model `M`, in what is said of its verbs.
#[doc(hidden)]
pub struct VerbOf<M>(PhantomData<M>);

/// Verbs of other libraries, each with a trait that nothing implements: its message names the verb here.
macro_rules! not_verbs {
    ($($class:ident: $message:literal;)*) => {
        $(
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(message = $message, label = "not a verb of models")]
            pub trait $class {}
        )*
    };
}

not_verbs! {
    Updates: "records are changed by `write(&odoo, [id], values!(..))`, not by `update`";
    Deletes: "records are deleted by `unlink(&odoo, [id])`, not by `delete`";
    TakesFirst: "a model has no `first`: say of which records, as in `all().first(&odoo)` or `search(|r| ..).first(&odoo)`";
    Saves: "a record is what was read: its fields are changed by `write(&odoo, [record.id], values!(..))`, not by `save`";
    TakesNames: "fields are chosen by `.select(|r| (r.id, r.name))`, or by a struct with `#[derive(OdooModel)]` and `.fetch_as::<S>(&odoo)`, not by a list of names";
    Filters: "records are searched by `search(|r| ..)`, not by `filter`";
    Finds: "a record is read by `get(&odoo, id)`, one that is looked for by `search(|r| ..).first(&odoo)`, and not by `find`";
    Browses: "records are read by `get(&odoo, id)` or `read(&odoo, ids)`, not by `browse`";
    Counts: "a model has no `count`: say of which records, as in `all().count(&odoo)` or `search(|r| ..).count(&odoo)`";
    SearchesAndReads: "records are read by `search(|r| ..).fetch(&odoo)`, or some of their fields by `.fetch_as::<S>(&odoo)`, not by `search_read`";
    SearchesAndCounts: "records are counted by `search(|r| ..).count(&odoo)`, not by `search_count`";
}

/// What a program would have to have made first, in what is said of what it has in its place.
#[doc(hidden)]
pub struct Made<T: ?Sized>(PhantomData<fn(&T)>);

/// What stands in the place of something else, each with a trait that only what is wanted implements: without one that does,
/// the compiler would list the impls below as if they held.
macro_rules! not_made {
    ($($class:ident $(<$t:ident>)? for $wanted:ty: $label:literal, $message:literal;)*) => {
        $(
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(message = $message, label = $label)]
            pub trait $class $(<$t>)? {}

            impl $(<$t>)? $class $(<$t>)? for $wanted {}
        )*
    };
}

not_made! {
    OneForSeveral<P> for Vec<P>: "`Vec<{P}>` is wanted", "a one2many or many2many leads to several records: hold them in `Vec<{P}>`";
    TellsItsCause for OdooError: "not known of every error", "only an error that Odoo gave has a cause of this kind: `error.odoo().map(|refused| refused.cause())`";
}

/// The functions of those verbs, which cannot be called.
macro_rules! verbs {
    () => {
        #[doc(hidden)]
        fn update<O: AnySession, I, V>(odoo: &O, _ids: I, _values: V) -> O::Answer<'_, ()>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Updates,
        {
            odoo.answer(async { Ok(()) })
        }

        #[doc(hidden)]
        fn delete<O: AnySession, I>(odoo: &O, _ids: I) -> O::Answer<'_, ()>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Deletes,
        {
            odoo.answer(async { Ok(()) })
        }

        #[doc(hidden)]
        fn first<O: AnySession>(odoo: &O) -> O::Answer<'_, Option<Id<Self>>>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::TakesFirst,
        {
            odoo.answer(async { Ok(None) })
        }

        #[doc(hidden)]
        fn save<'a, O: AnySession>(&self, odoo: &'a O) -> O::Answer<'a, ()>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Saves,
        {
            odoo.answer(async { Ok(()) })
        }

        #[doc(hidden)]
        fn filter<D>(_conditions: impl Conditions<Self, D>) -> Query<Self>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Filters,
        {
            Self::all()
        }

        #[doc(hidden)]
        fn find<O: AnySession, I>(odoo: &O, _id: I) -> O::Answer<'_, Option<Id<Self>>>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Finds,
        {
            odoo.answer(async { Ok(None) })
        }

        #[doc(hidden)]
        fn browse<O: AnySession, I>(odoo: &O, _ids: I) -> O::Answer<'_, ()>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Browses,
        {
            odoo.answer(async { Ok(()) })
        }

        #[doc(hidden)]
        fn count<O: AnySession>(odoo: &O) -> O::Answer<'_, u64>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::Counts,
        {
            odoo.answer(async { Ok(0) })
        }

        #[doc(hidden)]
        fn search_read<O: AnySession, D, F>(odoo: &O, _domain: D, _fields: F) -> O::Answer<'_, ()>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::SearchesAndReads,
        {
            odoo.answer(async { Ok(()) })
        }

        #[doc(hidden)]
        fn search_count<O: AnySession, D>(odoo: &O, _domain: D) -> O::Answer<'_, u64>
        where
            $crate::model::mistakes::VerbOf<Self>: $crate::model::mistakes::SearchesAndCounts,
        {
            odoo.answer(async { Ok(0) })
        }
    };
}
pub(super) use verbs;
