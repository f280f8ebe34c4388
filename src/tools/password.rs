//! Passwords as they are kept: Argon2id, written in the PHC form. On hosts only.

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::model::Error;
use crate::terms::ErrorCode;

/// Bytes of salt.
pub const SALT: usize = 16;

/// KiB of memory, passes, lanes: the first choice of OWASP's password storage recommendations.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A stored hash may ask for more than we do, within reason: an endless one would stop the server.
const MOST_MEMORY: u32 = 262_144;
const MOST_PASSES: u32 = 16;

/// Bytes of a password: beyond this nobody types, and hashing is not to be kept busy.
pub const LONGEST: usize = 1_024;

/// The hash to keep.
pub fn hash(password: &str, salt: &[u8; SALT]) -> Result<String, Error> {
    if password.len() > LONGEST {
        return Err(Error::new(ErrorCode::TooLarge, "password", "a password has at most 1024 bytes"));
    }
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| wrong())?;
    let salt = SaltString::encode_b64(salt).map_err(|_| wrong())?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hashed = argon.hash_password(password.as_bytes(), &salt).map_err(|_| wrong())?;
    Ok(hashed.to_string())
}

fn wrong() -> Error {
    Error::new(ErrorCode::Malformed, "password", "this password cannot be hashed")
}

/// Whether a password is the one that was hashed. What is no hash of ours is nobody's password.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let within =
        |params: Params| params.m_cost() <= MOST_MEMORY && params.t_cost() <= MOST_PASSES && params.p_cost() <= 4;
    password.len() <= LONGEST
        && hash.algorithm == argon2::ARGON2ID_IDENT
        && Params::try_from(&hash).is_ok_and(within)
        && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}
