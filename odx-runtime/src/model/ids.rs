//! Lists of ids, as the verbs take them.

use super::Id;

/// Ids of records of the model `M`: a list or an iterator of ids, or of references to ids, such as `&ids`.
// A trait of odx over `IntoIterator`, so that the message is ours.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of ids of `{M}`: give one in brackets, `[id]`, and several as `ids` or `&ids`",
    label = "not a list of `Id<{M}>`",
    note = "an id that is known by its number is `Id::new(5)`; those of records are `records.iter().map(|r| r.id)`"
)]
pub trait Ids<M> {
    /// The ids.
    fn into_ids(self) -> Vec<Id<M>>;
}

#[diagnostic::do_not_recommend]
impl<M, I: IntoIterator<Item: IdOf<M>>> Ids<M> for I {
    fn into_ids(self) -> Vec<Id<M>> {
        self.into_iter().map(IdOf::id).collect()
    }
}

/// One of them.
pub trait IdOf<M> {
    /// The id.
    fn id(self) -> Id<M>;
}

impl<M> IdOf<M> for Id<M> {
    fn id(self) -> Self {
        self
    }
}

impl<M> IdOf<M> for &Id<M> {
    fn id(self) -> Id<M> {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct ResPartner;

    fn taken(ids: impl Ids<ResPartner>) -> Vec<Id<ResPartner>> {
        ids.into_ids()
    }

    #[test]
    fn ids_are_taken_from_lists_references_and_iterators() {
        let array = &[Id::new(1), Id::new(2)];
        let ids = array.to_vec();
        for taken in [
            taken(&ids),
            taken(&ids[..]),
            taken(ids.iter()),
            taken([1, 2].map(Id::new)),
            taken(array),
            taken(ids.clone()),
        ] {
            assert_eq!(taken, ids);
        }
        assert!(taken(Vec::<Id<ResPartner>>::new()).is_empty());
    }
}
