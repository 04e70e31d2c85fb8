//! How a room says what it reads.

use crate::{
    format::{Format, Summary},
    said::{Fault, Listener, Place, Said, Stop, Unreadable},
};

/// Faults that are said one by one; a file that is all broken is not worth more.
pub(crate) const MOST_FAULTS: u64 = 1000;

/// Why a reading ends before the end of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The listener has heard enough.
    Stopped,
    /// Nothing more can be made of the file.
    Unreadable(Unreadable),
}

impl Ended {
    /// Nothing more can be made of the file.
    pub(crate) fn unreadable(place: Place, problem: impl Into<String>) -> Self {
        Self::Unreadable(Unreadable { place, problem: problem.into() })
    }
}
impl From<Stop> for Ended {
    fn from(_: Stop) -> Self {
        Self::Stopped
    }
}
impl From<Unreadable> for Ended {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

/// The listener, and a count of what it heard.
pub(crate) struct Telling<'a> {
    listener: &'a mut dyn Listener,
    summary: Summary,
}

impl<'a> Telling<'a> {
    /// Nothing has been said yet.
    pub(crate) fn new(listener: &'a mut dyn Listener, format: Format) -> Self {
        let summary = Summary {
            format,
            accounts: 0,
            balances: 0,
            movements: 0,
            faults: 0,
            cut_off: false,
            stopped: false,
        };
        Self { listener, summary }
    }

    /// Says one thing more.
    pub(crate) fn say(&mut self, said: Said) -> Result<(), Ended> {
        match &said {
            Said::Account(_) => self.summary.accounts += 1,
            Said::Balance(_) => self.summary.balances += 1,
            Said::Movement(_) => self.summary.movements += 1,
            Said::Fault(_) => self.summary.faults += 1,
            Said::Period { .. } => {}
        }
        let heard = self.listener.hear(said);
        self.summary.stopped |= heard.is_err();
        Ok(heard?)
    }

    /// Says that something is wrong, and what was made of it. `problem` never repeats a value.
    pub(crate) fn fault(&mut self, place: Place, problem: impl Into<String>) -> Result<(), Ended> {
        match self.summary.faults {
            0..MOST_FAULTS => self.say(Said::Fault(Fault { place, problem: problem.into() })),
            MOST_FAULTS => self.say(Said::Fault(Fault {
                place,
                problem: "there are too many faults; those from here on are not listed".into(),
            })),
            _ => {
                self.summary.faults += 1;
                Ok(())
            }
        }
    }

    /// Says that the file breaks off here.
    pub(crate) fn cut_off(
        &mut self,
        place: Place,
        problem: impl Into<String>,
    ) -> Result<(), Ended> {
        self.summary.cut_off = true;
        self.fault(place, problem)
    }

    /// What was said so far.
    pub(crate) fn summary(&self) -> Summary {
        self.summary.clone()
    }
}
