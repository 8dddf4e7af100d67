"""What Azure is asked and answers, in four rooms: signin, calls, discovery, metrics."""
