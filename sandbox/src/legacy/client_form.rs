//! The fields of a client, shared by registering and changing one.

use maud::{Markup, html};

use crate::http::Params;
use crate::names;
use crate::pages::{Errors, Field, Kind, WebUri, split_lines};

/// What a developer fills in.
#[derive(Clone, Debug, Default)]
pub(super) struct ClientForm {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) company: String,
    pub(super) website: String,
    pub(super) redirects: String,
    pub(super) privacy_policy: String,
    pub(super) contact_email: String,
}

impl ClientForm {
    pub(super) fn read(form: &Params) -> Self {
        Self {
            name: form.trimmed("name"),
            description: form.trimmed("description"),
            company: form.trimmed("company"),
            website: form.trimmed("website"),
            redirects: form.trimmed("redirect_uris"),
            privacy_policy: form.trimmed("privacy_policy"),
            contact_email: form.trimmed("contact_email"),
        }
    }

    /// Everything but the redirect URIs, which have a tab of their own later.
    pub(super) fn check_details(&self, errors: &mut Errors) {
        if let Err(reason) = check_name(&self.name) {
            errors.add("name", reason);
        }
        if self.description.is_empty() {
            errors.add(
                "description",
                "Describe your application; people see this when they are asked for access.",
            );
        }
        for (name, value, required) in [
            ("website", &self.website, true),
            ("privacy_policy", &self.privacy_policy, false),
        ] {
            if value.is_empty() {
                if required {
                    errors.add(name, "Enter the address of your website; http://localhost is fine.");
                }
            } else if let Err(reason) = WebUri::parse(value) {
                errors.add(name, format!("This address {reason}."));
            }
        }
        if !self.contact_email.is_empty() && !self.contact_email.contains('@') {
            errors.add("contact_email", "This is not an email address.");
        }
    }

    pub(super) fn show_details(&self, errors: &Errors) -> Markup {
        let field = |name, label, kind, value, hint, required| Field {
            name,
            label,
            kind,
            value,
            hint,
            required,
        };
        html! {
            (field("name", "Application Name", Kind::Text, &self.name, "Shown to people when they are asked for access. Do not use Instagram, IG, Insta or gram in it.", true).show(errors))
            (field("description", "Description", Kind::Lines, &self.description, "", true).show(errors))
            (field("company", "Company Name", Kind::Text, &self.company, "", false).show(errors))
            (field("website", "Website URL", Kind::Url, &self.website, "", true).show(errors))
            (field("privacy_policy", "Privacy Policy URL", Kind::Url, &self.privacy_policy, "", false).show(errors))
            (field("contact_email", "Contact email", Kind::Email, &self.contact_email, "Nothing is ever sent to it.", false).show(errors))
        }
    }

    pub(super) fn show_redirects(&self, errors: &Errors) -> Markup {
        Field {
            name: "redirect_uris",
            label: "Valid redirect URIs",
            kind: Kind::Lines,
            value: &self.redirects,
            hint: "One in a line, for example http://localhost. Host and path must be the same in the authorize URL, \
                   to the letter: a slash at the end counts.",
            required: true,
        }
        .show(errors)
    }
}

/// Whether an application may carry this name.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    names::refusal(name).map_or(Ok(()), |reason| Err(reason.to_owned()))
}

/// Reads a list of redirect URIs; http and https of any host, no custom schemes.
pub(crate) fn check_redirects(text: &str) -> Result<Vec<String>, String> {
    let uris = split_lines(text);
    if uris.is_empty() {
        return Err("Enter at least one redirect URI.".to_owned());
    }
    for uri in &uris {
        WebUri::parse(uri).map_err(|reason| format!("{uri} {reason}."))?;
    }
    Ok(uris)
}
