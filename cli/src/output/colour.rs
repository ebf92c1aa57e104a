//! The few styles there are. They are taken out where the output is no terminal, and with `NO_COLOR`.

use anstyle::{AnsiColor, Style};

/// What matters most in a block.
pub(crate) const STRONG: Style = Style::new().bold();
/// Labels and asides.
pub(crate) const DIM: Style = Style::new().dimmed();
/// It is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// It wants attention some time.
pub(crate) const CALM: Style = AnsiColor::Yellow.on_default();
/// It does not work.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
