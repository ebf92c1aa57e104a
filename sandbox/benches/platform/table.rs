//! The table at the end.

use crate::cases::Case;
use crate::load::Measured;

/// Every case with what each round found.
pub(crate) struct Table(Vec<Row>);

struct Row {
    name: &'static str,
    against: Option<&'static str>,
    rounds: Vec<Measured>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, case: &Case, measured: Measured) {
        match self.0.iter_mut().find(|row| row.name == case.name) {
            Some(row) => row.rounds.push(measured),
            None => self.0.push(Row {
                name: case.name,
                against: case.against,
                rounds: vec![measured],
            }),
        }
    }

    pub(crate) fn print(&self) {
        println!(
            "{:46} {:>9} {:>9} {:>14} {:>24}",
            "", "a second", "requests", "server's time", "the sandbox's rate to it"
        );
        for row in &self.0 {
            let of = |pick: fn(&Measured) -> f64| middle(row.rounds.iter().map(pick).collect());
            let ratio = row
                .against
                .and_then(|against| self.0.iter().find(|other| other.name == against));
            let ratio = ratio.map_or_else(String::new, |ours| {
                let ratios = ours
                    .rounds
                    .iter()
                    .zip(&row.rounds)
                    .map(|(ours, theirs)| ours.rate / theirs.rate);
                let ratios: Vec<f64> = ratios.collect();
                let (least, most) = (
                    ratios.iter().copied().fold(f64::INFINITY, f64::min),
                    ratios.iter().copied().fold(0.0, f64::max),
                );
                format!("{:.2} ({least:.2} to {most:.2})", middle(ratios))
            });
            println!(
                "{:46} {:>9.0} {:>9.1} {:>11.0} µs {:>24}",
                row.name,
                of(|round| round.rate),
                of(|round| round.requests),
                of(|round| round.server_micros),
                ratio
            );
        }
        println!("medians of {} rounds", self.0.first().map_or(0, |row| row.rounds.len()));
    }
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
