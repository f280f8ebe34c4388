//! Mutators and targets of the fuzzing.
