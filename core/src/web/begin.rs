//! The route that begins a login.

use super::request::form_value;
use super::{Request, Response, Routes};
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::error::{Error, ErrorCode, Result, printable};
use crate::protocol::authorize::{AuthorizeOptions, build_authorization_request};
use crate::protocol::jar::PendingJar;

impl Routes {
    /// Begins a login and sends the person to the provider.
    ///
    /// The request may carry `return_to`, in its query or form: the path to go to afterwards. Of `options`,
    /// the session says who is logged in at this site, if somebody is; the same has to be logged in when the answer comes.
    ///
    /// A login is begun by a person on a page of this site, and by no other page on their behalf (login CSRF, CVE-2015-9284):
    ///
    /// * A POST is refused when the browser says that it comes from elsewhere: `Sec-Fetch-Site` other than `same-origin` or
    ///   `none` (`same-site` too: a subdomain is another site's page as often as not), or, from browsers without that header,
    ///   an `Origin` that is not this site's. A POST with neither header comes from no browser and carries nobody's cookies.
    /// * An `Origin` that is trusted by configuration may begin a login by POST, wherever it is.
    /// * A GET needs the browser's word that a page of this very origin sent the person: `Sec-Fetch-Site: same-origin`,
    ///   navigating a document. A link in a mail says `none`, an image of a page another destination, a prefetch its purpose.
    /// * The Host header says what the sender wants it to say and is not read.
    ///
    /// # Errors
    /// `redirect.cross_site`; `redirect.return_to`; the `config` family as [`build_authorization_request`].
    pub fn start(
        &self,
        request: &Request<'_>,
        options: AuthorizeOptions,
        now: Timestamp,
        entropy: Entropy<64>,
    ) -> Result<Response> {
        self.check_begun_here(*request)?;
        let options = match return_to(*request)? {
            Some(path) => options.return_to(path),
            None => options,
        };
        let login = build_authorization_request(&self.0.config, options, now, entropy)?;
        let mut jar = self.jar(*request, now);
        jar.add(login.pending);
        let cookie = jar.to_set_cookie(&*self.0.sealer, now)?;
        Ok(Response::see_other(login.url).with("set-cookie", cookie))
    }

    pub(super) fn jar(&self, request: Request<'_>, now: Timestamp) -> PendingJar {
        PendingJar::from_cookie(request.cookie().as_deref(), &*self.0.sealer, now, self.secure())
    }

    fn check_begun_here(&self, request: Request<'_>) -> Result<()> {
        let refuse = |why: &'static str| Err(Error::with_detail(ErrorCode::RedirectCrossSite, why));
        let site = request.header("sec-fetch-site");
        match request.method {
            "POST" => self.check_page(request),
            "GET" => {
                let says = |name, value| request.header(name).as_deref() == Some(value);
                let navigates = says("sec-fetch-mode", "navigate") && says("sec-fetch-dest", "document");
                if site.as_deref() != Some("same-origin") || !navigates {
                    return refuse(
                        "Nothing shows that a page of this site began the login: send a form with method post, or link to it from a page of the same origin.",
                    );
                }
                if request.is_speculative() {
                    return refuse("A login is not begun by a browser that loads ahead of the person.");
                }
                Ok(())
            }
            _ => refuse("A login is begun by POST, or by GET from a page of this site."),
        }
    }

    /// Refuses what a page of another site sends.
    pub(super) fn check_page(&self, request: Request<'_>) -> Result<()> {
        let (site, origin) = (request.header("sec-fetch-site"), request.header("origin"));
        let (site, origin) = (site.as_deref(), origin.as_deref());
        let own = &self.0.origin;
        // A page without referrers says `null`, of its own origin too.
        let named = origin.filter(|origin| *origin != "null");
        if named.is_some_and(|origin| self.0.trusted_origins.iter().any(|trusted| trusted == origin)) {
            return Ok(());
        }
        match (site, named) {
            (Some("same-origin" | "none"), Some(other)) if other != own => Err(Error::with_detail(
                ErrorCode::RedirectCrossSite,
                format!(
                    "The login was begun at {}, and its answer comes to {own}, where a cookie of the former does not arrive.",
                    printable(other)
                ),
            )),
            (Some("same-origin" | "none"), _) => Ok(()),
            (None, Some(origin)) if origin == own => Ok(()),
            (None, None) if origin.is_none() => Ok(()),
            _ => Err(Error::with_detail(
                ErrorCode::RedirectCrossSite,
                "Another site tried to begin a login here.",
            )),
        }
    }
}

fn return_to(request: Request<'_>) -> Result<Option<String>> {
    let twice = |_| Error::with_detail(ErrorCode::RedirectReturnTo, "There is more than one path to return to.");
    let in_query = form_value(request.query.as_bytes(), "return_to").map_err(twice)?;
    let in_form = if request.has_form() {
        form_value(request.body, "return_to").map_err(twice)?
    } else {
        None
    };
    match (in_query, in_form) {
        (Some(_), Some(_)) => Err(Error::with_detail(
            ErrorCode::RedirectReturnTo,
            "There is more than one path to return to.",
        )),
        // A form field that was left empty.
        (query, form) => Ok(query.or(form).filter(|path| !path.is_empty())),
    }
}
