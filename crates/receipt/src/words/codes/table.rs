//! Tables of texts by finding codes, which the compiler compares with the codes of the library.

/// Makes the table `TEXTS`, with a row for each code in the order of the library. A code without a row does not build: the
/// number of rows is the type of the table, and each row is compared with the code in its place.
macro_rules! texts_of_codes {
    ($($name:ident: $text:literal;)*) => {
        pub(super) static TEXTS: [&str; recommande::verify::Code::ALL.len()] = [$($text,)*];

        const _: () = {
            use recommande::verify::Code;
            let rows = [$(Code::$name,)*];
            let mut index = 0;
            while index < rows.len() {
                assert!(
                    rows[index] as usize == Code::ALL[index] as usize && rows[index] as usize == index,
                    "a row is not in the place of its code"
                );
                index += 1;
            }
        };
    };
}

pub(super) use texts_of_codes;
