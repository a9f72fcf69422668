//! Just enough of a lexer to see what a file imports.

/// The identifiers, string literals and punctuation of a source text, without comments. A string literal is one token
/// that begins with its quotation mark; an identifier never does.
pub fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        rest = if rest.starts_with("//") {
            rest.find('\n').map_or("", |end| &rest[end..])
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or("", |end| &rest[end + 2..])
        } else if let Some(end) = raw_string(rest) {
            tokens.push("\"raw".to_owned());
            &rest[end..]
        } else if first == '"' {
            let end = string(rest);
            tokens.push(rest[..end].trim_end_matches('"').to_owned());
            &rest[end..]
        } else if let Some(end) = character(rest) {
            &rest[end..]
        } else if let Some(behind) = rest.strip_prefix("::") {
            tokens.push("::".to_owned());
            behind
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            &rest[end..]
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            &rest[first.len_utf8()..]
        };
    }
    tokens
}

/// The length of a raw string literal.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let opened = after[hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let end = opened.find(&closing).map_or(opened.len(), |end| end + closing.len());
    Some(rest.len() - opened.len() + end)
}

/// The length of a string literal.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(end, _)| end + 1)
}

/// The length of a character literal; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('\'')?;
    if after.starts_with('\\') {
        return after.get(2..)?.find('\'').map(|end| end + 4);
    }
    let character = after.chars().next()?.len_utf8();
    after[character..].starts_with('\'').then_some(character + 2)
}

/// The tokens without what is compiled for tests alone, and the modules that are declared for tests alone.
pub fn without_tests(tokens: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        if let Some(item) = behind_test_attribute(rest) {
            let end = item.iter().position(|token| token == ";" || token == "{").unwrap_or(item.len());
            if let Some(named) = item[..end].iter().position(|token| token == "mod").and_then(|at| item.get(at + 1)) {
                modules.push(named.clone());
            }
            let length = if item.get(end).is_some_and(|token| token == "{") { group(&item[end..]) } else { 1 };
            rest = &item[(end + length).min(item.len())..];
        } else {
            kept.push(first.clone());
            rest = &rest[1..];
        }
    }
    (kept, modules)
}

/// What follows `#[cfg(test)]` or `#[cfg(all(test, ..))]`.
fn behind_test_attribute(tokens: &[String]) -> Option<&[String]> {
    let starts = |start: &[&str]| tokens.len() > start.len() && tokens.iter().zip(start).all(|(token, s)| token == s);
    let gated =
        starts(&["#", "[", "cfg", "(", "test", ")", "]"]) || starts(&["#", "[", "cfg", "(", "all", "(", "test"]);
    if !gated {
        return None;
    }
    let end = tokens.iter().position(|token| token == "]")?;
    tokens.get(end + 1..)
}

/// The length of the group that begins with `{`.
pub fn group(tokens: &[String]) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}
