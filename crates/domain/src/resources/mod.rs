//! The resources, one file each.

/// Every resource, in the order in which a load reads them.
pub(crate) static ALL: &[&crate::resource::Resource] = &[];
