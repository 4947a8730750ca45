//! How the tables of stable codes are written: one row a code, with all that is said of it.

/// Declares an enum of stable codes, one row each: the sentence that says what it means, its name in
/// Rust, its stable name, and a value for each column that the table has beside these.
///
/// It makes `ALL`, `code()` and `meaning()`, and a private `row()` from which the enum's own methods
/// take its columns.
macro_rules! codes {
    (
        $(#[$enum_meta:meta])* pub enum $enum:ident($($column:ty),*);
        $($(#[doc = $doc:literal])+ $name:ident = $code:literal $(, $cell:expr)*;)+
    ) => {
        $(#[$enum_meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum $enum {
            $($(#[doc = $doc])+ $name,)+
        }

        impl $enum {
            /// Every code, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable name.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it means, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)+).trim_ascii(),)+ }
            }

            /// What its row says beside.
            #[allow(dead_code, reason = "a table may have no columns of its own")]
            fn row(self) -> ($($column,)*) {
                match self { $(Self::$name => ($($cell,)*),)+ }
            }
        }
    };
}

pub(crate) use codes;
