//! What a word may look like where it stands: every spelling that comes to it in lower case.

use crate::acl::lower;

/// The characters of a word in turn, each with all those that come to it in lower case; none where there is no such word.
pub fn spellings(word: &str) -> Option<Vec<Vec<char>>> {
    let mut places = Vec::new();
    let mut rest = word.chars().peekable();
    while let Some(c) = rest.next() {
        // One character becomes two in lower case: whoever asks for both takes either.
        if c == 'i' && rest.peek() == Some(&'\u{307}') {
            places.push(Vec::new());
            rest.next();
            continue;
        }
        let found: Vec<char> = ('\0'..=char::MAX).filter(|other| becomes(*other, c)).collect();
        if found.is_empty() {
            return None;
        }
        places.push(found);
    }
    (!places.is_empty()).then_some(places)
}

/// Whether a character of a word becomes this one in lower case, by itself.
fn becomes(one: char, wanted: char) -> bool {
    if !one.is_alphanumeric() && !matches!(one, '\u{300}'..='\u{36f}') {
        return false;
    }
    let mut small = lower(one);
    small.next() == Some(wanted) && small.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn every_spelling_of_a_word() {
        assert_eq!(spellings("kůň"), Some(vec![vec!['K', 'k', '\u{212a}'], vec!['Ů', 'ů'], vec!['Ň', 'ň']]));
        assert_eq!(spellings("οδοσ").map(|places| places.last().cloned()), Some(Some(vec!['Σ', 'ς', 'σ'])));
        assert_eq!(spellings("i\u{307}"), Some(vec![vec![]]));
        for none in ["", "two words", "Upper", "a-b", "οδος"] {
            assert_eq!(spellings(none), None, "{none}");
        }
    }
}
