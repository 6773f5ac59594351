//! Verification, from whole requests down to single traps.
