//! Plain text from the HTML that Odoo's documentation makes of docstrings (docutils).

use super::shortened;

/// Longest paragraph kept, in characters.
const LONGEST: usize = 400;

/// Tags at which a paragraph ends.
const BREAKS: [&str; 12] = [
    "p", "/p", "/li", "/dt", "/dd", "pre", "/pre", "ul", "ol", "dl", "br", "/tr",
];

/// Entities that docutils writes.
const ENTITIES: [(&str, &str); 7] = [
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("#39", "'"),
    ("nbsp", " "),
    ("#160", " "),
    ("amp", "&"),
];

/// The first paragraph that says something, as one line, cut at a word where it is long.
pub(super) fn first_paragraph(html: &str) -> Option<String> {
    let mut paragraph = String::new();
    let mut rest = html;
    while let Some((text, tag, after)) = next_tag(rest) {
        paragraph.push_str(text);
        if BREAKS.contains(&tag) && !paragraph.trim().is_empty() {
            return Some(line(&paragraph));
        }
        rest = after;
    }
    paragraph.push_str(rest);
    (!paragraph.trim().is_empty()).then(|| line(&paragraph))
}

/// The text before the next tag, the tag's name with the slash of an end, and what follows the tag.
fn next_tag(html: &str) -> Option<(&str, &str, &str)> {
    let (text, tag) = html.split_once('<')?;
    let (tag, after) = tag.split_once('>')?;
    let name = tag.split([' ', '\n', '\t']).next().unwrap_or_default();
    Some((text, name, after))
}

fn line(paragraph: &str) -> String {
    let mut text = paragraph.to_owned();
    for (entity, meant) in ENTITIES {
        text = text.replace(&format!("&{entity};"), meant);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    shortened(&words.join(" "), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_paragraph_is_one_line_without_tags() {
        let html = "<div class=\"document\">\n\n\n<p>Confirm the given\nquotation(s) &amp; <tt class=\"docutils literal\">state</tt>.</p>\n<p>More.</p>\n</div>";
        assert_eq!(
            first_paragraph(html).as_deref(),
            Some("Confirm the given quotation(s) & state.")
        );
    }

    #[test]
    fn a_list_gives_its_first_item() {
        let html = "<ul class=\"simple\">\n<li>if it is <em>so</em></li>\n<li>else</li></ul>";
        assert_eq!(first_paragraph(html).as_deref(), Some("if it is so"));
    }

    #[test]
    fn an_escaped_entity_is_not_taken_for_one() {
        assert_eq!(first_paragraph("a &amp;lt; b").as_deref(), Some("a &lt; b"));
    }

    #[test]
    fn nothing_and_broken_html_do_no_harm() {
        assert_eq!(first_paragraph("<div>\n<p> </p></div>"), None);
        assert_eq!(first_paragraph(""), None);
        assert_eq!(first_paragraph("a <b").as_deref(), Some("a <b"));
    }

    #[test]
    fn a_long_paragraph_is_cut_at_a_word() {
        let text = first_paragraph(&"word ".repeat(200)).expect("a text");
        assert!(text.ends_with("word ..."), "{text}");
        assert!(text.chars().count() <= LONGEST + 4);
    }
}
