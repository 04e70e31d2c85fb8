//! The whole HTTP surface on a real engine, in process, on both databases.

mod api;
mod browser;
mod connection;
mod docs;
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
