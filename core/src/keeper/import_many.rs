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
        let mut import = self.import(options);
        for line in lines {
            import.line(&line?).await?;
        }
        import.finish().await
    }

    /// Begins the same for lines that come one after the other from elsewhere, such as over the network.
    pub fn import(&self, options: &ImportOptions) -> Import {
        Import {
            keeper: self.clone(),
            options: options.clone(),
            report: ImportReport::default(),
            under_way: JoinSet::new(),
            number: 0,
        }
    }
}

/// An import that is fed line by line: [`Keeper::import`]. One that is dropped finishes the lines that it was given.
#[derive(Debug)]
#[must_use = "finish() waits for the last lines, and tells what became of all"]
pub struct Import {
    keeper: Keeper,
    options: ImportOptions,
    report: ImportReport,
    under_way: JoinSet<(u64, Result<ImportedLine>)>,
    number: u64,
}

impl Import {
    /// Takes in a line; waits while too many are under way.
    ///
    /// # Errors
    /// As [`Keeper::import_many`], of a line before.
    pub async fn line(&mut self, line: &str) -> Result<()> {
        self.number += 1;
        if line.trim().is_empty() {
            return Ok(());
        }
        self.report.lines += 1;
        if self.under_way.len() == AT_ONCE
            && let Some(Ok((number, outcome))) = self.under_way.join_next().await
        {
            self.report.count(number, outcome)?;
        }
        let operation = self.keeper.0.keeping.import_line(line, &self.options);
        let (keeper, number) = (self.keeper.clone(), self.number);
        self.under_way
            .spawn(async move { (number, keeper.perform(operation).await) });
        Ok(())
    }

    /// Waits for the lines that are under way, and tells what became of all.
    ///
    /// # Errors
    /// As [`Keeper::import_many`].
    pub async fn finish(mut self) -> Result<ImportReport> {
        while let Some(done) = self.under_way.join_next().await {
            if let Ok((number, outcome)) = done {
                self.report.count(number, outcome)?;
            }
        }
        let mut report = std::mem::take(&mut self.report);
        report.refusals.sort_by_key(|(number, _)| *number);
        Ok(report)
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        // Ended in the middle, a line would leave its lease to run out.
        self.under_way.detach_all();
    }
}
