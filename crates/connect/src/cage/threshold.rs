use super::order::Order;
pub(super) fn cross(_order: &Order) -> String {
    String::new()
}
