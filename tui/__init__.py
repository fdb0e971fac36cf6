"""The terminal application: plans to read and edit, the loop to watch, hunks to take; a front end over hrgc's events."""
