"""A scripted provider, in the ways that an HTTP client can meet it, and logins at it."""
