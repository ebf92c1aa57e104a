//! Findings under each other: how much each matters, what it says, and what to do.

use anstyle::Style;

use super::text::wrap;
use super::{BAD, CALM, DIM, GOOD};

/// One finding.
pub(crate) struct Line<'a> {
    /// `ok`, `note`, `warning` or `problem`.
    pub(crate) weight: &'static str,
    pub(crate) says: &'a str,
    pub(crate) advice: Option<&'a str>,
    /// A stable name, for looking it up.
    pub(crate) code: Option<&'static str>,
}

/// Below this, text goes under the label instead of beside it.
const NARROW: usize = 56;

/// All of them, each ended by a line break.
pub(crate) fn lines<'a>(lines: impl IntoIterator<Item = Line<'a>>, width: usize) -> String {
    let mut out = String::new();
    for line in lines {
        let style = style_of(line.weight);
        let weight = line.weight;
        let beside = width >= NARROW;
        let indent = if beside { " ".repeat(11) } else { "    ".to_owned() };
        if beside {
            out.push_str(&format!("  {style}{weight:<7}{style:#}  "));
        } else {
            out.push_str(&format!("  {style}{weight}{style:#}\n{indent}"));
        }
        out.push_str(&wrap(line.says, &indent, width));
        out.push('\n');
        if let Some(advice) = line.advice {
            let advice = wrap(advice, &indent, width);
            out.push_str(&format!("{indent}{DIM}{advice}{DIM:#}\n"));
        }
        if let Some(code) = line.code {
            out.push_str(&format!("{indent}{DIM}[{code}]{DIM:#}\n"));
        }
    }
    out
}

fn style_of(weight: &str) -> Style {
    match weight {
        "ok" => GOOD,
        "warning" => CALM,
        "problem" => BAD,
        _ => Style::new().bold(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(width: usize) -> String {
        let line = Line {
            weight: "warning",
            says: "It will end.",
            advice: Some("Begin again in time."),
            code: Some("x.y"),
        };
        anstream::adapter::strip_str(&lines([line], width)).to_string()
    }

    #[test]
    fn text_stands_beside_its_weight_and_on_a_narrow_terminal_below_it() {
        assert_eq!(
            at(80),
            "  warning  It will end.\n           Begin again in time.\n           [x.y]\n"
        );
        assert_eq!(
            at(40),
            "  warning\n    It will end.\n    Begin again in time.\n    [x.y]\n"
        );
    }
}
