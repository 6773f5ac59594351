//! A plan with its keys, everything compiled: what the gateway asks at each request.
