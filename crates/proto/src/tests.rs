//! What holds for the contract as a whole.

use std::collections::BTreeMap;

use prost::{DecodeError, Message};
use prost_types::{DescriptorProto, FileDescriptorSet};

use crate::v1::DataClass;
use crate::{FILE_DESCRIPTOR_SET, v1};

/// The calls that neither write nor read the workspace, and so take no revision.
const PURE: [&str; 2] = ["ValidateModel", "ValidateHandoffPolicy"];

#[test]
fn calls_carry_request_ids_revisions_and_pages() -> Result<(), DecodeError> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET)?;
    let files = || set.file.iter().filter(|file| file.package() == "abm.v1");
    let messages: BTreeMap<String, &DescriptorProto> = files()
        .flat_map(|file| &file.message_type)
        .map(|message| (format!(".abm.v1.{}", message.name()), message))
        .collect();
    let has = |message: &str, field: &str| {
        let message = messages.get(message);
        message.is_some_and(|message| message.field.iter().any(|f| f.name() == field))
    };
    let mut calls = 0;
    for call in files().flat_map(|file| &file.service).flat_map(|service| &service.method) {
        let request = call.input_type();
        let is_write = has(request, "request_id");
        let is_read = has(request, "min_revision");
        let is_pure = PURE.contains(&call.name());
        let kinds = [is_write, is_read, is_pure].into_iter().filter(|&kind| kind).count();
        assert_eq!(kinds, 1, "{} is one of write, read and pure", call.name());
        assert!(has(call.output_type(), "revision"), "{} replies a revision", call.name());
        if has(request, "page_size") {
            assert!(has(request, "page_token"), "{} pages", call.name());
            assert!(has(call.output_type(), "next_page_token"), "{} pages", call.name());
        }
        calls += 1;
    }
    assert_eq!(calls, 64);
    Ok(())
}

#[test]
fn descriptors_keep_the_marks_of_personal_fields() -> Result<(), DecodeError> {
    let set = MarkedFiles::decode(FILE_DESCRIPTOR_SET)?;
    let mut personal = Vec::new();
    for message in set.file.iter().flat_map(|file| &file.message_type) {
        for field in &message.field {
            let class = field.options.as_ref().map(MarkedOptions::data_class);
            if class == Some(DataClass::Personal) {
                personal.push(format!("{}.{}", message.name, field.name));
            }
        }
    }
    personal.sort();
    let expected = [
        "AcceptHandoffRequest.comment",
        "Account.owner",
        "Activity.attributes",
        "Activity.email",
        "Adjustment.reason",
        "ClaimHandoffRequest.owner",
        "HandOverRequest.reason",
        "Handoff.comment",
        "Handoff.owner",
        "HandoffEvent.details",
        "HandoffPacket.reasons",
        "Lead.attributes",
        "Lead.email",
        "Lead.first_name",
        "Lead.last_name",
        "Lead.title",
        "ListHandoffsRequest.owner",
        "ListWorkRequest.owner",
        "MergeAccountsRequest.reason",
        "MergeLeadsRequest.reason",
        "MoveLeadRequest.reason",
        "NegativeTrait.value",
        "Opportunity.attributes",
        "Opportunity.owner",
        "PacketPerson.title",
        "PersonView.title",
        "PriorityAccount.owner",
        "Qualification.value",
        "ReassignHandoffRequest.owner",
        "ReassignHandoffRequest.reason",
        "RecordAttemptRequest.comment",
        "RejectHandoffRequest.comment",
        "ReviewedHandoff.reasons",
        "SetBuyingRoleRequest.reason",
        "SetParentRequest.reason",
        "SetStageRequest.reason",
        "SplitAccountRequest.reason",
        "SplitLeadRequest.reason",
        "StageTransition.reason",
        "TryRouteResponse.owner",
        "TryRouteResponse.passed_over",
    ];
    assert_eq!(personal, expected);
    Ok(())
}

#[test]
fn equal_messages_have_equal_bytes_whatever_the_order_of_their_maps() {
    let pairs = [("b", "2"), ("a", "1"), ("c", "3")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let one = v1::Lead { attributes: pairs.clone().into_iter().collect(), ..Default::default() };
    let other = v1::Lead { attributes: pairs.into_iter().rev().collect(), ..Default::default() };
    assert_eq!(one.encode_to_vec(), other.encode_to_vec());
}

// The part of a `FileDescriptorSet` that holds the marks: prost drops custom options from its own
// types, so that they are read through these.

#[derive(Clone, PartialEq, Message)]
struct MarkedFiles {
    #[prost(message, repeated, tag = "1")]
    file: Vec<MarkedFile>,
}

#[derive(Clone, PartialEq, Message)]
struct MarkedFile {
    #[prost(message, repeated, tag = "4")]
    message_type: Vec<MarkedMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct MarkedMessage {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    field: Vec<MarkedField>,
}

#[derive(Clone, PartialEq, Message)]
struct MarkedField {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "8")]
    options: Option<MarkedOptions>,
}

#[derive(Clone, PartialEq, Message)]
struct MarkedOptions {
    #[prost(enumeration = "DataClass", tag = "50101")]
    data_class: i32,
}
