//! Form parts: every input has a label, its hint and its error are read out with it.

use maud::{Markup, html};

use crate::site::Desk;

/// What is wrong with a form, by field name.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<(&'static str, String)>);

impl Errors {
    pub(crate) fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push((field, text.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, text)| text.as_str())
    }
}

/// What kind of text a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Url,
    Email,
    Tel,
    Lines,
}

/// One labelled text field.
pub(crate) struct Field<'a> {
    pub(crate) name: &'static str,
    pub(crate) label: &'a str,
    pub(crate) kind: Kind,
    pub(crate) value: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) required: bool,
}

impl Field<'_> {
    pub(crate) fn show(&self, errors: &Errors) -> Markup {
        let error = errors.get(self.name);
        let (id, hint_id, error_id) = (
            format!("f-{}", self.name),
            format!("h-{}", self.name),
            format!("e-{}", self.name),
        );
        let described = match (self.hint.is_empty(), error.is_some()) {
            (true, false) => None,
            (false, false) => Some(hint_id.clone()),
            (true, true) => Some(error_id.clone()),
            (false, true) => Some(format!("{error_id} {hint_id}")),
        };
        let invalid = error.map(|_| "true");
        html! {
            div.field.wrong[error.is_some()] {
                label for=(id) { (self.label) @if !self.required { span.optional { " optional" } } }
                @if !self.hint.is_empty() { p.hint id=(hint_id) { (self.hint) } }
                @if let Some(error) = error { p.error id=(error_id) { (error) } }
                @if self.kind == Kind::Lines {
                    textarea id=(id) name=(self.name) rows="3" spellcheck="false" autocapitalize="none"
                        aria-describedby=[described] aria-invalid=[invalid] { (self.value) }
                } @else {
                    input id=(id) name=(self.name) value=(self.value) autocomplete="off"
                        type=(self.input_type()) inputmode=[self.input_mode()]
                        aria-required=[self.required.then_some("true")]
                        aria-describedby=[described] aria-invalid=[invalid];
                }
            }
        }
    }

    // `url` and `email` inputs would be checked by the browser, whose words replace ours and point at no rule.
    fn input_type(&self) -> &'static str {
        if self.kind == Kind::Tel { "tel" } else { "text" }
    }

    fn input_mode(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Url => Some("url"),
            Kind::Email => Some("email"),
            _ => None,
        }
    }
}

/// A tick box with its explanation.
pub(crate) fn checkbox(name: &str, value: &str, label: &str, ticked: bool, hint: &str) -> Markup {
    let id = format!("c-{name}-{value}");
    let hint_id = format!("h-{id}");
    html! {
        div.tick {
            input type="checkbox" id=(id) name=(name) value=(value) checked[ticked]
                aria-describedby=[(!hint.is_empty()).then_some(&hint_id)];
            div {
                label for=(id) { (label) }
                @if !hint.is_empty() { p.hint id=(hint_id) { (hint) } }
            }
        }
    }
}

/// A box that must be ticked, with its error.
pub(crate) fn required_tick(name: &str, label: &str, hint: &str, errors: &Errors) -> Markup {
    let error = errors.get(name);
    let (id, hint_id, error_id) = (format!("f-{name}"), format!("h-{name}"), format!("e-{name}"));
    let described = if error.is_some() {
        format!("{error_id} {hint_id}")
    } else {
        hint_id.clone()
    };
    html! {
        div.field.wrong[error.is_some()] {
            @if let Some(error) = error { p.error id=(error_id) { (error) } }
            div.tick {
                input type="checkbox" id=(id) name=(name) value="yes" aria-required="true" aria-describedby=(described)
                    aria-invalid=[error.map(|_| "true")];
                div { label for=(id) { (label) } p.hint id=(hint_id) { (hint) } }
            }
        }
    }
}

/// A group of inputs with a name.
pub(crate) fn fieldset(legend: &str, body: Markup) -> Markup {
    html! { fieldset { legend { (legend) } (body) } }
}

/// A form that posts to `action`, with this browser's CSRF token.
pub(crate) fn form(desk: &Desk<'_>, action: &str, body: Markup) -> Markup {
    html! {
        form method="post" action=(action) novalidate {
            input type="hidden" name="csrf" value=(desk.csrf);
            (body)
        }
    }
}

/// A submit button; `class` is `primary`, `plain` or `danger`.
pub(crate) fn button(class: &str, name: &str, value: &str, text: &str) -> Markup {
    html! { button.{ (class) } type="submit" name=[(!name.is_empty()).then_some(name)] value=[(!name.is_empty()).then_some(value)] { (text) } }
}

/// A link that looks like a button.
pub(crate) fn link_button(class: &str, href: &str, text: &str) -> Markup {
    html! { a.button.{ (class) } href=(href) { (text) } }
}

/// The list of errors above a form, each leading to its field; nothing when there are none.
pub(crate) fn error_summary(errors: &Errors) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.summary role="alert" {
                p { strong { "Please correct this:" } }
                ul { @for (field, text) in &errors.0 { li { a href={ "#f-" (field) } { (text) } } } }
            }
        }
    }
}
