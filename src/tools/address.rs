//! What an account is called: e-mail addresses and usernames.

/// Characters of an address.
const ADDRESS: usize = 254;
const LOCAL: usize = 64;
const LABEL: usize = 63;

/// What addresses and usernames are compared by: letters in two cases are the same.
pub fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// What is wrong with an address; none if it is good. ASCII only: letters that look alike are not the same person.
pub fn wrong_email(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("an e-mail address has an `@`: `name@example.org`");
    };
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let dotted = |part: &str| !part.is_empty() && part.split('.').all(|word| !word.is_empty());
    if text.len() > ADDRESS || local.len() > LOCAL {
        return Some("an e-mail address has at most 254 characters, 64 of them before the `@`");
    }
    if !dotted(local) || !local.chars().all(|c| atom(c) || c == '.') {
        return Some(
            "what stands before the `@` of an e-mail address is letters, digits and some signs, without spaces",
        );
    }
    let label = |word: &str| {
        word.len() <= LABEL
            && !word.starts_with('-')
            && !word.ends_with('-')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    if !dotted(domain) || !domain.contains('.') || !domain.split('.').all(label) {
        return Some("what follows the `@` of an e-mail address is a domain such as `example.org`");
    }
    None
}

/// Whether a username is good: a letter, then 2 to 255 of letters, digits, `-` and `_`.
pub fn is_username(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && (3..=256).contains(&text.len())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
