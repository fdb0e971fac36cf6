"""The parts of the screen: each a function of its inputs, each in its own file, none knowing screen or application."""
