//! Small work on text. The standard library does the same with code made for long texts and any pattern, which is kilobytes
//! of wasm; what is worked on here is a name, a route or a list of a few words.

/// What stands before and after the first place of a mark, which is not empty.
pub fn around<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    (0..text.len()).find_map(|at| parted(text, at, mark))
}

/// What stands before and after the last place of a mark, which is not empty.
pub fn around_last<'t>(text: &'t str, mark: &str) -> Option<(&'t str, &'t str)> {
    let mut at = text.len();
    loop {
        at = at.checked_sub(1)?;
        if let Some(found) = parted(text, at, mark) {
            return Some(found);
        }
    }
}

fn parted<'t>(text: &'t str, at: usize, mark: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.strip_prefix(mark)?))
}

/// The text with something else in every place of a mark, which is not empty.
pub fn replaced(text: &str, mark: &str, with: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = around(rest, mark) {
        out.push_str(before);
        out.push_str(with);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands between the places of a mark, which is not empty.
pub fn parts(text: &str, mark: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = around(rest, mark) {
        found.push(before.to_string());
        rest = after;
    }
    found.push(rest.to_string());
    found
}

/// The beginning of a text: so many characters.
pub fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

/// Words with something between them.
pub fn joined<S: AsRef<str>>(words: &[S], between: &str) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            out.push_str(between);
        }
        out.push_str(word.as_ref());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{around, around_last, cut, joined, parts, replaced};

    #[test]
    fn as_the_standard_library_does() {
        for text in ["", "a", "a{x}b", "{x}", "{x}{x}", "é{x}é{x}", "{{x}}", "{x", "aaa"] {
            assert_eq!(cut(text, 2), text.chars().take(2).collect::<String>());
            for mark in ["{x}", "a", "é", "aa"] {
                assert_eq!(around(text, mark), text.split_once(mark));
                assert_eq!(around_last(text, mark), text.rsplit_once(mark));
                assert_eq!(parts(text, mark), text.split(mark).collect::<Vec<_>>());
                assert_eq!(replaced(text, mark, "yé"), text.replace(mark, "yé"));
            }
        }
        assert_eq!(joined::<&str>(&[], ", "), "");
        assert_eq!(joined(&["a", "", "b"], ", "), ["a", "", "b"].join(", "));
    }
}
