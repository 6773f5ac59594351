//! Schemas as the API server enforces them.
