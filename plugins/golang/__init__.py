"""Go: syntax, toolchain, resident checker, catalogue and tests, as plugins of the engine."""
