//! Which programs to try, in which order: pure, so that it can be tested for systems that are not this one.

/// One program and its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Launch {
    pub(super) program: String,
    pub(super) arguments: Vec<String>,
}

/// What decides whether and how a browser opens.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    pub(super) system: System,
    /// `$BROWSER`.
    pub(super) browser: Option<String>,
    /// An X11 or Wayland display.
    pub(super) display: bool,
    /// Somebody is logged in from another machine.
    pub(super) ssh: bool,
    /// Linux inside Windows.
    pub(super) wsl: bool,
    /// `%SystemRoot%`.
    pub(super) windows: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum System {
    #[default]
    Unix,
    MacOs,
    Windows,
}

impl Surroundings {
    pub(super) fn present() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            system: if cfg!(windows) {
                System::Windows
            } else if cfg!(target_vendor = "apple") {
                System::MacOs
            } else {
                System::Unix
            },
            browser: text("BROWSER"),
            display: is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
            ssh: is_set("SSH_CONNECTION") || is_set("SSH_TTY") || is_set("SSH_CLIENT"),
            wsl: is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP"),
            windows: text("SystemRoot"),
        }
    }
}

/// Browsers that draw in the terminal, which the login itself needs.
const TEXT_BROWSERS: [&str; 8] = [
    "browsh",
    "elinks",
    "links",
    "links2",
    "lynx",
    "w3m",
    "www-browser",
    "carbonyl",
];

/// The programs to try, or why there is none to try.
pub(super) fn plan(surroundings: &Surroundings, url: &str) -> Result<Vec<Launch>, String> {
    let mut launches = Vec::new();
    let mut text_browser = None;
    if surroundings.system != System::Windows {
        for entry in surroundings.browser.as_deref().unwrap_or_default().split(':') {
            let Some(launch) = from_entry(entry, url) else {
                continue;
            };
            let name = launch.program.rsplit('/').next().unwrap_or_default();
            if TEXT_BROWSERS.contains(&name) {
                text_browser = Some(name.to_owned());
            } else {
                launches.push(launch);
            }
        }
    }
    // A browser on the far side of an SSH session would open where nobody sits.
    let seen_here = match surroundings.system {
        System::Unix => surroundings.display || surroundings.wsl,
        System::MacOs | System::Windows => !surroundings.ssh,
    };
    if seen_here {
        launches.extend(system_openers(surroundings, url));
    }
    if !launches.is_empty() {
        return Ok(launches);
    }
    Err(match (text_browser, surroundings.ssh) {
        (Some(name), _) => format!(
            "$BROWSER is {name}, which would need this terminal. Open the address in another browser and paste back the one you end on."
        ),
        (None, true) => "This is an SSH session without a display. Open the address on your own machine; the page you end on will not load there: paste its address here.".to_owned(),
        (None, false) => {
            "There is no display here. Open the address on a machine with a browser, and paste back the one you end on.".to_owned()
        }
    })
}

fn system_openers(surroundings: &Surroundings, url: &str) -> Vec<Launch> {
    let launch = |program: &str, arguments: &[&str]| Launch {
        program: program.to_owned(),
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
    };
    match surroundings.system {
        System::MacOs => vec![launch("/usr/bin/open", &[url])],
        // `start` is a word of cmd.exe, a shell; this asks the same handler without one.
        System::Windows => {
            let root = surroundings.windows.as_deref().unwrap_or(r"C:\Windows");
            vec![launch(
                &format!(r"{root}\System32\rundll32.exe"),
                &["url.dll,FileProtocolHandler", url],
            )]
        }
        System::Unix => {
            let mut launches = Vec::new();
            if surroundings.wsl {
                launches.push(launch("wslview", &[url]));
                launches.push(launch("rundll32.exe", &["url.dll,FileProtocolHandler", url]));
            }
            launches.push(launch("xdg-open", &[url]));
            launches.push(launch("gio", &["open", url]));
            launches.push(launch("x-www-browser", &[url]));
            launches
        }
    }
}

/// One command of `$BROWSER`: `%s` is the URL, `%c` a colon, `%%` a percent sign; without `%s` the URL comes last.
fn from_entry(entry: &str, url: &str) -> Option<Launch> {
    let mut words = entry.split_ascii_whitespace();
    let program = words.next()?.to_owned();
    let mut has_url = false;
    let mut arguments: Vec<String> = words
        .map(|word| {
            let mut expanded = String::with_capacity(word.len());
            let mut rest = word.chars();
            while let Some(c) = rest.next() {
                match (c, if c == '%' { rest.next() } else { None }) {
                    ('%', Some('s')) => {
                        expanded.push_str(url);
                        has_url = true;
                    }
                    ('%', Some('c')) => expanded.push(':'),
                    ('%', Some('%')) => expanded.push('%'),
                    ('%', Some(other)) => expanded.extend(['%', other]),
                    (c, _) => expanded.push(c),
                }
            }
            expanded
        })
        .collect();
    if !has_url {
        arguments.push(url.to_owned());
    }
    Some(Launch { program, arguments })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.test/?a=1&b=$(id);c|d%s%22";

    fn commands(surroundings: &Surroundings) -> Vec<String> {
        plan(surroundings, URL)
            .unwrap()
            .into_iter()
            .map(|launch| launch.program)
            .collect()
    }

    #[test]
    fn the_url_is_one_argument_whatever_it_holds() {
        let surroundings = Surroundings {
            browser: Some("firefox --new-window %s:chromium --app=%s --note=100%% --x=%z:plain".to_owned()),
            ..Surroundings::default()
        };
        let launches = plan(&surroundings, URL).unwrap();
        let arguments: Vec<Vec<String>> = launches.into_iter().map(|launch| launch.arguments).collect();
        assert_eq!(
            arguments,
            [
                vec!["--new-window".to_owned(), URL.to_owned()],
                vec![format!("--app={URL}"), "--note=100%".to_owned(), "--x=%z".to_owned()],
                vec![URL.to_owned()],
            ]
        );
    }

    #[test]
    fn no_shell_is_among_the_programs() {
        for system in [System::Unix, System::MacOs, System::Windows] {
            let surroundings = Surroundings {
                system,
                display: true,
                wsl: true,
                ..Surroundings::default()
            };
            for launch in plan(&surroundings, URL).unwrap() {
                let name = launch.program.rsplit(['/', '\\']).next().unwrap();
                assert!(
                    !["sh", "bash", "cmd", "cmd.exe", "powershell.exe"].contains(&name),
                    "{name}"
                );
                assert_eq!(launch.arguments.iter().filter(|argument| *argument == URL).count(), 1);
            }
        }
    }

    #[test]
    fn without_a_display_nothing_is_started_unless_browser_is_set() {
        let bare = Surroundings::default();
        assert!(plan(&bare, URL).unwrap_err().contains("no display"));
        let ssh = Surroundings {
            ssh: true,
            ..bare.clone()
        };
        assert!(plan(&ssh, URL).unwrap_err().contains("SSH"));
        let helper = Surroundings {
            browser: Some("/opt/editor/open-on-my-desk".to_owned()),
            ..ssh
        };
        assert_eq!(commands(&helper), ["/opt/editor/open-on-my-desk"]);
    }

    #[test]
    fn over_ssh_a_mac_opens_nothing_on_its_own_screen() {
        let mac = Surroundings {
            system: System::MacOs,
            ..Surroundings::default()
        };
        assert_eq!(commands(&mac), ["/usr/bin/open"]);
        assert!(plan(&Surroundings { ssh: true, ..mac }, URL).is_err());
    }

    #[test]
    fn an_ssh_session_with_a_forwarded_display_uses_it() {
        let forwarded = Surroundings {
            ssh: true,
            display: true,
            ..Surroundings::default()
        };
        assert_eq!(commands(&forwarded).first().map(String::as_str), Some("xdg-open"));
    }

    #[test]
    fn a_text_browser_is_left_out_and_named() {
        let text = Surroundings {
            browser: Some("/usr/bin/lynx".to_owned()),
            ..Surroundings::default()
        };
        assert!(plan(&text, URL).unwrap_err().contains("$BROWSER is lynx"));
    }

    #[test]
    fn windows_has_no_browser_variable() {
        let windows = Surroundings {
            system: System::Windows,
            browser: Some(r"C:\evil.exe".to_owned()),
            windows: Some(r"D:\Windows".to_owned()),
            ..Surroundings::default()
        };
        assert_eq!(commands(&windows), [r"D:\Windows\System32\rundll32.exe"]);
    }
}
