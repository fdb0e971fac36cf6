"""The terminal application over hrgc's events: read the plan, change it, watch the loop, take the hunks you want."""
