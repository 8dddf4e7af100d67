"""Azure and its exporter in a time of their own: a day passes in minutes, with no sockets and no threads."""
