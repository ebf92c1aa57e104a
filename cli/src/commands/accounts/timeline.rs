//! A token's life as a bar.

use shutterkey::{Expiry, Refreshable, Timestamp, Token};

/// How long the bar is.
const CELLS: usize = 20;

/// Sixty days: the life of a token whose issue is not known.
const LONG_LIFE: i64 = 60 * 86_400;

/// The signs of a bar.
pub(super) struct Signs {
    /// What has passed.
    pub(super) lived: char,
    /// The present.
    pub(super) now: char,
    /// What is to come, and no refresh is possible yet.
    pub(super) too_young: char,
    /// What is to come.
    pub(super) to_come: char,
    /// The planned refresh.
    pub(super) refresh: char,
    /// The end, once it is past.
    pub(super) ended: char,
}

const DRAWN: Signs = Signs {
    lived: '━',
    now: '●',
    too_young: '·',
    to_come: '─',
    refresh: '◆',
    ended: '✕',
};

const TYPED: Signs = Signs {
    lived: '=',
    now: 'O',
    too_young: '.',
    to_come: '-',
    refresh: 'R',
    ended: 'x',
};

/// Box drawing where a terminal shows it, ASCII elsewhere.
pub(super) const fn signs(drawn: bool) -> &'static Signs {
    if drawn { &DRAWN } else { &TYPED }
}

/// Whether the variables of the locale say UTF-8. The first that is set decides (POSIX).
pub(super) fn is_utf8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// The bar: from the issue to the end, `CELLS` long. A life without an end, or an unknown one, is to come throughout.
pub(super) fn bar(token: &Token, due_at: Option<Timestamp>, now: Timestamp, signs: &Signs) -> String {
    let Expiry::At(end) = token.expiry() else {
        return std::iter::once(signs.now)
            .chain(std::iter::repeat_n(signs.to_come, CELLS - 1))
            .collect();
    };
    let issued = token.issued_at().unwrap_or_else(|| end.plus(-LONG_LIFE)).min(end);
    let life = end.since(issued).max(1);
    let cell = |at: Timestamp| {
        let share = at.since(issued).clamp(0, life);
        let cells = i64::try_from(CELLS).unwrap_or(i64::MAX);
        usize::try_from(share.saturating_mul(cells) / life)
            .unwrap_or(0)
            .min(CELLS - 1)
    };
    if now >= end {
        return std::iter::repeat_n(signs.lived, CELLS - 1)
            .chain([signs.ended])
            .collect();
    }
    let present = cell(now);
    let young_until = match token.refreshable(now) {
        // At least one cell, so that it is seen: a day is a third of one.
        Refreshable::NotBefore(at) => cell(at).max(present + 1),
        Refreshable::Now => 0,
        Refreshable::Impossible(_) => CELLS,
    };
    let planned = due_at.filter(|at| *at < end).map(|at| cell(at).max(present + 1));
    (0..CELLS)
        .map(|at| match at {
            _ if at == present => signs.now,
            _ if at < present => signs.lived,
            _ if planned == Some(at) => signs.refresh,
            _ if at <= young_until => signs.too_young,
            _ => signs.to_come,
        })
        .collect()
}

/// What the signs mean.
pub(super) fn legend(signs: &Signs) -> String {
    format!(
        "{} lived, {} now, {} planned refresh, {} no refresh possible, {} to come",
        signs.lived, signs.now, signs.refresh, signs.too_young, signs.to_come
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use shutterkey::{Provider, TokenKind};

    const DAY: i64 = 86_400;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_seconds(1_795_737_600 + days * DAY)
    }

    fn token(expiry: Expiry) -> Token {
        Token::builder(&Provider::instagram(), "IGAAx", TokenKind::Long)
            .issued_at(Some(at(0)))
            .expiry(expiry)
            .build()
            .unwrap()
    }

    #[test]
    fn a_life_of_sixty_days_is_drawn_from_its_beginning_to_its_end() {
        let token = token(Expiry::At(at(60)));
        let typed = |day| bar(&token, Some(at(30)), at(day), signs(false));
        assert_eq!(typed(0), "O.--------R---------");
        assert_eq!(typed(2), "O---------R---------");
        assert_eq!(typed(15), "=====O----R---------");
        assert_eq!(typed(29), "=========OR---------");
        assert_eq!(typed(45), "===============OR---", "due: as soon as it can be");
        assert_eq!(typed(59), "===================O");
        assert_eq!(typed(60), "===================x");
        assert_eq!(bar(&token, Some(at(30)), at(15), signs(true)), "━━━━━●────◆─────────");
    }

    #[test]
    fn a_life_without_an_end_is_to_come_throughout() {
        assert_eq!(
            bar(&token(Expiry::Never), None, at(5), signs(false)),
            "O-------------------"
        );
        assert_eq!(
            bar(&token(Expiry::Unknown), None, at(5), signs(false)),
            "O-------------------"
        );
    }

    #[test]
    fn what_cannot_be_refreshed_is_shown_so() {
        let token = Token::builder(&Provider::facebook(), "EAAx", TokenKind::Long)
            .issued_at(Some(at(0)))
            .expiry(Expiry::At(at(60)))
            .build()
            .unwrap();
        assert_eq!(bar(&token, None, at(30), signs(false)), "==========O.........");
    }

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        let by = |set: &[(&str, &str)]| {
            is_utf8(|name| {
                set.iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(by(&[("LANG", "en_GB.UTF-8")]));
        assert!(by(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!by(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(!by(&[]));
    }
}
