//! What a party can do to its trail, and what nobody does on purpose.

macro_rules! lies {
    ($($(#[$doc:meta])* $lie:ident = $name:literal by $liar:literal,)*) => {
        /// A fault that is put into a day. Each names the party whose trail it is in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Lie {
            $($(#[$doc])* $lie,)*
        }

        impl Lie {
            /// All faults.
            #[allow(dead_code, reason = "the program names them, and the tests play them all")]
            pub const ALL: &'static [Self] = &[$(Self::$lie),*];

            /// Returns the name, as the program takes it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$lie => $name,)* }
            }

            /// Returns the name of the party whose trail has the fault.
            pub fn liar(self) -> &'static str {
                match self { $(Self::$lie => $liar,)* }
            }
        }
    };
}

lies! {
    /// The provider leaves out that the content was consulted, and issues no proof of it.
    OmitsConsultation = "omits-consultation" by "provider",
    /// The provider records the submission two hours earlier than it was.
    Backdates = "backdates" by "provider",
    /// The provider records each call of a submission two hours earlier than it was, and nothing else.
    SetsCallsBack = "sets-calls-back" by "provider",
    /// The provider records each announcement a quarter of an hour earlier than it was, and nothing else.
    SetsAnnouncementsBack = "sets-announcements-back" by "provider",
    /// The application records each announcement of a consultation a quarter of an hour earlier than it was, and nothing else.
    SetsReadsBack = "sets-reads-back" by "consumer",
    /// The provider leaves a record out of what it sealed at noon, and chains all lines behind it anew.
    Rechains = "re-chains" by "provider",
    /// The operator leaves out the last hour.
    DropsLastHour = "drops-last-hour" by "operator",
    /// The sender shows one trail to some and another to others.
    PresentsTwoExports = "presents-two-exports" by "sender",
    /// The provider changes a line of its trail before it seals it.
    AltersLine = "alters-line" by "provider",
    /// The clock of the operator is a quarter of an hour ahead.
    ClockOff = "clock-off" by "operator",
    /// The clock of the operator is a quarter of an hour ahead until noon, when it is set right.
    ClockSetAtNoon = "clock-set-at-noon" by "operator",
    /// The operator gives no trail.
    NeverAnswers = "never-answers" by "operator",
    /// Somebody changes a line on its way. The party did not.
    ChangedOnItsWay = "changed-on-its-way" by "nobody",
}
