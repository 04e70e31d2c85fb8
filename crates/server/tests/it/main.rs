//! The whole HTTP surface on a real engine, in process, on both databases.

mod account_statements;
mod api;
mod bills;
mod browser;
mod catalogue;
mod computed;
mod connection;
mod console;
mod docs;
mod employment;
mod fiscal;
mod hostile;
mod insights;
mod institutions;
mod links;
mod native;
mod people;
mod programs;
mod reference;
mod resources;
mod schemas;
mod statements;
mod surface;
mod tokens;
mod webhooks;
mod widget;
