"""A person with a browser, over plain HTTP: cookies, forms, redirects; stops where the redirect leaves the server."""

import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar

STEPS = 12
"""More pages than any server here has between a login's beginning and its redirect."""


class Form(HTMLParser):
    """The first form of a page: where it goes, and what it holds."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action = attributes.get("action", "")
        elif tag == "input" and self.action is not None and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def walk(url, redirect_uri, person, cancel=None):
    """Opens the authorize URL, fills in each form with `person` and answers the redirect URL that comes of it. With
    `cancel`, the person follows that link beside the first form instead."""
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _Stay, urllib.request.HTTPCookieProcessor(CookieJar())
    )
    fields = None
    for _ in range(STEPS):
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        try:
            answer = browser.open(urllib.request.Request(url, body), timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        location = answer.headers.get("location")
        if location:
            url, fields = urllib.parse.urljoin(url, location), None
            if url.startswith(redirect_uri):
                return url
            continue
        form = Form(answer.read().decode())
        if form.action is None:
            raise AssertionError(f"status {answer.status} and no form at {url.split('?')[0]}")
        if cancel:
            url, fields = url + cancel, None
            continue
        url = urllib.parse.urljoin(url, form.action)
        fields = {**form.fields, **{name: value for name, value in person.items() if name in form.fields}}
    raise AssertionError(f"no redirect after {STEPS} pages")
