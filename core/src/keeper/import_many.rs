//! Taking in the accounts of a whole fleet through a keeper.

use tokio::task::JoinSet;

use super::Keeper;
use crate::error::{Error, Family, Result};
pub use crate::keeping::{ImportOptions, ImportedLine};
pub use crate::operation::Taken;

/// How many lines are under way at once: what a store on another machine takes in while one answer travels.
const AT_ONCE: usize = 32;

/// The most refusals that a report repeats; all are counted.
const TOLD: usize = 1_000;

/// What became of the lines of an import.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportReport {
    /// Lines with something on them.
    pub lines: u64,
    /// Accounts that were not there.
    pub added: u64,
    /// Accounts whose token took the place of one that was dead or older.
    pub replaced: u64,
    /// Accounts that were there with this token.
    pub unchanged: u64,
    /// Accounts that are there with another token, as new for all that is known, which stays.
    pub kept: u64,
    /// Lines that could not be taken.
    pub refused: u64,
    /// Why, by the number of the line from 1 on, in order: the first thousand.
    pub refusals: Vec<(u64, Error)>,
}

impl ImportReport {
    fn count(&mut self, number: u64, outcome: Result<ImportedLine>) -> Result<()> {
        let error = match outcome {
            Ok(imported) => {
                let counter = match imported.taken {
                    Taken::Added => &mut self.added,
                    Taken::Replaced => &mut self.replaced,
                    Taken::Unchanged => &mut self.unchanged,
                    Taken::Kept => &mut self.kept,
                };
                *counter += 1;
                return Ok(());
            }
            // The next line would fare no better. A record that cannot be read is one account's.
            Err(error) if error.family() == Family::Store && !error.is_about_one_record() => return Err(error),
            Err(error) => error,
        };
        self.refused += 1;
        if self.refusals.len() < TOLD {
            self.refusals.push((number, error));
        }
        Ok(())
    }
}

impl Keeper {
    /// Takes in one account of a fleet, from a line of NDJSON: see [`crate::keeping::Keeping::import_line`].
    ///
    /// # Errors
    /// As there.
    pub async fn import_line(&self, line: &str, options: &ImportOptions) -> Result<ImportedLine> {
        self.in_background(self.0.keeping.import_line(line, options)).await
    }

    /// Takes in a fleet, a line each, several at once; empty lines are passed over. A line that cannot be taken is reported, and
    /// the others are. No call is made to the provider, and refreshes that are due are spread ([`ImportOptions::spread`]).
    ///
    /// It can be done again: what is there already is `unchanged`, so an import that was cut short is simply begun again.
    ///
    /// # Errors
    /// The `store` family, once the store fails: what was taken in before stays. An error of `lines` itself.
    pub async fn import_many(
        &self,
        lines: impl IntoIterator<Item = Result<String>>,
        options: &ImportOptions,
    ) -> Result<ImportReport> {
        let mut report = ImportReport::default();
        let mut under_way = JoinSet::new();
        for (number, line) in (1..).zip(lines) {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            report.lines += 1;
            if under_way.len() == AT_ONCE
                && let Some(Ok((number, outcome))) = under_way.join_next().await
            {
                report.count(number, outcome)?;
            }
            let operation = self.0.keeping.import_line(&line, options);
            let keeper = self.clone();
            under_way.spawn(async move { (number, keeper.perform(operation).await) });
        }
        while let Some(done) = under_way.join_next().await {
            if let Ok((number, outcome)) = done {
                report.count(number, outcome)?;
            }
        }
        report.refusals.sort_by_key(|(number, _)| *number);
        Ok(report)
    }
}
