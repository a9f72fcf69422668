//! A statement of any kind.

use super::error::EvidenceError;
use super::event::Event;
use super::opening::Opening;
use super::profile::StatementKind;
use super::sending::Sending;
use super::statement::sealed::{Parts, Sealed};
use super::statement::{Core, Follows, IntoStatement, Statement};
use super::step::Step;

/// A statement whose kind is known only after reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnyStatement {
    /// The statement is a sending.
    Sending(Sending),
    /// The statement is an opening.
    Opening(Opening),
    /// The statement is a step of the message between its sending and its opening, or instead of them.
    Step(Step),
}

impl From<Sending> for AnyStatement {
    fn from(sending: Sending) -> Self {
        Self::Sending(sending)
    }
}

impl From<Opening> for AnyStatement {
    fn from(opening: Opening) -> Self {
        Self::Opening(opening)
    }
}

impl From<Step> for AnyStatement {
    fn from(step: Step) -> Self {
        Self::Step(step)
    }
}

impl Sealed for AnyStatement {
    fn core(&self) -> &Core {
        match self {
            Self::Sending(sending) => sending.core(),
            Self::Opening(opening) => opening.core(),
            Self::Step(step) => step.core(),
        }
    }

    fn follows(&self) -> Option<&Follows> {
        match self {
            Self::Sending(sending) => sending.follows(),
            Self::Opening(opening) => opening.follows(),
            Self::Step(step) => step.follows(),
        }
    }

    fn with_core(&self, core: Core) -> Self {
        match self {
            Self::Sending(sending) => Self::Sending(sending.with_core(core)),
            Self::Opening(opening) => Self::Opening(opening.with_core(core)),
            Self::Step(step) => Self::Step(step.with_core(core)),
        }
    }

    fn from_parts(parts: Parts) -> Result<Self, EvidenceError> {
        match parts.kind {
            StatementKind::Sending => Sending::from_parts(parts).map(Self::Sending),
            StatementKind::Opening => Opening::from_parts(parts).map(Self::Opening),
            StatementKind::Step => Step::from_parts(parts).map(Self::Step),
        }
    }
}

impl Statement for AnyStatement {
    const EVENTS: &'static [Event] = Event::ALL;

    fn event(&self) -> Event {
        match self {
            Self::Sending(sending) => sending.event(),
            Self::Opening(opening) => opening.event(),
            Self::Step(step) => step.event(),
        }
    }
}

impl IntoStatement for AnyStatement {
    type Statement = Self;

    fn into_statement(self) -> Self {
        self
    }
}
