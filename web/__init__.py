"""What both of our HTTP servers share: the status server and the exporters.

uvicorn serves them. What it lacks is here: a bound on the time of a request's head and body and of a peer
that does not read, a limit of connections that costs the silent ones their place and not the next probe,
and peace when descriptors run out. `docs/architecture.md` says what other servers offer.
"""
