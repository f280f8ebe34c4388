//! The words of a text.

/// The words of a text, in lower case: runs of letters, digits and the marks upon letters.
pub fn words(text: &str) -> Vec<String> {
    let (mut found, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        if belongs(c) {
            word.extend(lower(c));
        } else if !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// A character in lower case, whatever stands beside it. The one letter that has two small forms, for the end of a word and for
/// elsewhere, has one here.
pub fn lower(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().map(|c| if c == 'ς' { 'σ' } else { c })
}

/// Whether a character belongs to a word.
fn belongs(c: char) -> bool {
    // A letter may be written as a base and the marks upon it.
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_of_any_script() {
        assert_eq!(words("Hello, WORLD!  a_b-c 3.14"), ["hello", "world", "a", "b", "c", "3", "14"]);
        assert_eq!(words("Žluťoučký KŮŇ"), ["žluťoučký", "kůň"]);
        assert_eq!(words("Cafe\u{301} ΣΊΣΥΦΟΣ 北京"), ["cafe\u{301}", "σίσυφοσ", "北京"]);
        assert_eq!(words("σίσυφος"), words("ΣΊΣΥΦΟΣ"));
        assert!(words(" -- ").is_empty());
    }
}
