//! A value within a cell that holds JSON.

use serde_json::Value;

/// The value under a name in a JSON object, or in a list of objects with `name` and `value`, as
/// Marketo writes attributes. Empty when there is none.
///
/// # Errors
/// When the cell is not JSON.
pub(super) fn get(cell: &str, name: &str) -> Result<String, String> {
    let json: Value = serde_json::from_str(cell).map_err(|_| "is not JSON".to_owned())?;
    let found = match &json {
        Value::Object(object) => object.get(name),
        Value::Array(list) => list
            .iter()
            .find(|entry| entry.get("name").and_then(Value::as_str) == Some(name))
            .and_then(|entry| entry.get("value")),
        _ => None,
    };
    Ok(match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_both_forms_that_marketo_writes() {
        let object = r#"{"Webpage URL":"/pricing","Program Member ID":3,"x":null}"#;
        assert_eq!(get(object, "Webpage URL").as_deref(), Ok("/pricing"));
        assert_eq!(get(object, "Program Member ID").as_deref(), Ok("3"));
        assert_eq!(get(object, "x").as_deref(), Ok(""));
        assert_eq!(get(object, "away").as_deref(), Ok(""));
        let list = r#"[{"name":"Source Type","value":"Web page visit"}]"#;
        assert_eq!(get(list, "Source Type").as_deref(), Ok("Web page visit"));
        assert!(get("{broken", "x").is_err());
    }
}
