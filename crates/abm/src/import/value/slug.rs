//! An id made of a name.

use sha2::{Digest, Sha256};

use super::hex;

/// Longest id, in bytes.
const LIMIT: usize = 128;
/// Bytes of the digest that stands for what the letters a to z cannot say.
const DIGEST: usize = 4;

/// An id made of a name: lower case, accents taken off, everything that is neither letter nor
/// digit a `-`. `Red Hat` becomes `red-hat`, `AT&T` becomes `at-t`, `Lowe's` becomes `lowes`.
///
/// It is never empty, and of the form that ids have. Names in other scripts, and what does not fit
/// into 128 bytes, are told apart by a digest at the end.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    let mut lost = false;
    for letter in name.trim().chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            // An apostrophe is within a word, not between two.
            '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '\u{300}'..='\u{36f}' => {}
            _ => match folded(letter) {
                Some(letters) => slug.push_str(letters),
                None => {
                    lost |= letter.is_alphanumeric();
                    if !slug.is_empty() && !slug.ends_with('-') {
                        slug.push('-');
                    }
                }
            },
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    let room = LIMIT - 2 * DIGEST - 1;
    if !lost && !slug.is_empty() && slug.len() <= LIMIT {
        return slug;
    }
    slug.truncate(room);
    slug.truncate(slug.trim_end_matches('-').len());
    let digest = hex(&Sha256::digest(name.trim().to_lowercase()), DIGEST);
    if slug.is_empty() { format!("x-{digest}") } else { format!("{slug}-{digest}") }
}

/// A Latin letter, in lower case, without what is above, below or through it.
const fn folded(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ả' | 'ạ' | 'ấ' | 'ầ' | 'ắ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ế' | 'ề' | 'ệ' | 'ể' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ố' | 'ồ' | 'ộ' | 'ớ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ứ' | 'ủ' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_ids() {
        let cases = [
            ("Red Hat", "red-hat"),
            ("AT&T", "at-t"),
            ("Lowe\u{2019}s", "lowes"),
            ("Estée Lauder", "estee-lauder"),
            ("Dassault Systèmes", "dassault-systemes"),
            ("Straße & Söhne GmbH", "strasse-sohne-gmbh"),
            ("  E*Trade  Financial ", "e-trade-financial"),
            ("Este\u{301}e", "estee"),
            ("3M", "3m"),
            ("İş Bankası", "is-bankasi"),
        ];
        for (name, expected) in cases {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn names_in_other_scripts_stay_apart() {
        assert_ne!(slug("腾讯"), slug("华为"));
        assert!(slug("Qihoo 奇虎").starts_with("qihoo-"));
        assert_ne!(slug("Qihoo 奇虎"), slug("Qihoo"));
        assert_eq!(slug("Газпром"), slug("ГАЗПРОМ"));
        assert!(slug("!!!").starts_with("x-"));
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (a, b) =
            (slug(&format!("{}a", "x".repeat(200))), slug(&format!("{}b", "x".repeat(200))));
        assert_eq!((a.len(), b.len()), (128, 128));
        assert_ne!(a, b);
    }

    proptest! {
        #[test]
        fn a_slug_is_an_id_and_its_own_slug(name in "\\PC{1,200}") {
            let id = slug(&name);
            prop_assert!((1..=128).contains(&id.len()));
            prop_assert!(id.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
            }), "{id}");
            prop_assert!(!id.starts_with('-') && !id.ends_with('-') && !id.contains("--"), "{id}");
            prop_assert_eq!(slug(&id), id);
        }

        #[test]
        fn case_and_blanks_around_do_not_matter(name in "[A-Za-z0-9 .&-]{1,40}") {
            prop_assert_eq!(slug(&format!("  {} ", name.to_uppercase())), slug(&name));
        }
    }
}
