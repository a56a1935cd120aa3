//! One change to many objects: how many at a time, when to pause, when to stop, and what was done. Everything but
//! [`checkpoint_file`] decides without I/O.

pub mod amount;
pub mod backoff;
pub mod checkpoint;
pub mod checkpoint_file;
pub mod scheduler;
