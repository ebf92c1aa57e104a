//! Reading what is pasted, as terminals deliver it.
#![cfg(feature = "login")]

mod login_support;

use login_support::{CODE, code, login};
use shutterkey::{ErrorCode, PasteReader, Pasted, PendingAuthorization, RedirectUri, ResponseType, Timestamp};

const NOW: Timestamp = Timestamp::from_seconds(1_001);

fn begun() -> (PendingAuthorization, String) {
    let (pending, state) = login(&RedirectUri::parse("https://localhost/").unwrap(), ResponseType::Code);
    let url = format!("https://localhost/?code={CODE}&state={state}#_");
    (pending, url)
}

fn answer(pasted: Pasted) -> String {
    match pasted {
        Pasted::Answer(outcome) => code(outcome),
        other => panic!("{other:?}"),
    }
}

fn explained(pasted: Pasted) -> ErrorCode {
    match pasted {
        Pasted::Explained(error) => error.code(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bracketed_paste_is_judged_when_it_ends_wherever_it_is_cut() {
    let (pending, url) = begun();
    let input = format!("\x1b[200~{url}\x1b[201~");
    for cut in 1..input.len() {
        let mut reader = PasteReader::new(&pending);
        let (first, second) = input.as_bytes().split_at(cut);
        assert!(matches!(reader.feed(first, NOW), Pasted::More), "{cut}");
        assert_eq!(answer(reader.feed(second, NOW)), CODE, "{cut}");
        assert!(reader.is_empty());
    }
}

#[test]
fn lines_inside_a_bracketed_paste_are_one_address() {
    let (pending, url) = begun();
    let (head, tail) = url.split_at(30);
    let mut reader = PasteReader::new(&pending);
    let input = format!("\x1b[200~  {head}\r\n  {tail}\r\n\x1b[201~\r");
    assert_eq!(answer(reader.feed(input.as_bytes(), NOW)), CODE);
}

#[test]
fn a_line_without_brackets_waits_for_a_pause_since_more_may_follow() {
    let (pending, url) = begun();
    // The state comes first here, so that the first line alone would pass with half a code.
    let (_, state) = url.split_once("state=").unwrap();
    let url = format!("https://localhost/?state={}&code={CODE}", state.trim_end_matches("#_"));
    let (head, tail) = url.split_at(url.len() - 8);
    let mut reader = PasteReader::new(&pending);
    assert!(matches!(
        reader.feed(format!("{head}\n").as_bytes(), NOW),
        Pasted::Pause
    ));
    assert!(matches!(reader.feed(tail.as_bytes(), NOW), Pasted::More));
    assert!(matches!(reader.feed(b"\r", NOW), Pasted::Pause));
    assert_eq!(answer(reader.judge(NOW)), CODE);
}

#[test]
fn an_address_longer_than_terminals_keep_arrives_whole_in_pieces() {
    let (pending, url) = begun();
    let long = url.replace(CODE, &"c9".repeat(3_000));
    let mut reader = PasteReader::new(&pending);
    for piece in long.as_bytes().chunks(1_024) {
        assert!(matches!(reader.feed(piece, NOW), Pasted::More));
    }
    reader.feed(b"\n", NOW);
    assert_eq!(answer(reader.judge(NOW)).len(), 6_000);
}

#[test]
fn a_line_that_the_terminal_cut_is_explained_as_cut() {
    let (pending, url) = begun();
    let long = url.replace(CODE, &"c9".repeat(3_000));
    for cut in [1_024, 4_095] {
        let mut reader = PasteReader::new(&pending);
        reader.feed(&long.as_bytes()[..cut], NOW);
        reader.feed(b"\n", NOW);
        match reader.judge(NOW) {
            Pasted::Explained(error) => assert!(error.message().contains("cut the address off"), "{error}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn wrong_input_is_explained_and_the_next_attempt_counts() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    let mut line = |text: &str| {
        reader.feed(format!("{text}\n").as_bytes(), NOW);
        reader.judge(NOW)
    };
    assert_eq!(explained(line("what do I do now?")), ErrorCode::RedirectNotRecognised);
    assert_eq!(
        explained(line("AQBx7example0code1234567")),
        ErrorCode::RedirectStateMissing
    );
    assert_eq!(
        explained(line("https://localhost/?code=x&state=another")),
        ErrorCode::RedirectStateMismatch
    );
    assert_eq!(
        explained(line("https://elsewhere.example/?code=x")),
        ErrorCode::RedirectMismatch
    );
    assert!(matches!(line("   "), Pasted::More));
    assert_eq!(answer(line(&format!("'{url}'"))), CODE);
}

#[test]
fn the_text_of_an_error_page_is_explained_and_does_not_end_the_login() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    let page = "\x1b[200~Sorry, this page isn't available.\nInvalid redirect_uri\x1b[201~";
    let Pasted::Explained(error) = reader.feed(page.as_bytes(), NOW) else {
        panic!("not explained");
    };
    assert_eq!(error.code(), ErrorCode::RedirectUriNotRegistered);
    assert_eq!(
        answer(reader.feed(format!("\x1b[200~{url}\x1b[201~").as_bytes(), NOW)),
        CODE
    );
}

#[test]
fn a_denial_of_this_login_ends_it() {
    let (pending, url) = begun();
    let denied = url.replace(&format!("code={CODE}"), "error=access_denied&error_reason=user_denied");
    let mut reader = PasteReader::new(&pending);
    match reader.feed(format!("\x1b[200~{denied}\x1b[201~").as_bytes(), NOW) {
        Pasted::Answer(Err(error)) => assert_eq!(error.code(), ErrorCode::DeniedByUser),
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_edit_and_cancel() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    reader.feed(b"something else\x15", NOW);
    assert!(reader.is_empty());
    reader.feed(format!("\x1b[A{url}\u{00e9}x\x7f\x7f\x1b[3~").as_bytes(), NOW);
    assert_eq!(reader.len(), url.len());
    assert!(matches!(reader.feed(b"\x04", NOW), Pasted::Pause));
    assert_eq!(answer(reader.judge(NOW)), CODE);
    assert!(matches!(reader.feed(b"\x04", NOW), Pasted::Cancelled));
    assert!(matches!(reader.feed(b"abc\x03", NOW), Pasted::Cancelled));
}

#[test]
fn empty_pastes_and_stray_escapes_change_nothing() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    assert!(matches!(
        reader.feed(&b"\x1b[200~\x1b[201~".repeat(100_000), NOW),
        Pasted::More
    ));
    reader.feed(format!("\x1b\x1b[201~\x1bOP\x1b[1;5C\x1b{url}\n").as_bytes(), NOW);
    assert_eq!(answer(reader.judge(NOW)), CODE);
}

#[test]
fn input_without_end_is_refused_and_forgotten() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    reader.feed(&vec![b'a'; 1 << 20], NOW);
    assert!(reader.len() <= 64 << 10);
    assert_eq!(explained(reader.judge(NOW)), ErrorCode::RedirectTooLarge);
    reader.feed(url.as_bytes(), NOW);
    assert_eq!(answer(reader.judge(NOW)), CODE);
}

#[test]
fn what_was_pasted_is_not_printed() {
    let (pending, url) = begun();
    let mut reader = PasteReader::new(&pending);
    reader.feed(url.as_bytes(), NOW);
    assert!(!format!("{reader:?} {:?}", reader.judge(NOW)).contains("canary"));
}
