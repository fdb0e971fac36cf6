"""What fills the terminal: the main screen in layers of what a person can do, and the dialogs over it."""
