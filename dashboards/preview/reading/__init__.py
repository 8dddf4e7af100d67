"""From a dashboard's JSON, whoever wrote it, to values that the rest of the preview can rely on."""
