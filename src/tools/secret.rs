//! Words that nobody can guess, made of bytes nobody can guess. Where those come from is the door's to know.

/// 32 characters that people do not take for one another, so five bits each: no byte is worth more than another.
pub const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Characters of a random password: 100 bits.
pub const PASSWORD_CHARACTERS: usize = 20;

/// Characters of a new user's id: 60 bits, so that nobody gets that of somebody else.
pub const ID_CHARACTERS: usize = 12;

/// One character for each byte.
pub fn secret_of(bytes: &[u8]) -> String {
    bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31))).map(|c| char::from(*c)).collect()
}
