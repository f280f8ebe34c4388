//! The words of a text.

/// The words of a text, in lower case: runs of letters, digits and the marks upon letters.
pub fn words(text: &str) -> Vec<String> {
    let apart = text.split(|c: char| !belongs(c)).filter(|word| !word.is_empty());
    apart.map(str::to_lowercase).collect()
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
        assert_eq!(words("Cafe\u{301} ΣΊΣΥΦΟΣ 北京"), ["cafe\u{301}", "σίσυφος", "北京"]);
        assert!(words(" -- ").is_empty());
    }
}
