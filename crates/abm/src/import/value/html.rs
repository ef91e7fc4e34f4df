//! HTML entities in cells: exports of web forms are full of them.

/// Decodes entities once: `Lowe&#8217;s`, `AT&amp;T`, `&eacute;`. Unknown ones stay as they are.
pub(super) fn decode(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        // The longest name below has eight letters.
        let end = after.char_indices().take(10).find(|(_, letter)| *letter == ';');
        let entity = end.and_then(|(place, _)| after.split_at_checked(place));
        match entity.and_then(|(name, rest)| Some((character(name)?, rest.strip_prefix(';')?))) {
            Some((letter, after)) => {
                decoded.push(letter);
                rest = after;
            }
            None => {
                decoded.push('&');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// The character of an entity, by number or name.
fn character(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|&letter| letter != '\0');
    }
    NAMED.iter().find(|(name, _)| *name == entity).map(|&(_, letter)| letter)
}

/// What occurs in names of companies, people and places.
#[rustfmt::skip]
const NAMED: &[(&str, char)] = &[
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}'),
    ("lsquo", '‘'), ("rsquo", '’'), ("ldquo", '“'), ("rdquo", '”'), ("sbquo", '‚'), ("bdquo", '„'),
    ("ndash", '–'), ("mdash", '—'), ("hellip", '…'), ("bull", '•'), ("middot", '·'),
    ("copy", '©'), ("reg", '®'), ("trade", '™'), ("euro", '€'), ("pound", '£'), ("yen", '¥'),
    ("sect", '§'), ("deg", '°'), ("laquo", '«'), ("raquo", '»'), ("iexcl", '¡'), ("iquest", '¿'),
    ("ordf", 'ª'), ("ordm", 'º'), ("times", '×'), ("shy", '\u{ad}'),
    ("Agrave", 'À'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Atilde", 'Ã'), ("Auml", 'Ä'),
    ("Aring", 'Å'), ("AElig", 'Æ'), ("Ccedil", 'Ç'), ("Egrave", 'È'), ("Eacute", 'É'),
    ("Ecirc", 'Ê'), ("Euml", 'Ë'), ("Igrave", 'Ì'), ("Iacute", 'Í'), ("Icirc", 'Î'), ("Iuml", 'Ï'),
    ("ETH", 'Ð'), ("Ntilde", 'Ñ'), ("Ograve", 'Ò'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'),
    ("Otilde", 'Õ'), ("Ouml", 'Ö'), ("Oslash", 'Ø'), ("Ugrave", 'Ù'), ("Uacute", 'Ú'),
    ("Ucirc", 'Û'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("THORN", 'Þ'), ("szlig", 'ß'),
    ("agrave", 'à'), ("aacute", 'á'), ("acirc", 'â'), ("atilde", 'ã'), ("auml", 'ä'),
    ("aring", 'å'), ("aelig", 'æ'), ("ccedil", 'ç'), ("egrave", 'è'), ("eacute", 'é'),
    ("ecirc", 'ê'), ("euml", 'ë'), ("igrave", 'ì'), ("iacute", 'í'), ("icirc", 'î'), ("iuml", 'ï'),
    ("eth", 'ð'), ("ntilde", 'ñ'), ("ograve", 'ò'), ("oacute", 'ó'), ("ocirc", 'ô'),
    ("otilde", 'õ'), ("ouml", 'ö'), ("oslash", 'ø'), ("ugrave", 'ù'), ("uacute", 'ú'),
    ("ucirc", 'û'), ("uuml", 'ü'), ("yacute", 'ý'), ("thorn", 'þ'), ("yuml", 'ÿ'),
    ("Scaron", 'Š'), ("scaron", 'š'), ("OElig", 'Œ'), ("oelig", 'œ'), ("Yuml", 'Ÿ'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_decoded_once_and_the_rest_stays() {
        let cases = [
            ("Lowe&#8217;s", "Lowe’s"),
            ("Lowe&#x2019;s", "Lowe’s"),
            ("AT&amp;T", "AT&T"),
            ("AT&T", "AT&T"),
            ("&amp;lt;", "&lt;"),
            ("Est&eacute;e &unknown; &", "Estée &unknown; &"),
            ("a & b; c", "a & b; c"),
            ("&#0;&#xD800;&#;", "&#0;&#xD800;&#;"),
            ("&ééééééééééé;", "&ééééééééééé;"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text), expected, "{text}");
        }
    }
}
