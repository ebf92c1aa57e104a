"""A person with a browser, over plain HTTP: cookies, forms, redirects; stops where the redirect leaves the server."""

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy

STEPS = 12
"""More pages than any server here has between a login's beginning and its redirect."""


class Page(HTMLParser):
    """The first form of a page, its buttons, and the page's links."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self.buttons = []
        self.links = []
        self._in_form = self._in_link = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action, self._in_form = attributes.get("action") or "", True
        elif tag == "a" and attributes.get("href"):
            self.links.append([attributes["href"], ""])
            self._in_link = True
        elif tag in ("input", "button") and self._in_form:
            self._field(attributes, attributes.get("type", "submit" if tag == "button" else "text"))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag == "form":
            self._in_form = False
        elif tag == "a":
            self._in_link = False

    def handle_data(self, text):
        if self._in_link:
            self.links[-1][1] += text

    def _field(self, attributes, kind):
        name, value = attributes.get("name"), attributes.get("value") or ""
        if kind == "submit":
            self.buttons.append((name, value))
        elif name and (kind not in ("checkbox", "radio") or "checked" in attributes):
            self.fields[name] = value

    def sent(self, press):
        """What the form sends when the button of that name or value is pressed, or else its first one."""
        named = [button for button in self.buttons if press and press in button]
        pressed = (named or self.buttons)[:1]
        return {**self.fields, **{name: value for name, value in pressed if name}}

    def link(self, words):
        """Where the link goes that has these words."""
        return next((href for href, text in self.links if words and words in text), None)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """With its cookies: a person who walks twice in one browser is still logged in."""

    def __init__(self, person):
        self._person = person
        # Browsers send cookies that are marked Secure to this machine also without TLS.
        cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), _Stay, urllib.request.HTTPCookieProcessor(cookies)
        )

    def walk(self, url, redirect_uri, press=None):
        """Opens the URL, fills in each form and answers the redirect URL that comes of it. Where a page has a link or
        a button of the name `press`, it is used. Without a redirect URI to wait for, ends at the first page without
        a form."""
        fields = None
        for _ in range(STEPS):
            answer = self._open(url, fields)
            location = answer.headers.get("location")
            if location:
                url, fields = urllib.parse.urljoin(url, location), None
                if redirect_uri and url.startswith(redirect_uri):
                    return url
                continue
            page = Page(answer.read().decode())
            link = page.link(press)
            if link:
                url, fields = urllib.parse.urljoin(url, link), None
            elif page.action is not None:
                url, fields = urllib.parse.urljoin(url, page.action), self._filled_in(page, press)
            elif redirect_uri or answer.status != 200:
                raise AssertionError(f"status {answer.status} and no form at {url.split('?')[0]}")
            else:
                return url
        raise AssertionError(f"no redirect after {STEPS} pages")

    def _filled_in(self, page, press):
        fields = page.sent(press)
        return {**fields, **{name: value for name, value in self._person.items() if name in fields}}

    def _open(self, url, fields):
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            return self._opener.open(urllib.request.Request(url, body), timeout=20)
        except urllib.error.HTTPError as error:
            return error
