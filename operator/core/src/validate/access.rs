//! `webhook.access`: networks that are written out, and lists of them that are looked up later.

use boathook_crds::reference::ConfigMapKeyRef;
use boathook_crds::workflow::webhook::Access;

use super::valid::{NetworkList, ValidAccess};
use crate::field::Field;
use crate::network;
use crate::report::Report;

/// Reads it.
pub(super) fn read(access: &Access, at: &Field, report: &mut Report) -> ValidAccess {
    let lists = access.cidrs_from.iter().enumerate().filter_map(|(index, source)| {
        let field = at.at("cidrsFrom").item(index).at("configMapKeyRef");
        source.config_map_key_ref.as_ref().map(|reference| list(reference, field))
    });
    ValidAccess { lists: lists.collect(), networks: network::list(&access.cidrs, &at.at("cidrs"), report) }
}

fn list(reference: &ConfigMapKeyRef, field: Field) -> NetworkList {
    NetworkList { field, config_map: reference.name.to_string(), key: reference.key.to_string() }
}
