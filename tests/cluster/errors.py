"""What can be wrong with a cluster here."""


class ClusterError(Exception):
    """A cluster could not be started, or a part of it ended by itself; the message has the last lines of its
    log.
    """
