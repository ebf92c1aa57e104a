//! A table where it fits, and a list of sheets where it does not.

use anstyle::Style;

use super::text::wrap;
use super::{DIM, STRONG};

/// One cell: its text and how it looks.
pub(crate) type Cell = (String, Style);

/// Rows under headings. The first column is what a row is about.
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
    /// Headings of columns that may be left out where the table would be too wide, the first one first.
    spare: Vec<&'static str>,
}

impl Table {
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Leaves these columns out, one after the other, where the table would be too wide; the list has them all.
    pub(crate) fn spare(mut self, headings: &[&'static str]) -> Self {
        self.spare = headings.to_vec();
        self
    }

    /// Adds a row; it has as many cells as there are headings.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The table, or the list if the table is wider than `width`.
    pub(crate) fn render(&self, width: usize) -> String {
        (0..=self.spare.len())
            .find_map(|left_out| {
                self.without(self.spare.get(..left_out).unwrap_or_default())
                    .table(width)
            })
            .unwrap_or_else(|| self.list(width))
    }

    fn without(&self, spare: &[&'static str]) -> Self {
        let kept: Vec<bool> = self.headings.iter().map(|heading| !spare.contains(heading)).collect();
        let rows = self.rows.iter().map(|row| {
            let cells = row.iter().zip(&kept).filter(|(_, kept)| **kept);
            cells.map(|(cell, _)| cell.clone()).collect()
        });
        Self {
            headings: self
                .headings
                .iter()
                .zip(&kept)
                .filter(|(_, kept)| **kept)
                .map(|(heading, _)| *heading)
                .collect(),
            rows: rows.collect(),
            spare: Vec::new(),
        }
    }

    /// The table, if it fits.
    fn table(&self, width: usize) -> Option<String> {
        let widths: Vec<usize> = self
            .headings
            .iter()
            .enumerate()
            .map(|(column, heading)| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells
                    .map(|(text, _)| text.chars().count())
                    .chain([heading.chars().count()])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) > width {
            return None;
        }
        let mut out = String::new();
        let headings = self.headings.iter().map(|heading| ((*heading).to_owned(), DIM));
        line(&mut out, headings, &widths);
        for row in &self.rows {
            line(&mut out, row.iter().cloned(), &widths);
        }
        Some(out)
    }

    fn list(&self, width: usize) -> String {
        let label_width = self
            .headings
            .iter()
            .skip(1)
            .map(|heading| heading.len())
            .max()
            .unwrap_or(0);
        let indent = " ".repeat(label_width + 4);
        let mut out = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            for (column, (heading, (text, style))) in self.headings.iter().zip(row).enumerate() {
                if column == 0 {
                    out.push_str(&format!("{STRONG}{text}{STRONG:#}\n"));
                } else {
                    let text = wrap(text, &indent, width);
                    out.push_str(&format!(
                        "  {DIM}{heading:label_width$}{DIM:#}  {style}{text}{style:#}\n"
                    ));
                }
            }
        }
        out
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = Cell>, widths: &[usize]) {
    for (column, ((text, style), width)) in cells.zip(widths).enumerate() {
        if column > 0 {
            out.push_str("  ");
        }
        // The last column needs no padding, which would only wrap on a narrow terminal.
        let padding = if column + 1 < widths.len() {
            width - text.chars().count().min(*width)
        } else {
            0
        };
        out.push_str(&format!("{style}{text}{style:#}{}", " ".repeat(padding)));
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["account", "state"]);
        table.row(vec![("me".to_owned(), Style::new()), ("live".to_owned(), Style::new())]);
        table
    }

    #[test]
    fn columns_line_up() {
        let text = anstream::adapter::strip_str(&table().render(40)).to_string();
        assert_eq!(text, "account  state\nme       live\n");
    }

    #[test]
    fn a_spare_column_is_left_out_before_the_table_becomes_a_list() {
        let mut table = Table::new(&["account", "user id", "state"]).spare(&["user id"]);
        let cells = ["me", "17841400000000001", "live"].map(|text| (text.to_owned(), Style::new()));
        table.row(cells.to_vec());
        let at = |width| anstream::adapter::strip_str(&table.render(width)).to_string();
        assert!(at(40).contains("17841400000000001"));
        assert_eq!(at(20), "account  state\nme       live\n");
        assert!(at(10).contains("user id  17841400000000001"));
    }

    #[test]
    fn a_table_that_does_not_fit_becomes_a_list() {
        let text = anstream::adapter::strip_str(&table().render(10)).to_string();
        assert_eq!(text, "me\n  state  live\n");
    }
}
