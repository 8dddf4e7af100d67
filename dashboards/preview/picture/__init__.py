"""Pictures of pages, by a headless Chromium where there is one."""
