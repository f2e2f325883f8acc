//! How an error of odx shows itself where a program prints its `Debug`: in `unwrap`, and where `main` or a test returns it.
//!
//! No fact of Odoo, but what every crate with errors needs, and this is the one that all of them have.

use std::{error::Error, fmt, iter};

/// Writes what an error says, and each of its causes on a line of its own.
///
/// # Errors
/// Those of the formatter.
pub fn told(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{error}")?;
    iter::successors(error.source(), |&cause| cause.source())
        .try_for_each(|cause| write!(f, "\n  caused by: {cause}"))
}

/// Implements `Debug` for errors as what they say: a program that prints it shows the user the message and the way out.
#[macro_export]
macro_rules! debug_as_told {
    ($($error:ty),+) => {$(
        impl ::std::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::told(self, f)
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Refused(Option<Box<Refused>>);

    debug_as_told!(Refused);

    impl fmt::Display for Refused {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let causes = iter::successors(self.0.as_ref(), |cause| cause.0.as_ref());
            write!(f, "refused at depth {}", causes.count())
        }
    }

    impl Error for Refused {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.0.as_deref().map(|cause| cause as _)
        }
    }

    #[test]
    fn debug_of_an_error_is_what_it_says_and_its_causes() {
        let error = Refused(Some(Box::new(Refused(Some(Box::new(Refused(None)))))));
        let told =
            "refused at depth 2\n  caused by: refused at depth 1\n  caused by: refused at depth 0";
        assert_eq!(format!("{error:?}"), told);
        assert_eq!(format!("{error:#?}"), told);
    }
}
