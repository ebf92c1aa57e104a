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
}

impl Table {
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are headings.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// The table, or the list if the table is wider than `width`.
    pub(crate) fn render(&self, width: usize) -> String {
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
            return self.list(width);
        }
        let mut out = String::new();
        let headings = self.headings.iter().map(|heading| ((*heading).to_owned(), DIM));
        line(&mut out, headings, &widths);
        for row in &self.rows {
            line(&mut out, row.iter().cloned(), &widths);
        }
        out
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
    fn a_table_that_does_not_fit_becomes_a_list() {
        let text = anstream::adapter::strip_str(&table().render(10)).to_string();
        assert_eq!(text, "me\n  state  live\n");
    }
}
