"""Plugins shipped with HRGC; each speaks to the engine through ``hrgc.plugin`` only."""
