//! Lists of slots, made from tuples of references to them.
//!
//! Generated code names the fields of a record in tuples: that compiles in about half the time of a list whose every
//! element becomes a `dyn Slot` in its place.

use super::Slot;

/// A tuple of references to slots, sixteen at most.
pub trait Slots<'a> {
    /// Adds the slots to the list, in order.
    fn add(self, list: &mut Vec<&'a dyn Slot>);
}

/// A tuple of references to slots that are to be filled, sixteen at most.
pub trait SlotsMut<'a> {
    /// Adds the slots to the list, in order.
    fn add(self, list: &mut Vec<&'a mut dyn Slot>);
}

/// Adds the slots of a tuple to the list. Generated code calls a function, because a call of a trait's is looked up.
#[doc(hidden)]
pub fn add_slots<'a>(list: &mut Vec<&'a dyn Slot>, tuple: impl Slots<'a>) {
    tuple.add(list);
}

/// Adds the slots of a tuple, which are to be filled, to the list.
#[doc(hidden)]
pub fn add_slots_mut<'a>(list: &mut Vec<&'a mut dyn Slot>, tuple: impl SlotsMut<'a>) {
    tuple.add(list);
}

macro_rules! tuple {
    ($($slot:ident $index:tt),+) => {
        impl<'a, $($slot: Slot),+> Slots<'a> for ($(&'a $slot,)+) {
            fn add(self, list: &mut Vec<&'a dyn Slot>) {
                $(list.push(self.$index);)+
            }
        }

        impl<'a, $($slot: Slot),+> SlotsMut<'a> for ($(&'a mut $slot,)+) {
            fn add(self, list: &mut Vec<&'a mut dyn Slot>) {
                $(list.push(self.$index);)+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15);
