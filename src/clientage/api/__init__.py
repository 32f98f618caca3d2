"""A run as an HTTP service. Receives requests in JSON; reads them, asks `scoring/`, and presents the answer."""
