//! Random values of files that are written and read again.

use proptest::prelude::*;
use proptest::sample::select;

/// A few of something.
pub(crate) fn few<T: std::fmt::Debug + 'static>(one: BoxedStrategy<T>) -> BoxedStrategy<Vec<T>> {
    prop::collection::vec(one, 0..3).boxed()
}

/// Texts that YAML could take for something else among others.
pub(crate) fn text() -> BoxedStrategy<String> {
    let odd = [
        "",
        " ",
        "~",
        "null",
        "Null",
        "true",
        "no",
        "1",
        "-0",
        "1e3",
        ".inf",
        "0x1f",
        "a: b",
        "a #b",
        "# a",
        "- a",
        "? a",
        "[a]",
        "{a: b}",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "'",
        "\"",
        "\\",
        "---",
        "...",
        "a\nb",
        "\n",
        "a\n",
        " a",
        "a ",
        "\t",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{0}",
        "\u{7f}",
        "é",
        "2026-11-22",
        "1:30",
        "<<",
        "|",
        ">",
        "a.b[0]",
        r#"activity.type == "page_view" && activity.attributes.url.contains("/pricing")"#,
        r#"lead.title.matches("(?i)\\bc[etf]o\\b")"#,
    ];
    prop_oneof![select(odd.to_vec()).prop_map(str::to_owned), "[a-z_]{1,8}", any::<String>()]
        .boxed()
}
