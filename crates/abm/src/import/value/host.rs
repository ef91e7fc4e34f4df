//! The host of a web address.

/// The host of a web address in lower case, without scheme, user, port, path and `www.`; a bare
/// host is itself. What is no address comes back as some text, for the service to judge.
pub(crate) fn host(address: &str) -> String {
    let address = address.trim();
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    // `www.` says how the site is served; mail never comes from there.
    match host.strip_prefix("www.") {
        Some(rest) if rest.contains('.') => rest.to_owned(),
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_reduced_to_its_host() {
        let cases = [
            ("https://www.stock.walmart.com", "stock.walmart.com"),
            ("IBM.com", "ibm.com"),
            ("lab.ntt.co.jp", "lab.ntt.co.jp"),
            ("http://user:pass@shop.example.co.uk:8080/a?b#c", "shop.example.co.uk"),
            ("//cdn.example.com/x", "cdn.example.com"),
            ("ada@example.com", "example.com"),
            ("example.com.", "example.com"),
            ("www.com", "www.com"),
            ("", ""),
        ];
        for (address, expected) in cases {
            assert_eq!(host(address), expected, "{address}");
        }
    }
}
