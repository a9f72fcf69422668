//! Tables of texts by the values of an enum of the library, which the compiler compares with the enum.

/// Makes a table of texts in the four languages, one row for each value, and the function that looks one up. A value of
/// the library without a row does not build: the rows are compared with its constant `ALL`, in which every value stands.
macro_rules! table {
    ($(#[$doc:meta])* $visible:vis $function:ident: $enum:ident { $($name:ident: $fr:literal, $nl:literal, $de:literal, $en:literal;)* }) => {
        $(#[$doc])*
        $visible fn $function(language: Language, value: $enum) -> &'static str {
            const ROWS: [($enum, [&str; 4]); $enum::ALL.len()] = [$(($enum::$name, [$fr, $nl, $de, $en]),)*];
            const {
                // The number of rows is compared by the type of the array; each stands in the place of its value.
                let mut index = 0;
                while index < ROWS.len() {
                    assert!(ROWS[index].0 as usize == $enum::ALL[index] as usize && ROWS[index].0 as usize == index);
                    index += 1;
                }
            }
            let [fr, nl, de, en] = ROWS[value as usize].1;
            match language {
                Language::French => fr,
                Language::Dutch => nl,
                Language::German => de,
                Language::English => en,
            }
        }
    };
}

pub(super) use table;
