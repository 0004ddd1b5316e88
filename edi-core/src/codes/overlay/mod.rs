//! Lists that the user loads.
