//! The commands that look at how things stand.

use clap::Args;

/// `shutterkey inspect`
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct Inspect {
    /// For a token: ask the provider whether it lives, and whose it is
    #[arg(long)]
    pub online: bool,
}

const INSPECT_EXAMPLES: &str = "\
Explained are: a token; the address that a login begins at or ended on; a code; a provider's error as JSON or as the \
words of a page; a whole HTTP answer with its headers (curl -i). What is pasted is read from a hidden prompt or a pipe, \
never from the command line, and no secret in it is shown again. Nothing leaves this machine without --online.

Examples:
  shutterkey inspect                                 paste it when asked
  pbpaste | shutterkey inspect
  shutterkey token | shutterkey inspect --online
  curl -si \"https://graph.instagram.com/me\" | shutterkey inspect --json";

/// `shutterkey doctor`
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = DOCTOR_EXAMPLES)]
pub struct Doctor {
    /// Ask the provider for the time as well, which also shows whether it can be reached
    #[arg(long)]
    pub online: bool,
}

const DOCTOR_EXAMPLES: &str = "\
Looks at shutterkey.toml, your own config.toml, SHUTTERKEY_* variables, the secret file, the store and the accounts in \
it. Changes nothing, and asks nobody without --online. Ends with 21 when a problem was found; notes and warnings end \
with 0.

Examples:
  shutterkey doctor
  shutterkey doctor --online
  shutterkey doctor --json --quiet || notify         in a deployment";

/// `shutterkey accounts`
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = ACCOUNTS_EXAMPLES)]
pub struct Accounts {
    /// End with 22 when an account has less than this to live, or needs a login: 36h, 10d, 2w
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub check: Option<i64>,
}

const ACCOUNTS_EXAMPLES: &str = "\
The bar is a token's life from its issue to its end: what has passed, now, the planned refresh, and the time in which \
a refresh is not possible yet.

With --check the accounts of a sandbox count only where no other account is kept.

Examples:
  shutterkey accounts
  shutterkey accounts --check 10d --quiet            for cron: says which, and nothing when all is well
  shutterkey accounts --check 10d --json             for CI";

/// `shutterkey errors`
#[derive(Args, Clone, Debug)]
#[command(after_help = ERRORS_EXAMPLES)]
pub struct Errors {
    /// A code (redirect.state_mismatch), a family (redirect), or a code of the Graph API (190/460)
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

const ERRORS_EXAMPLES: &str = "\
Examples:
  shutterkey errors                                  all, by family
  shutterkey errors token                            one family
  shutterkey errors provider.invalid_platform_app    one, with what leads to it
  shutterkey errors 190/460                          what a code of Meta's means";

/// Seconds in `90s`, `30m`, `36h`, `10d`, `2w`.
pub(super) fn duration(text: &str) -> Result<i64, String> {
    let wrong = || "give a whole number and a unit: s, m, h, d or w, as in 10d".to_owned();
    let unit = match text.chars().last().ok_or_else(wrong)? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let digits = text.get(..text.len() - 1).unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    digits
        .parse::<i64>()
        .ok()
        .and_then(|count| count.checked_mul(unit))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_have_a_whole_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1_800),
            ("36h", 129_600),
            ("10d", 864_000),
            ("2w", 1_209_600),
        ] {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "d", "10", "-1d", "1.5d", "10 d", "10ü", "99999999999999999999d"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
